"""Offers and counter-offers: sent, answered, withdrawn; one answer wins."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import EditedElsewhere, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals.queries.deals import get_deal
from marketplace.terms import permissions
from marketplace.terms.kinds import ContractKind, LicenseKind
from marketplace.terms.models import (
    AgreedTerms,
    OfferFate,
    OfferOutcome,
    TermsOffer,
)
from marketplace.terms.queries import offers as queries
from marketplace.terms.rules import offers as rules
from marketplace.terms.rules import validation
from marketplace.terms.rules.days import beijing_day
from marketplace.terms.services.moving import move_on
from marketplace.terms.services.notes import note
from marketplace.terms.value import from_json, to_json

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.terms.kinds import Side
    from marketplace.terms.queries.offers import Offered
    from marketplace.terms.value import Terms


def send_offer(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    terms: Terms,
    valid_until: date,
    seen: int,
    message: str = "",
    now: datetime,
) -> TermsOffer:
    """Offer terms, as a first offer or as a counter to the newest.

    ``seen`` is the number of the newest offer that the writer had before them (0 for none):
    EditedElsewhere when there is a newer one by now, so of two counter-offers at once one wins.
    """
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    require(permissions.may_offer(actor, deal))
    side = permissions.acting_side(actor, deal)
    assert side is not None  # noqa: S101 — may_offer has asked
    today = beijing_day(now)
    rules.require_valid_until(valid_until, today=today)
    validation.require_sound(terms)
    if terms.license_kind is LicenseKind.OPEN:
        raise RuleBroken(
            N_("An open license is declared in the listing; here choose another kind."),
            field="license_kind",
        )
    latest = queries.latest_offer(session, deal_id)
    newest = latest.offer.number if latest else 0
    if newest != seen:
        raise EditedElsewhere(
            N_(
                "Offer %(number)s arrived after you had opened this page. Read it, then send yours "
                "again."
            ),
            number=newest,
        )
    draft = queries.find_draft(session, deal_id, side)
    offer = add_offer(
        session,
        deal,
        side=side,
        offered_by=actor.user_id,
        terms=terms,
        valid_until=valid_until,
        message=message,
        follows=latest,
        prepared_by=draft.written_by if draft and draft.is_prepared else None,
        now=now,
    )
    if latest is not None:
        _end_open(session, latest, side, actor, now)
    if draft is not None:
        session.delete(draft)
    note(
        session,
        actor=actor,
        deal=deal,
        action="offer.sent",
        object_id=offer.id,
        now=now,
        number=offer.number,
        sha256=offer.sha256,
    )
    return offer


def add_offer(
    session: Session,
    deal: Deal,
    *,
    side: Side,
    offered_by: UUID | None,
    terms: Terms,
    valid_until: date,
    now: datetime,
    message: str = "",
    follows: Offered | None = None,
    prepared_by: UUID | None = None,
) -> TermsOffer:
    """Write the next offer of a locked deal; the caller has judged who offers what."""
    offer = TermsOffer(
        deal_id=deal.id,
        number=follows.offer.number + 1 if follows else 1,
        side=side,
        organization_id=permissions.organization_of(side, deal),
        offered_by=offered_by,
        offered_at=now,
        content=to_json(terms),
        sha256=terms.sha256,
        valid_until=valid_until,
        message=message,
        follows_id=follows.offer.id if follows else None,
        prepared_by=prepared_by,
    )
    with judged(session):
        session.add(offer)
    return offer


def _end_open(session: Session, latest: Offered, side: Side, actor: Actor, now: datetime) -> None:
    """Close the offer that a newer one stands in for; an expired one has ended by itself."""
    if latest.fate is not None or beijing_day(now) > latest.offer.valid_until:
        return
    fate = OfferFate.REPLACED if latest.offer.side is side else OfferFate.COUNTERED
    session.add(OfferOutcome(offer_id=latest.offer.id, fate=fate, at=now, by=actor.user_id))


def accept_offer(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    number: int,
    sha256: str,
    now: datetime,
) -> AgreedTerms:
    """Accept the newest offer: its terms are copied and hashed as agreed, and the deal moves on.

    ``sha256`` is the hash of the terms that the page showed. Raises StepNotAllowed when the offer
    was answered, replaced or has expired meanwhile: of two acceptances one wins.
    """
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    offered = _answered(session, deal, actor, number, now)
    if offered.offer.sha256 != sha256:
        raise EditedElsewhere(N_("These are not the terms that you were shown: read them again."))
    agreed = agree(session, deal, offered.offer, actor=actor, now=now)
    move_on(session, deal, actor=actor, now=now)
    return agreed


def agree(
    session: Session, deal: Deal, offer: TermsOffer, *, actor: Actor, now: datetime
) -> AgreedTerms:
    """Copy an offer of a locked deal as agreed; the caller has judged that it may be."""
    assert actor.user_id is not None  # noqa: S101 — visitors act in no deal
    terms = from_json(offer.content)
    agreed = AgreedTerms(
        deal_id=deal.id,
        number=queries.count_agreements(session, deal.id) + 1,
        offer_id=offer.id,
        content=dict(offer.content),
        sha256=offer.sha256,
        agreed_at=now,
        accepted_by=actor.user_id,
    )
    session.add(OfferOutcome(offer_id=offer.id, fate=OfferFate.ACCEPTED, at=now, by=actor.user_id))
    session.add(agreed)
    deal.value_minor = terms.fixed_total_minor
    deal.currency = terms.currency
    session.flush()
    note(
        session,
        actor=actor,
        deal=deal,
        action="terms.agreed",
        object_id=agreed.id,
        now=now,
        number=agreed.number,
        sha256=agreed.sha256,
    )
    return agreed


def decline_offer(
    session: Session, *, actor: Actor, deal_id: UUID, number: int, reason: str, now: datetime
) -> None:
    """Decline an offer with a reason, without a counter-offer."""
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    offered = _answered(session, deal, actor, number, now)
    if not reason.strip():
        raise RuleBroken(N_("Say why, so that the other side can do better."), field="reason")
    _end(session, deal, offered, fate=OfferFate.DECLINED, actor=actor, now=now, reason=reason)


def withdraw_offer(
    session: Session, *, actor: Actor, deal_id: UUID, number: int, now: datetime
) -> None:
    """Take back an offer that was not answered yet."""
    deal = get_deal(session, deal_id, actor=actor, lock=True)
    offered = queries.get_offer(session, deal, number)
    require(permissions.may_withdraw(actor, deal, offered.offer))
    rules.require_open(offered.fate, offered.offer.valid_until, today=beijing_day(now))
    _end(session, deal, offered, fate=OfferFate.WITHDRAWN, actor=actor, now=now)


def _answered(session: Session, deal: Deal, actor: Actor, number: int, now: datetime) -> Offered:
    """Give the offer that may be answered now: the newest, open, and made to the actor's side."""
    offered = queries.get_offer(session, deal, number)
    side = permissions.acting_side(actor, deal)
    require(side is offered.offer.side.other)
    rules.require_open(offered.fate, offered.offer.valid_until, today=beijing_day(now))
    if not permissions.may_answer(actor, deal, offered.offer):
        raise StepNotAllowed(
            N_("Offers are answered while terms are negotiated; the deal stands at “%(stage)s”."),
            stage=deal.stage,
        )
    return offered


def _end(
    session: Session,
    deal: Deal,
    offered: Offered,
    *,
    fate: OfferFate,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    session.add(
        OfferOutcome(
            offer_id=offered.offer.id, fate=fate, at=now, by=actor.user_id, reason=reason.strip()
        )
    )
    session.flush()
    note(
        session,
        actor=actor,
        deal=deal,
        action=f"offer.{fate.value}",
        object_id=offered.offer.id,
        now=now,
        number=offered.offer.number,
    )


def first_terms(deal: Deal) -> Terms:
    """Give what a first offer starts from: the kind and the subject that the deal is about."""
    from_listing = deal.listing.title if deal.listing else deal.title
    return from_json({"contract_kind": ContractKind.LICENSE.value, "subject": from_listing})
