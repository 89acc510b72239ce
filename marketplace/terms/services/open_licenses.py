"""An open license is accepted in one step: notice, deal, agreed terms, fee schedule."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.cooperation import CooperationForm
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.deals.models import DealOrigin
from marketplace.deals.services.opening import Opening, open_deal
from marketplace.listings.models import Enquiry, EnquiryStatus, ListingStatus
from marketplace.listings.queries import get_listing
from marketplace.listings.rights import shown_number
from marketplace.terms.kinds import Side
from marketplace.terms.rules import open_license as rules
from marketplace.terms.rules import validation
from marketplace.terms.rules.days import beijing_day
from marketplace.terms.services.moving import move_on
from marketplace.terms.services.offers import add_offer, agree

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.listings.models import Listing
    from marketplace.terms.value import Terms


def get_declared(session: Session, listing_id: UUID, *, actor: Actor) -> Listing:
    """Give a published listing that declares an open license, with its rights; or NotFound."""
    listing = get_listing(session, listing_id, actor=actor)
    declared = CooperationForm.OPEN_LICENSE in listing.cooperation
    if not declared or listing.status is not ListingStatus.PUBLISHED:
        raise NotFound
    return listing


def checks_of(listing: Listing, *, today: date) -> list[rules.Check]:
    """Give what the law asks of the declaration, held or not (Patent Law 50–52, Rules 85–88)."""
    return list(
        rules.checks(
            cooperation=listing.cooperation,
            patents=[
                rules.Patent(
                    kind=right.kind,
                    number=right.number,
                    legal_status=right.legal_status,
                    expires_on=right.expires_on,
                    fee_due_on=right.renewal_due_on,
                )
                for right in listing.rights
            ],
            statement=listing.open_license,
            today=today,
        )
    )


def declared_terms(listing: Listing, *, years: int, starts_on: date) -> Terms:
    """Give the terms that the declaration offers; RuleBroken when its fee names no amount."""
    if not 1 <= years <= rules.LONGEST_YEARS:
        raise RuleBroken(
            N_("Give between 1 and %(most)s years of use."),
            field="years",
            most=rules.LONGEST_YEARS,
        )
    fee = rules.read_fee(listing.open_license.get("fee", ""))
    if fee is None:
        raise RuleBroken(
            N_(
                "The declared fee names no single amount, so it can't be accepted in one step: "
                "write to the owner."
            )
        )
    numbers = "、".join(shown_number(right.number) for right in listing.rights if right.number)
    return rules.terms_of(
        subject=f"{listing.title}（{numbers}）" if numbers else listing.title,
        statement={"fee": "", "payment": "", "until": ""} | listing.open_license,
        conditions=listing.terms,
        fee=fee,
        years=years,
        starts_on=starts_on,
    )


def may_accept(actor: Actor, listing: Listing, organization_id: UUID) -> bool:
    """Whether the actor may accept for the organization: its writer, verified, not the owner's."""
    return (
        actor.may_write_for(organization_id)
        and organization_id in actor.verified
        and not actor.is_member(listing.organization_id)
    )


def accept_declaration(
    session: Session,
    *,
    actor: Actor,
    listing_id: UUID,
    organization_id: UUID,
    years: int,
    is_foreign: bool = False,
    now: datetime,
) -> Deal:
    """Accept a declared open license by written notice (Patent Law 51).

    The notice is kept as an answered enquiry; from it a deal is opened whose terms are agreed
    from the declaration, and which waits for the contract to be signed.
    """
    listing = get_declared(session, listing_id, actor=actor)
    require(may_accept(actor, listing, organization_id))
    today = beijing_day(now)
    failed = [check for check in checks_of(listing, today=today) if check.holds is False]
    if failed:
        raise RuleBroken(
            N_("This open license can't be accepted now. It does not hold that: %(what)s"),
            what=failed[0].text,
        )
    terms = declared_terms(listing, years=years, starts_on=today)
    if is_foreign:
        terms = rules.for_foreign_party(terms)
    validation.require_sound(terms)
    notice = _written_notice(session, actor, listing, organization_id, now)
    deal = open_deal(
        session,
        actor=actor,
        origin=DealOrigin.ENQUIRY,
        origin_id=notice.id,
        opening=Opening(
            next_step="签订开放许可合同并支付许可费 (sign the contract and pay the fee)",
            next_on=today + timedelta(days=14),
        ),
        now=now,
    )
    offer = add_offer(
        session,
        deal,
        side=Side.LICENSOR,
        offered_by=None,
        terms=terms,
        valid_until=rules.read_day(listing.open_license["until"]) or today,
        message=N_("Declared to everybody as an open license."),
        now=now,
    )
    agree(session, deal, offer, actor=actor, now=now)
    move_on(session, deal, actor=actor, now=now, event="accept_open_license")
    return deal


def _written_notice(
    session: Session, actor: Actor, listing: Listing, organization_id: UUID, now: datetime
) -> Enquiry:
    """Keep the acceptance as an enquiry that the declaration has answered already.

    An enquiry that still waits becomes it, since one organization has one open enquiry.
    """
    assert actor.user_id is not None  # noqa: S101 — may_accept has asked
    enquiry = session.scalars(
        select(Enquiry)
        .where(
            Enquiry.listing_id == listing.id,
            Enquiry.sender_organization_id == organization_id,
            Enquiry.status == EnquiryStatus.OPEN,
        )
        .with_for_update()
    ).one_or_none()
    if enquiry is None:
        enquiry = Enquiry(
            listing_id=listing.id,
            owner_id=listing.organization_id,
            sender_organization_id=organization_id,
            sender_id=actor.user_id,
            message="我方以本书面通知接受该专利的开放许可声明，并将按声明支付许可使用费。",
            sent_at=now,
            due_on=beijing_day(now),
            status=EnquiryStatus.ANSWERED,
            replied_at=now,
            reply="开放许可声明（Open license declaration）",
        )
        session.add(enquiry)
    else:
        enquiry.status, enquiry.replied_at = EnquiryStatus.ANSWERED, now
        enquiry.reply = "开放许可声明（Open license declaration）"
    with judged(session):
        pass
    return enquiry
