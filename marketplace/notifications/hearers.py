"""What notices hear: jobs of their own, and the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.notifications import letters, services

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer, Work


def forget(work: Work, *, user_id: str) -> None:
    """Remove what a closed account was told."""
    services.forget(work.session, person_id=UUID(user_id))


HEARERS: dict[str, Hearer] = {
    "notifications.mail": letters.mail_notice,
    "notifications.digest": letters.mail_digest,
    "notifications.daily": letters.start_daily,
    "notifications.weekly": letters.start_weekly,
    "notifications.forget": forget,
}
HEARS: dict[str, tuple[str, ...]] = {"account.closed": ("notifications.forget",)}
#: Before work begins in Beijing; the weekly one on Mondays.
PERIODIC = {"notifications.daily": "0 8 * * *", "notifications.weekly": "10 8 * * 1"}
