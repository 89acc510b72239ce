"""What terms ask of a deal's steps: agreed terms, decisions, the notice, export papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.messages import N_
from marketplace.deals.guards import Obstacle
from marketplace.deals.models import DealRole
from marketplace.organizations.models import Organization
from marketplace.terms import permissions
from marketplace.terms.kinds import LicenseKind
from marketplace.terms.models import Decision, NoticeStatus, PricingMethod
from marketplace.terms.queries import offers, university
from marketplace.terms.rules import approval, export
from marketplace.terms.rules.days import beijing_day
from marketplace.terms.services.exports import standing_of
from marketplace.terms.services.notices import is_over
from marketplace.terms.services.pricing import amount_to_decide
from marketplace.terms.value import from_json

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.deals.models import Deal
    from marketplace.terms.models import AgreedTerms, Pricing

_PARTIES = frozenset({DealRole.LICENSOR, DealRole.LICENSEE})
_LICENSOR = frozenset({DealRole.LICENSOR})


def terms_accepted(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:  # noqa: ARG001 — a guard's signature
    """Both sides stand behind one set of terms."""
    if offers.current_agreement(session, deal) is not None:
        return []
    return [
        Obstacle(
            message=N_("No offer has been accepted yet."), who=_PARTIES, endpoint="terms.index"
        )
    ]


def binds_public_body(session: Session, deal: Deal, agreed: AgreedTerms | None) -> bool:
    """Whether pricing, decisions and notice are asked for.

    They are for universities and institutes, but not for an open license: there the price was
    declared to everybody beforehand (Patent Law 50).
    """
    licensor = session.get_one(Organization, deal.licensor_id)
    if not permissions.is_public_body(licensor):
        return False
    return not (agreed and from_json(agreed.content).license_kind is LicenseKind.OPEN)


def approvals_given(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:  # noqa: ARG001 — a guard's signature
    """The pricing method is recorded, and the body of the tier has decided on these terms."""
    agreed = offers.current_agreement(session, deal)
    if not binds_public_body(session, deal, agreed):
        return []
    pricing = university.find_pricing(session, deal.id)
    found = [] if agreed is None else _undecided(session, deal, agreed)
    return _unpriced(pricing) + found


def _unpriced(pricing: Pricing | None) -> list[Obstacle]:
    if pricing is None:
        return [_for_licensor(N_("Record how the price came about."), "terms.pricing")]
    if pricing.method is not PricingMethod.AGREEMENT and not pricing.result.strip():
        return [_for_licensor(N_("Record the result of the market or auction."), "terms.pricing")]
    return []


def _undecided(session: Session, deal: Deal, agreed: AgreedTerms) -> list[Obstacle]:
    tiers = university.list_tiers(session, deal.licensor_id)
    tier = approval.tier_of(tiers, amount_to_decide(session, deal, agreed))
    if tier is None:
        return [
            _for_licensor(
                N_("Write down which body of your institution decides on which amount."),
                "terms.pricing",
            )
        ]
    decided = [
        row
        for row in university.list_decisions(session, deal.id)
        if row.agreed_id == agreed.id and row.body == tier.body
    ]
    if decided and decided[-1].decision is Decision.APPROVED:
        return []
    return [
        Obstacle(
            message=N_("“%(body)s” has to approve these terms, with minutes."),
            who=_LICENSOR,
            endpoint="terms.pricing",
            values={"body": tier.body},
        )
    ]


def price_notice_over(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:
    """An agreed price was published for its days, and nothing is open against it."""
    agreed = offers.current_agreement(session, deal)
    pricing = university.find_pricing(session, deal.id)
    if agreed is None or not binds_public_body(session, deal, agreed):
        return []
    if pricing is not None and pricing.method is not PricingMethod.AGREEMENT:
        return []
    notices = [
        row for row in university.list_deal_notices(session, deal.id) if row.agreed_id == agreed.id
    ]
    today = beijing_day(now)
    if any(is_over(session, row, today=today) for row in notices):
        return []
    running = next((row for row in notices if row.status is NoticeStatus.RUNNING), None)
    if running is None:
        return [_for_licensor(N_("Publish the agreed price first."), "terms.pricing")]
    objections = university.list_objections(session, [running.id])[running.id]
    reading = university.reading_of(running, objections, today=today)
    if reading.is_stopped:
        return [
            _for_licensor(
                N_("An objection to the price notice is open: settle it with reasons."),
                "terms.pricing",
            )
        ]
    return [
        Obstacle(
            message=N_("The price notice runs until the end of %(day)s."),
            who=_LICENSOR,
            endpoint="terms.pricing",
            values={"day": reading.ends_on},
        )
    ]


def export_cleared(session: Session, deal: Deal, now: datetime) -> list[Obstacle]:  # noqa: ARG001 — a guard's signature
    """Nothing of the export rules stands in the way of a foreign receiving side."""
    message = export.obstacle(standing_of(session, deal, offers.agreed_terms(session, deal)))
    return [_for_licensor(message, "terms.exports")] if message else []


def _for_licensor(message: str, endpoint: str) -> Obstacle:
    return Obstacle(message=message, who=_LICENSOR, endpoint=endpoint)


#: The guards of ``deals.rules.TRANSITIONS`` that terms answer.
GUARDS = {
    "terms_accepted": terms_accepted,
    "approvals_given": approvals_given,
    "price_notice_over": price_notice_over,
    "export_cleared": export_cleared,
}
