"""The pages of needs, one file a noun."""

from marketplace.needs.routes import answering, files, judging, public, review, wizard, workbench
from marketplace.needs.routes.blueprint import bp

__all__ = ["answering", "bp", "files", "judging", "public", "review", "wizard", "workbench"]
