"""Whom the facts of uses, reports and proofs concern."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.bookings.hearers import operators, path
from marketplace.bookings.models import Booking, Resource
from marketplace.core.actor import WRITERS
from marketplace.core.messages import N_
from marketplace.listings.models import Listing
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import Topic, both
from marketplace.notifications.telling import tell_people
from marketplace.reports import queries
from marketplace.reports.models import TestReport

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer, Work

_GROUP = NoticeGroup.BOOKINGS
RECORDED = Topic(
    "use.recorded", _GROUP, N_("Please confirm the record of your use of %(resource)s.")
)
DISPUTED = Topic(
    "use.disputed", _GROUP, N_("The user does not agree with the record of %(resource)s.")
)
LOWERED = Topic("use.lowered", _GROUP, N_("The charge for your use of %(resource)s was lowered."))
ISSUED = Topic("report.issued", _GROUP, N_("The test report “%(title)s” waits for signatures."))
SIGNED = Topic("report.signed", _GROUP, N_("The test report “%(title)s” is signed by both sides."))
ACCEPTED = Topic(
    "proof.accepted",
    NoticeGroup.REVIEWS,
    N_("“%(title)s” now stands at TRL %(level)s, proven by a test report."),
)
REFUSED = Topic(
    "proof.refused",
    NoticeGroup.REVIEWS,
    N_("The test report does not prove TRL %(level)s of “%(title)s”: %(reason)s"),
)


def _use(work: Work, booking_id: str, topic: Topic, *, to_user: bool) -> None:
    booking = work.session.get(Booking, UUID(booking_id))
    use = queries.use_of(work.session, UUID(booking_id))
    if booking is None or use is None:
        return
    resource = work.session.get_one(Resource, booking.resource_id)
    people = [booking.person_id] if to_user else operators(work, booking.provider_id)
    values = {"resource": both(resource.name, resource.name_en)}
    link = path("bookings.show", booking_id=booking.id)
    tell_people(work, people, topic, f"{booking.id}:{use.version}", values, link)


def recorded(work: Work, *, booking_id: str, **_rest: object) -> None:
    """Ask the user to confirm."""
    _use(work, booking_id, RECORDED, to_user=True)


def disputed(work: Work, *, booking_id: str, **_rest: object) -> None:
    """Tell the operator that the user does not agree."""
    _use(work, booking_id, DISPUTED, to_user=False)


def lowered(work: Work, *, booking_id: str, **_rest: object) -> None:
    """Tell the user of the lower charge."""
    _use(work, booking_id, LOWERED, to_user=True)


def _report(work: Work, identity: str, topic: Topic) -> None:
    report = work.session.get(TestReport, UUID(identity))
    if report is None:
        return
    booking = work.session.get_one(Booking, report.booking_id)
    people = {booking.person_id, *operators(work, booking.provider_id)}
    link = path("reports.show", report_id=report.id)
    tell_people(work, people, topic, f"{report.id}:{report.version}", {"title": report.title}, link)


def issued(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — the payload's key
    """Tell both sides that the report waits for their signatures."""
    _report(work, id, ISSUED)


def signed(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — the payload's key
    """Tell both sides that the report is signed."""
    _report(work, id, SIGNED)


def _proof(work: Work, identity: str, topic: Topic) -> None:
    proof = queries.get_proof(work.session, UUID(identity))
    listing = work.session.get_one(Listing, proof.listing_id)
    owners = members_of(work.session, [listing.organization_id], now=work.now, roles=WRITERS)
    people = {*owners, *operators(work, proof.report.booking.provider_id)}
    values = {
        "title": both(listing.title, listing.title_en),
        "level": str(proof.level),
        "reason": proof.reason,
    }
    link = path("listings.show", listing_id=listing.id)
    tell_people(work, people, topic, str(proof.id), values, link)


def accepted(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — the payload's key
    """Tell owner and operator that the level is proven."""
    _proof(work, id, ACCEPTED)


def refused(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — the payload's key
    """Tell owner and operator why it is not."""
    _proof(work, id, REFUSED)


HEARERS: dict[str, Hearer] = {
    "reports.recorded": recorded,
    "reports.disputed": disputed,
    "reports.lowered": lowered,
    "reports.issued": issued,
    "reports.signed": signed,
    "reports.accepted": accepted,
    "reports.refused": refused,
}
HEARS: dict[str, tuple[str, ...]] = {
    "use.recorded": ("reports.recorded",),
    "use.confirmed": (),
    "use.disputed": ("reports.disputed",),
    "use.lowered": ("reports.lowered",),
    "report.issued": ("reports.issued",),
    "report.signed": ("reports.signed",),
    "proof.accepted": ("reports.accepted",),
    "proof.refused": ("reports.refused",),
}
