"""Hears what happened and tells the people whom it concerns.

Each fact is told once per person: the notice's key is the fact, its record, and the moment or
version that sets it apart from the same fact of another day.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import current_app
from sqlalchemy import select

from marketplace.core.actor import WRITERS, MemberRole
from marketplace.listings.models import Enquiry, Listing
from marketplace.needs.models import Answer, Need, NeedQuestion
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import Topic, both
from marketplace.notifications.telling import tell_people
from marketplace.organizations.models import Organization
from marketplace.told import topics

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer, Work


def path(endpoint: str, **values: Any) -> str:  # noqa: ANN401 — address parts
    """Give the path of a page on this site, without language."""
    return current_app.url_map.bind("").build(endpoint, values)


def _name(organization: Organization) -> dict[str, str]:
    return both(organization.name, organization.name_en)


def _title(record: Listing | Need) -> dict[str, str]:
    return both(record.title, record.title_en)


def _writers(work: Work, organization_id: UUID) -> list[UUID]:
    return members_of(work.session, [organization_id], now=work.now, roles=WRITERS)


def _reasons(text: str) -> dict[str, list[str]]:
    """Give a reviewer's lines, each read in the reader's language where it is a prepared one."""
    return {"labels": text.splitlines()}


def tell_of_listing(fact: str, work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — the fact's own word
    """Tell the owner's writers of their listing."""
    listing = work.session.get(Listing, UUID(id))
    if listing is None:
        return
    tell_people(
        work,
        _writers(work, listing.organization_id),
        topics.LISTINGS[fact],
        f"{listing.id}:{listing.version}",
        {"title": _title(listing), "reason": _reasons(listing.return_reason)},
        path("listings.show", listing_id=listing.id),
    )


def tell_of_listings(work: Work, *, ids: list[str], **_rest: object) -> None:
    """Tell the owners' writers once an hour that many of their listings were published."""
    owners = work.session.scalars(
        select(Organization)
        .join(Listing, Listing.organization_id == Organization.id)
        .where(Listing.id.in_([UUID(one) for one in ids]))
        .distinct()
    )
    for organization in owners:
        tell_people(
            work,
            _writers(work, organization.id),
            topics.LISTINGS_PUBLISHED,
            f"{organization.id}:{work.now:%Y-%m-%dT%H}",
            {"organization": _name(organization)},
            path("listings.index", organization_id=organization.id, tab="published"),
        )


def tell_of_need(fact: str, work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell the owner's writers of their need."""
    need = work.session.get(Need, UUID(id))
    if need is None:
        return
    tell_people(
        work,
        _writers(work, need.organization_id),
        topics.NEEDS[fact],
        f"{need.id}:{need.version}",
        {"title": _title(need), "reason": _reasons(need.return_reason)},
        path("needs.show", need_id=need.id),
    )


def tell_of_question(fact: str, work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell a need's owner of the newest question, or its asker of the newest reply."""
    moment = NeedQuestion.replied_at if fact == "need.question_answered" else NeedQuestion.asked_at
    question = work.session.scalars(
        select(NeedQuestion)
        .where(NeedQuestion.need_id == UUID(id), moment.is_not(None))
        .order_by(moment.desc(), NeedQuestion.id)
        .limit(1)
    ).one_or_none()
    if question is None:
        return
    need = work.session.get_one(Need, question.need_id)
    answered = fact == "need.question_answered"
    tell_people(
        work,
        [question.asked_by] if answered else _writers(work, need.organization_id),
        topics.QUESTIONS[fact],
        str(question.id),
        {"title": _title(need)},
        path("needs.show", need_id=need.id),
    )


def tell_of_answer(fact: str, work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell the side that did not act: the need's owner, or whoever answered."""
    answer = work.session.get(Answer, UUID(id))
    if answer is None:
        return
    need = work.session.get_one(Need, answer.need_id)
    organization = work.session.get_one(Organization, answer.organization_id)
    to_owner = fact in topics.TO_OWNER
    tell_people(
        work,
        _writers(work, need.organization_id if to_owner else answer.organization_id),
        topics.TO_OWNER[fact] if to_owner else topics.TO_ANSWERER[fact],
        f"{answer.id}:{answer.version}",
        {
            "title": _title(need),
            "organization": _name(organization),
            "reason": _decline_reason(answer),
        },
        path("needs.answer", answer_id=answer.id),
    )


def _decline_reason(declined: Answer | Enquiry) -> Any:  # noqa: ANN401 — a text or a label
    reason = declined.decline_reason
    if reason is None:
        return ""
    note = declined.decline_note if isinstance(declined, Answer) else declined.reply
    return note if reason.value == "other" and note else {"label": reason.label}


def tell_of_enquiry(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell a listing's owner that somebody asks."""
    enquiry = work.session.get(Enquiry, UUID(id))
    if enquiry is None:
        return
    listing = work.session.get_one(Listing, enquiry.listing_id)
    organization = work.session.get_one(Organization, enquiry.sender_organization_id)
    tell_people(
        work,
        _writers(work, enquiry.owner_id),
        topics.ENQUIRY_SENT,
        str(enquiry.id),
        {"title": _title(listing), "organization": _name(organization)},
        path("listings.enquiry", enquiry_id=enquiry.id),
    )


def tell_of_reply(fact: str, work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell the person who asked about a listing."""
    enquiry = work.session.get(Enquiry, UUID(id))
    if enquiry is None:
        return
    listing = work.session.get_one(Listing, enquiry.listing_id)
    tell_people(
        work,
        [enquiry.sender_id],
        topics.ENQUIRIES[fact],
        str(enquiry.id),
        {"title": _title(listing), "reason": _decline_reason(enquiry)},
        path("listings.enquiry", enquiry_id=enquiry.id),
    )


def tell_of_organization(fact: str, work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell the owners of a judgement on their organization."""
    organization = work.session.get(Organization, UUID(id))
    if organization is None:
        return
    tell_people(
        work,
        members_of(
            work.session, [organization.id], now=work.now, roles=frozenset({MemberRole.OWNER})
        ),
        topics.ORGANIZATIONS[fact],
        f"{organization.id}:{organization.version}",
        {
            "name": _name(organization),
            "reason": organization.return_reason or organization.suspended_reason,
        },
        path("organizations.show", organization_id=organization.id),
    )


_BY_FACT: tuple[tuple[dict[str, Topic], Any], ...] = (
    (topics.LISTINGS, tell_of_listing),
    (topics.NEEDS, tell_of_need),
    (topics.TO_OWNER | topics.TO_ANSWERER, tell_of_answer),
    (topics.QUESTIONS, tell_of_question),
    (topics.ENQUIRIES, tell_of_reply),
    (topics.ORGANIZATIONS, tell_of_organization),
)

HEARERS: dict[str, Hearer] = {
    f"told.{fact}": partial(hearer, fact) for facts, hearer in _BY_FACT for fact in facts
} | {"told.enquiry.sent": tell_of_enquiry, "told.listings.published": tell_of_listings}
HEARS: dict[str, tuple[str, ...]] = {name.removeprefix("told."): (name,) for name in HEARERS}
