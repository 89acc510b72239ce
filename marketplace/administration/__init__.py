"""Running the platform: people, roles, records of what happened, jobs, holidays, health."""
