"""The pages of accounts, one file a noun."""

from marketplace.accounts.routes import data, profile, registration, second_step, security, sign_in
from marketplace.accounts.routes.blueprint import bp

__all__ = ["bp", "data", "profile", "registration", "second_step", "security", "sign_in"]
