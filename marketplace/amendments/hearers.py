"""Tells the sides of a deal of its amendments, and reminds of the recording."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import current_app

from marketplace.amendments import topics
from marketplace.amendments.models import Amendment
from marketplace.deals.hearers import people_of
from marketplace.deals.models import Deal, DealRole
from marketplace.notifications.rules import both
from marketplace.notifications.services import notify

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marketplace.core.jobs import Hearer, Work
    from marketplace.notifications.rules import Topic

_EVERYBODY = (DealRole.LICENSOR, DealRole.LICENSEE, DealRole.MANAGER)
_REGISTRARS = (DealRole.LICENSOR, DealRole.MANAGER)


def _tell(
    work: Work,
    amendment: Amendment,
    topic: Topic,
    *,
    by: str | None,
    roles: Iterable[DealRole] = _EVERYBODY,
    **values: object,
) -> None:
    deal = work.session.get_one(Deal, amendment.deal_id)
    path = current_app.url_map.bind("").build(
        "amendments.show", {"deal_id": deal.id, "amendment_id": amendment.id}
    )
    notify(
        work.session,
        people=[one for one in people_of(work, deal, roles) if by is None or one != UUID(by)],
        topic=topic,
        dedupe=f"{topic.key}:{amendment.id}:{amendment.version}",
        values={"title": both(deal.title, deal.title_en), **values},
        link=path,
        now=work.now,
    )


def tell_proposed(work: Work, *, id: str, by: str | None) -> None:  # noqa: A002 — the fact's own word
    """Ask both sides to read and sign."""
    amendment = work.session.get(Amendment, UUID(id))
    if amendment is not None:
        _tell(work, amendment, topics.PROPOSED, by=by)


def tell_ended(work: Work, *, id: str, by: str | None) -> None:  # noqa: A002 — see above
    """Tell everybody that a proposal was refused or withdrawn."""
    amendment = work.session.get(Amendment, UUID(id))
    if amendment is not None:
        _tell(work, amendment, topics.ENDED, by=by, state={"label": amendment.state.label})


def tell_in_force(work: Work, *, id: str, by: str | None) -> None:  # noqa: A002 — see above
    """Tell everybody that it took effect, and who registers of the recording."""
    amendment = work.session.get(Amendment, UUID(id))
    if amendment is None:
        return
    _tell(work, amendment, topics.IN_FORCE, by=by)
    if amendment.record_by is not None:
        _tell(
            work,
            amendment,
            topics.RECORD,
            by=by,
            roles=_REGISTRARS,
            day=amendment.record_by.isoformat(),
        )


HEARERS: dict[str, Hearer] = {
    "amendments.tell_proposed": tell_proposed,
    "amendments.tell_ended": tell_ended,
    "amendments.tell_in_force": tell_in_force,
}
HEARS: dict[str, tuple[str, ...]] = {
    "amendment.proposed": ("amendments.tell_proposed",),
    "amendment.ended": ("amendments.tell_ended",),
    "amendment.in_force": ("amendments.tell_in_force",),
    "amendment.recorded": (),
}
