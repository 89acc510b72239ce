"""Starting and stopping a copy of Hanqiao, and looking after its database."""
