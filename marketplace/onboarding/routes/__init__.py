"""The pages of organizations, their members and their review."""

from marketplace.onboarding.routes import members, organizations, review

blueprints = (organizations.bp, review.bp)

__all__ = ["blueprints", "members", "organizations", "review"]
