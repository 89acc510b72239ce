"""Offers, drafts and what was agreed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from marketplace.core.errors import NotFound
from marketplace.deals.models import DealStage
from marketplace.listings.models import IpRight
from marketplace.terms.models import (
    AgreedTerms,
    OfferDraft,
    OfferOutcome,
    TermsOffer,
)
from marketplace.terms.value import from_json

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.deals.models import Deal
    from marketplace.terms.kinds import Side
    from marketplace.terms.models import OfferFate
    from marketplace.terms.value import Terms


@dataclass(frozen=True)
class Offered:
    """An offer with what became of it."""

    offer: TermsOffer
    outcome: OfferOutcome | None

    @property
    def fate(self) -> OfferFate | None:
        """What ended it, or None while nothing did."""
        return self.outcome.fate if self.outcome else None

    @property
    def terms(self) -> Terms:
        """The offered terms."""
        return from_json(self.offer.content)


def list_offers(session: Session, deal_id: UUID) -> list[Offered]:
    """Give all offers of a deal, the newest first; the caller has loaded the deal as visible."""
    rows = session.execute(
        select(TermsOffer, OfferOutcome)
        .outerjoin(OfferOutcome, OfferOutcome.offer_id == TermsOffer.id)
        .where(TermsOffer.deal_id == deal_id)
        .order_by(TermsOffer.number.desc())
    )
    return [Offered(offer, outcome) for offer, outcome in rows]


def latest_offer(session: Session, deal_id: UUID) -> Offered | None:
    """Give the newest offer of a deal."""
    row = session.execute(
        select(TermsOffer, OfferOutcome)
        .outerjoin(OfferOutcome, OfferOutcome.offer_id == TermsOffer.id)
        .where(TermsOffer.deal_id == deal_id)
        .order_by(TermsOffer.number.desc())
        .limit(1)
    ).one_or_none()
    return Offered(row[0], row[1]) if row else None


def get_offer(session: Session, deal: Deal, number: int) -> Offered:
    """Give one offer of the deal by its number, or raise NotFound."""
    row = session.execute(
        select(TermsOffer, OfferOutcome)
        .outerjoin(OfferOutcome, OfferOutcome.offer_id == TermsOffer.id)
        .where(TermsOffer.deal_id == deal.id, TermsOffer.number == number)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Offered(row[0], row[1])


def find_draft(session: Session, deal_id: UUID, side: Side) -> OfferDraft | None:
    """Give a side's unsent offer; the caller judges who may read it."""
    return session.scalars(
        select(OfferDraft).where(OfferDraft.deal_id == deal_id, OfferDraft.side == side)
    ).one_or_none()


def current_agreement(session: Session, deal: Deal) -> AgreedTerms | None:
    """Give what both sides stand behind now.

    Terms that were taken up again stand no longer, until an offer is accepted anew.
    """
    agreed = session.scalars(
        select(AgreedTerms)
        .where(AgreedTerms.deal_id == deal.id)
        .order_by(AgreedTerms.number.desc())
        .limit(1)
    ).one_or_none()
    return None if agreed is None or _was_reopened(agreed, deal) else agreed


def agreed_terms(session: Session, deal: Deal) -> Terms | None:
    """Give the agreed terms as a value, or None while nothing is agreed."""
    agreed = current_agreement(session, deal)
    return from_json(agreed.content) if agreed else None


def standing_terms(session: Session, deals: Collection[Deal]) -> Mapping[UUID, tuple[Terms, bool]]:
    """Give for deals what is agreed (True), or else the offer that lies on the table (False)."""
    ids = [deal.id for deal in deals]
    agreed = {
        row.deal_id: row
        for row in session.scalars(
            select(AgreedTerms)
            .ext(distinct_on(AgreedTerms.deal_id))
            .where(AgreedTerms.deal_id.in_(ids))
            .order_by(AgreedTerms.deal_id, AgreedTerms.number.desc())
        )
    }
    offered = {
        row.deal_id: row
        for row in session.scalars(
            select(TermsOffer)
            .ext(distinct_on(TermsOffer.deal_id))
            .outerjoin(OfferOutcome, OfferOutcome.offer_id == TermsOffer.id)
            .where(TermsOffer.deal_id.in_(ids), OfferOutcome.offer_id.is_(None))
            .order_by(TermsOffer.deal_id, TermsOffer.number.desc())
        )
    }
    found: dict[UUID, tuple[Terms, bool]] = {}
    for deal in deals:
        both = agreed.get(deal.id)
        if both is not None and not _was_reopened(both, deal):
            found[deal.id] = from_json(both.content), True
        elif deal.id in offered:
            found[deal.id] = from_json(offered[deal.id].content), False
    return found


def _was_reopened(agreed: AgreedTerms, deal: Deal) -> bool:
    return deal.stage is DealStage.TERMS and agreed.agreed_at < deal.stage_since


def count_agreements(session: Session, deal_id: UUID) -> int:
    """Count how often terms were agreed in this deal."""
    return session.scalar(select(func.count()).where(AgreedTerms.deal_id == deal_id)) or 0


def rights_of(session: Session, listing_id: UUID) -> Sequence[IpRight]:
    """Give the rights behind a deal's listing."""
    return session.scalars(
        select(IpRight).where(IpRight.listing_id == listing_id).order_by(IpRight.position)
    ).all()


def terms_of_draft(draft: OfferDraft) -> Terms:
    """Give what an unsent offer holds; it may be incomplete."""
    return from_json(draft.content)
