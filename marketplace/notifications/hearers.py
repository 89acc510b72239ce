"""What notices hear: jobs of their own, and the clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.notifications import letters

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer

HEARERS: dict[str, Hearer] = {
    "notifications.mail": letters.mail_notice,
    "notifications.digest": letters.mail_digest,
    "notifications.daily": letters.start_daily,
    "notifications.weekly": letters.start_weekly,
}
HEARS: dict[str, tuple[str, ...]] = {}
#: Before work begins in Beijing; the weekly one on Mondays.
PERIODIC = {"notifications.daily": "0 8 * * *", "notifications.weekly": "10 8 * * 1"}
