"""Pages of payments: paying, an organization's money, the platform's queues, the inbox."""

from marketplace.payments.routes import inbox as inbox
from marketplace.payments.routes import money, paying, platform, transfers

blueprints = (paying.bp, money.bp, platform.bp)

__all__ = ["blueprints", "inbox", "transfers"]
