"""What facilities do by themselves: following their owner; whom their facts concern."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from marketplace.core.messages import N_
from marketplace.facilities import offers
from marketplace.facilities.models import Facility, FacilityQuestion, FacilityStatus
from marketplace.facilities.opening import ZONE
from marketplace.facilities.permissions import EDITORS, SPEAKERS, in_own_district
from marketplace.facilities.services import life
from marketplace.facilities.sheet import Validity, certificates_of
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import Topic, both
from marketplace.notifications.telling import path_of, tell_people
from marketplace.organizations.models import Organization, OrganizationKind, OrganizationStatus

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer, Work

_REVIEWS, _ANSWERS = NoticeGroup.REVIEWS, NoticeGroup.ANSWERS

#: Fact → what the people who write for the operator are told.
TOPICS = {
    topic.key: topic
    for topic in (
        Topic("facility.published", _REVIEWS, N_("Your facility “%(name)s” is published.")),
        Topic(
            "facility.returned", _REVIEWS, N_("Your facility “%(name)s” was returned: %(reason)s")
        ),
        Topic(
            "facility.suspended", _REVIEWS, N_("Your facility “%(name)s” was suspended: %(reason)s")
        ),
        Topic("facility.restored", _REVIEWS, N_("Your facility “%(name)s” is shown again.")),
        Topic(
            "facility.recommended",
            _REVIEWS,
            N_("The district gave its word on your facility “%(name)s”: %(reason)s"),
        ),
        Topic(
            "facility.filed",
            _REVIEWS,
            N_("The city has your facility “%(name)s” on file: %(reason)s"),
        ),
        Topic(
            "facility.filing_refused",
            _REVIEWS,
            N_("The city did not take your facility “%(name)s” on file: %(reason)s"),
        ),
    )
}
ASKED = Topic(
    "facility_question.asked", _ANSWERS, N_("%(organization)s asks about your facility “%(name)s”.")
)
APPLIED = Topic(
    "facility.sent",
    _REVIEWS,
    N_("“%(name)s” applies for the city's file and asks for your district's recommendation."),
)
ENDING = Topic(
    "facility.certificate_ending",
    NoticeGroup.EXPIRY,
    N_("The certificate %(certificate)s of your facility “%(name)s” ends on %(day)s."),
)
REPLIED = Topic(
    "facility_question.replied",
    _ANSWERS,
    N_("Your question about the facility “%(name)s” was answered."),
)


def _reason(facility: Facility, fact: str) -> object:
    if fact == "facility.recommended" and facility.recommendation is not None:
        note = facility.recommendation_note
        return note or {"label": facility.recommendation.label}
    return {
        "facility.returned": {"labels": facility.return_reason.splitlines()},
        "facility.suspended": facility.suspended_reason,
        "facility.filed": facility.filing_number,
        "facility.filing_refused": facility.filing_reason,
    }.get(fact, "")


def tell_operator(fact: str, work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — the fact's own word
    """Tell the people who write for the operator what became of their facility."""
    facility = work.session.get(Facility, UUID(id))
    if facility is None:
        return
    tell_people(
        work,
        members_of(work.session, [facility.organization_id], now=work.now, roles=EDITORS),
        TOPICS[fact],
        f"{facility.id}:{facility.version}",
        values={"name": both(facility.name, facility.name_en), "reason": _reason(facility, fact)},
        link=path_of("facilities.check", facility_id=facility.id),
    )


def tell_district(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell the people who speak for a district that a facility asks for its recommendation."""
    facility = work.session.get(Facility, UUID(id))
    if facility is None or not in_own_district(facility, frozenset({facility.district_code or ""})):
        return
    districts = work.session.scalars(
        select(Organization.id).where(
            Organization.kind == OrganizationKind.DISTRICT,
            Organization.district_code == facility.district_code,
            Organization.status == OrganizationStatus.VERIFIED,
        )
    ).all()
    tell_people(
        work,
        members_of(work.session, districts, now=work.now, roles=SPEAKERS),
        APPLIED,
        f"{facility.id}:{facility.version}",
        values={"name": both(facility.name, facility.name_en)},
        link=path_of("facilities.applications"),
    )


def tell_of_question(fact: str, work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell the operator of a question, or who asked of the reply."""
    question = work.session.get(FacilityQuestion, UUID(id))
    if question is None:
        return
    facility = work.session.get_one(Facility, question.facility_id)
    sender = work.session.get_one(Organization, question.sender_organization_id)
    asked = fact == ASKED.key
    people = (
        members_of(work.session, [question.owner_id], now=work.now, roles=EDITORS)
        if asked
        else [question.sender_id]
    )
    tell_people(
        work,
        people,
        ASKED if asked else REPLIED,
        str(question.id),
        values={
            "name": both(facility.name, facility.name_en),
            "organization": both(sender.name, sender.name_en),
        },
        link=path_of("facilities.question", question_id=question.id),
    )


def remind_of_certificates(work: Work) -> None:
    """Tell operators once of each certificate that ends within two months."""
    today = work.now.astimezone(ZONE).date()
    facilities = work.session.scalars(
        select(Facility)
        .where(Facility.status == FacilityStatus.PUBLISHED, Facility.certificates != [])
        .order_by(Facility.id)
    )
    for facility in facilities:
        for one in certificates_of(facility.certificates, today):
            if one.validity is not Validity.SOON:
                continue
            tell_people(
                work,
                members_of(work.session, [facility.organization_id], now=work.now, roles=EDITORS),
                ENDING,
                f"{facility.id}:{one.kind}:{one.number}:{one.expires_on}",
                values={
                    "name": both(facility.name, facility.name_en),
                    "certificate": f"{one.kind} {one.number}".strip(),
                    "day": str(one.expires_on),
                },
                link=path_of("facilities.edit", facility_id=facility.id, step="capability"),
            )


def refresh_offers(work: Work, *, id: str | None = None, **_facts: object) -> None:  # noqa: A002 — see above
    """Ask for next free days and prices: of one facility that changed, or of all."""
    offers.refresh(work.session, now=work.now, only=[UUID(id)] if id else None)


def follow_organization(work: Work, *, id: str, **_facts: object) -> None:  # noqa: A002 — the payload's key
    """Queue the facilities of an organization whose name or standing changed."""
    life.sync_organization(work.session, UUID(id))


#: Facts after which the next free day may be another one.
_REFRESHED = dict.fromkeys(
    ("facility.published", "facility.restored"), ("facilities.refresh_offers",)
)

HEARERS: dict[str, Hearer] = {
    "facilities.certificates": remind_of_certificates,
    "facilities.follow_organization": follow_organization,
    "facilities.refresh_offers": refresh_offers,
    **{f"facilities.tell.{fact}": partial(tell_operator, fact) for fact in TOPICS},
    "facilities.tell.district": tell_district,
    "facilities.tell.facility_question.asked": partial(tell_of_question, ASKED.key),
    "facilities.tell.facility_question.replied": partial(tell_of_question, REPLIED.key),
}
HEARS: dict[str, tuple[str, ...]] = {
    "organization.changed": ("facilities.follow_organization",),
    **{fact: (f"facilities.tell.{fact}", *_REFRESHED.get(fact, ())) for fact in TOPICS},
    APPLIED.key: ("facilities.tell.district",),
    ASKED.key: (f"facilities.tell.{ASKED.key}",),
    REPLIED.key: (f"facilities.tell.{REPLIED.key}",),
    # Facts that higher domains may hear: bookings look at hours and withdrawn facilities.
    **dict.fromkeys(
        (
            "facility.recalled",
            "facility.withdrawn",
            "facility.reopened",
        ),
        (),
    ),
    "facility.hours_changed": ("facilities.refresh_offers",),
}
PERIODIC = {
    "facilities.certificates": "40 3 * * *",
    "facilities.refresh_offers": "*/15 * * * *",
}
