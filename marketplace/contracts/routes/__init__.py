"""Pages of contracts."""

from marketplace.contracts.routes import registration, show, subsidy
from marketplace.contracts.routes.blueprint import bp

__all__ = ["bp", "registration", "show", "subsidy"]
