"""Tells the sides of a deal what happened to its terms, and looks at clocks every night."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from marketplace.core.actor import MemberRole
from marketplace.deals.models import Deal
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import Topic, both
from marketplace.notifications.services import notify
from marketplace.organizations.models import Organization
from marketplace.terms import topics
from marketplace.terms.models import (
    AgreedTerms,
    Objection,
    OfferDraft,
    PriceNotice,
    TermsOffer,
    Trial,
)
from marketplace.terms.permissions import organization_of
from marketplace.terms.services import notices, trials

if TYPE_CHECKING:
    from collections.abc import Collection

    from marketplace.core.jobs import Hearer, Work

#: Who settles objections for an institution.
OFFICERS = frozenset({MemberRole.OWNER, MemberRole.TTO_OFFICER})


def _title(deal: Deal) -> dict[str, str]:
    return both(deal.title, deal.title_en)


def _people(work: Work, deal: Deal, organization_ids: Collection[UUID]) -> list[UUID]:
    """Give the writers of the organizations and the deal's manager."""
    people = members_of(work.session, organization_ids, now=work.now)
    if deal.manager_person_id is not None and deal.manager_accepted_at is not None:
        people.append(deal.manager_person_id)
    return people


def _tell(
    work: Work,
    deal: Deal,
    people: Collection[UUID],
    topic: Topic,
    *,
    key: object,
    link: str,
    by: str,
    **values: Any,  # noqa: ANN401 — places of the message
) -> None:
    notify(
        work.session,
        people=[person for person in people if str(person) != by],
        topic=topic,
        dedupe=f"{topic.key}:{key}",
        values={"title": _title(deal), **values},
        link=link,
        now=work.now,
    )


def tell_of_offer(fact: str, work: Work, *, id: str, deal_id: str, by: str) -> None:  # noqa: A002 — the fact's own word
    """Tell the sides of an offer what became of it."""
    deal = work.session.get_one(Deal, UUID(deal_id))
    offer = work.session.get(TermsOffer, UUID(id))
    if offer is None:
        return
    side = offer.side if fact != "offer.declined" else offer.side.other
    name = _party(work, deal, organization_of(side, deal))
    _tell(
        work,
        deal,
        _people(work, deal, [organization_of(side.other, deal)]),
        topics.OFFERS[fact],
        key=id,
        link=f"/deals/{deal_id}/terms",
        by=by,
        party=name,
    )


def _party(work: Work, deal: Deal, organization_id: UUID) -> dict[str, str]:
    """Give a party's name, unless the receiving side keeps it hidden."""
    if deal.licensee_hidden and organization_id == deal.licensee_id:
        return both("对方", "The other side")
    organization = work.session.get_one(Organization, organization_id)
    return both(organization.name, organization.name_en)


def tell_agreed(work: Work, *, id: str, deal_id: str, by: str) -> None:  # noqa: A002 — the fact's own word
    """Tell both sides and the manager that terms are agreed."""
    deal = work.session.get_one(Deal, UUID(deal_id))
    if work.session.get(AgreedTerms, UUID(id)) is None:
        return
    _tell(
        work,
        deal,
        _people(work, deal, [deal.licensor_id, deal.licensee_id]),
        topics.OFFERS["terms.agreed"],
        key=id,
        link=f"/deals/{deal_id}/terms",
        by=by,
    )


def tell_prepared(work: Work, *, id: str, deal_id: str, by: str) -> None:  # noqa: A002 — the fact's own word
    """Tell a side that its manager prepared an offer."""
    deal = work.session.get_one(Deal, UUID(deal_id))
    draft = work.session.get(OfferDraft, UUID(id))
    if draft is None:
        return
    _tell(
        work,
        deal,
        members_of(work.session, [organization_of(draft.side, deal)], now=work.now),
        topics.PREPARED,
        key=f"{id}:{draft.written_at.isoformat()}",
        link=f"/deals/{deal_id}/terms",
        by=by,
    )


def tell_of_trial(fact: str, work: Work, *, id: str, deal_id: str, by: str) -> None:  # noqa: A002 — the fact's own word
    """Tell both sides of a trial's step."""
    deal = work.session.get_one(Deal, UUID(deal_id))
    trial = work.session.get(Trial, UUID(id))
    if trial is None:
        return
    _tell(
        work,
        deal,
        _people(work, deal, [deal.licensor_id, deal.licensee_id]),
        topics.TRIALS[fact],
        key=f"{id}:{trial.reminded_at_days if fact == 'trial.reminded' else ''}",
        link=f"/deals/{deal_id}/trials",
        by=by,
        day=trial.decide_by.isoformat(),
    )


def tell_of_notice(
    fact: str,
    work: Work,
    *,
    id: str,  # noqa: A002 — the fact's own word
    deal_id: str,
    by: str,
    **_rest: object,
) -> None:
    """Tell both sides how their price notice stands."""
    deal = work.session.get_one(Deal, UUID(deal_id))
    if work.session.get(PriceNotice, UUID(id)) is None:
        return
    _tell(
        work,
        deal,
        _people(work, deal, [deal.licensor_id, deal.licensee_id]),
        topics.NOTICES[fact],
        key=id,
        link=f"/price-notices/{id}",
        by=by,
    )


def tell_raised(work: Work, *, id: str, notice_id: str, deal_id: str, by: str) -> None:  # noqa: A002 — the fact's own word
    """Ask the institution's officers to settle an objection."""
    deal = work.session.get_one(Deal, UUID(deal_id))
    _tell(
        work,
        deal,
        members_of(work.session, [deal.licensor_id], now=work.now, roles=OFFICERS),
        topics.OBJECTION_RAISED,
        key=id,
        link=f"/price-notices/{notice_id}",
        by=by,
    )


def tell_settled(
    fact: str,
    work: Work,
    *,
    id: str,  # noqa: A002 — the fact's own word
    notice_id: str,
    deal_id: str,
    by: str,
) -> None:
    """Give who objected the reasons of the settlement."""
    deal = work.session.get_one(Deal, UUID(deal_id))
    objection = work.session.get_one(Objection, UUID(id))
    _tell(
        work,
        deal,
        [objection.raised_by],
        topics.SETTLED[fact],
        key=id,
        link=f"/price-notices/{notice_id}",
        by=by,
        reasons=objection.settlement,
    )


def look_at_clocks(work: Work) -> None:
    """End the notices whose days are over, and remind of trials that need a decision."""
    notices.finish_due(work.session, now=work.now)
    trials.look_at_all(work.session, now=work.now)


def _told(function: Any, fact: str) -> Hearer:  # noqa: ANN401 — one of the functions above
    def hear(work: Work, **payload: Any) -> None:  # noqa: ANN401 — what the fact tells
        function(fact, work, **payload)

    return hear


_OFFERS = ("offer.sent", "offer.declined", "offer.withdrawn")

HEARERS: dict[str, Hearer] = {
    "terms.look_at_clocks": look_at_clocks,
    "terms.tell_agreed": tell_agreed,
    "terms.tell_prepared": tell_prepared,
    "terms.tell_raised": tell_raised,
    **{f"terms.tell_{fact}": _told(tell_of_offer, fact) for fact in _OFFERS},
    **{f"terms.tell_{fact}": _told(tell_of_trial, fact) for fact in topics.TRIALS},
    **{f"terms.tell_{fact}": _told(tell_of_notice, fact) for fact in topics.NOTICES},
    **{f"terms.tell_{fact}": _told(tell_settled, fact) for fact in topics.SETTLED},
}
HEARS: dict[str, tuple[str, ...]] = {
    "terms.agreed": ("terms.tell_agreed",),
    "offer.prepared": ("terms.tell_prepared",),
    "objection.raised": ("terms.tell_raised",),
    # Decisions of an institution's bodies are its own affair.
    "approval.recorded": (),
    **{
        fact: (f"terms.tell_{fact}",)
        for fact in (*_OFFERS, *topics.TRIALS, *topics.NOTICES, *topics.SETTLED)
    },
}
PERIODIC = {"terms.look_at_clocks": "20 0 * * *"}
