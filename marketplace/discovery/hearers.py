"""What discovery hears: publications, and the clock."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from marketplace.accounts.queries import actor_of
from marketplace.discovery import alerts
from marketplace.discovery.models import AlertFrequency, Scope
from marketplace.discovery.queries import saved
from search.engine import SearchUnavailable

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer, Work

log = logging.getLogger(__name__)


def listing_published(work: Work, **_fact: object) -> None:
    """Let the searches that want to know at once look soon."""
    alerts.run_soon(work.session, scope=Scope.LISTING, now=work.now)


def need_opened(work: Work, **_fact: object) -> None:
    """The same for needs."""
    alerts.run_soon(work.session, scope=Scope.NEED, now=work.now)


def alert_now(work: Work, *, scope: str | None = None) -> None:
    """Run the searches whose owners want to know at once."""
    _run(work, AlertFrequency.NOW, Scope(scope) if scope else None)


def alert_daily(work: Work) -> None:
    """Run the searches of once a day."""
    _run(work, AlertFrequency.DAILY, None)


def alert_weekly(work: Work) -> None:
    """Run the searches of once a week."""
    _run(work, AlertFrequency.WEEKLY, None)


def _run(work: Work, frequency: AlertFrequency, scope: Scope | None) -> None:
    told = 0
    for one, person in saved.list_to_run(work.session, frequency, scope=scope):
        try:
            with work.session.begin_nested():
                actor = actor_of(work.session, person, at=work.now)
                told += len(
                    alerts.run(work.session, parts=work.parts, one=one, actor=actor, now=work.now)
                )
        except SearchUnavailable:
            raise
        except Exception:
            # One search that can't be run must not silence everybody else's.
            log.exception("the saved search %s could not be run", one.id)
    log.info("saved searches (%s) told of %s records", frequency.value, told)


HEARERS: dict[str, Hearer] = {
    "discovery.listing_published": listing_published,
    "discovery.need_opened": need_opened,
    alerts.RUN_NOW: alert_now,
    "discovery.alert_daily": alert_daily,
    "discovery.alert_weekly": alert_weekly,
}
HEARS: dict[str, tuple[str, ...]] = {
    "listing.published": ("discovery.listing_published",),
    "listings.published": ("discovery.listing_published",),
    "need.opened": ("discovery.need_opened",),
}
#: Before the digests of the morning are written (Beijing time); "at once" also looks by itself
#: twice an hour, for what was published without a word.
PERIODIC = {
    alerts.RUN_NOW: "*/30 * * * *",
    "discovery.alert_daily": "30 7 * * *",
    "discovery.alert_weekly": "40 7 * * 1",
}
