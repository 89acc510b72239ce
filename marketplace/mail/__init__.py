"""Messages to people's mailboxes: written in the caller's transaction, delivered by a job."""
