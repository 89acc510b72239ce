"""The pages of the platform's people, one file a noun."""

from marketplace.administration.routes import holidays, jobs, overview, people, rules, trail
from marketplace.administration.routes.blueprint import bp

__all__ = ["bp", "holidays", "jobs", "overview", "people", "rules", "trail"]
