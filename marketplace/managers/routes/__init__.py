"""The pages of the register, of mandates, and of its reviewers."""

from marketplace.managers.routes import bench, licensing, mandates, own, public
from marketplace.managers.routes.blueprint import bp as managers

blueprints = (managers, mandates.bp, licensing.bp)

__all__ = ["bench", "blueprints", "own", "public"]
