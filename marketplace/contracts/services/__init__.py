"""Drawing contracts up, registering them, and gathering the subsidy's file set."""
