"""Work of this domain that runs by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.progress import services

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer, Work


def forget_old_jobs(work: Work) -> None:
    """Clear away what ended more than 30 days ago."""
    services.forget_old(work.session, home=work.parts.settings.home, now=work.now)


def fail_lost_jobs(work: Work) -> None:
    """End what nobody works on any more."""
    services.fail_lost(work.session)


HEARERS: dict[str, Hearer] = {
    "progress.forget_old": forget_old_jobs,
    "progress.fail_lost": fail_lost_jobs,
}
HEARS: dict[str, tuple[str, ...]] = {}
PERIODIC = {"progress.forget_old": "40 3 * * *", "progress.fail_lost": "*/10 * * * *"}
