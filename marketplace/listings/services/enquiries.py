"""Contact through the platform: an enquiry, and the owner's reply within two working days."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.codes.holidays import add_working_days, load_table
from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.listings import permissions, queries
from marketplace.listings.models import DeclineReason, Enquiry, EnquiryStatus

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Working days within which an owner should reply.
REPLY_DAYS = 2
MESSAGE_LENGTH = 4000


def _require_text(text: str, field: str) -> str:
    text = text.strip()
    if not text:
        raise RuleBroken(N_("Write at least a sentence."), field=field)
    if len(text) > MESSAGE_LENGTH:
        raise RuleBroken(
            N_("The text is longer than %(limit)s characters: shorten it."),
            field=field,
            limit=MESSAGE_LENGTH,
        )
    return text


def send_enquiry(
    session: Session,
    *,
    actor: Actor,
    listing_id: UUID,
    organization_id: UUID,
    message: str,
    shares_contact: bool,
    now: datetime,
) -> Enquiry:
    """Write to a listing's owner in the name of one of the actor's organizations."""
    listing = queries.get_listing(session, listing_id, actor=actor)
    require(permissions.may_enquire(actor, listing, listing.organization))
    require(actor.is_member(organization_id) and actor.user_id is not None)
    due_on = add_working_days(now.date(), REPLY_DAYS, load_table(session))
    enquiry = Enquiry(
        listing_id=listing.id,
        owner_id=listing.organization_id,
        sender_organization_id=organization_id,
        sender_id=actor.user_id,  # type: ignore[arg-type]
        message=_require_text(message, "message"),
        sent_at=now,
        due_on=due_on,
        shares_contact=shares_contact,
    )
    with judged(session):
        session.add(enquiry)
    _note(session, actor, "sent", enquiry, now)
    return enquiry


def answer_enquiry(
    session: Session,
    *,
    actor: Actor,
    enquiry_id: UUID,
    reply: str,
    shares_contact: bool,
    now: datetime,
) -> Enquiry:
    """Reply to an enquiry; addresses are shown once both sides agreed to it."""
    enquiry = _open(session, actor, enquiry_id)
    enquiry.reply = _require_text(reply, "reply")
    enquiry.owner_shares_contact = shares_contact
    _close(enquiry, EnquiryStatus.ANSWERED, actor, now)
    _note(session, actor, "answered", enquiry, now, contact_shown=contact_is_shown(enquiry))
    return enquiry


def decline_enquiry(
    session: Session,
    *,
    actor: Actor,
    enquiry_id: UUID,
    reason: DeclineReason,
    text: str,
    now: datetime,
) -> Enquiry:
    """Decline with a reason of the list, and a text when the reason is another one."""
    enquiry = _open(session, actor, enquiry_id)
    if reason is DeclineReason.OTHER or text.strip():
        enquiry.reply = _require_text(text, "decline_text")
    enquiry.decline_reason = reason
    _close(enquiry, EnquiryStatus.DECLINED, actor, now)
    _note(session, actor, "declined", enquiry, now, reason=reason.value)
    return enquiry


def contact_is_shown(enquiry: Enquiry) -> bool:
    """Whether both sides agreed to see each other's address (PIPL 23)."""
    return enquiry.shares_contact and enquiry.owner_shares_contact


def _open(session: Session, actor: Actor, enquiry_id: UUID) -> Enquiry:
    enquiry = queries.get_enquiry(session, enquiry_id, actor=actor, lock=True)
    require(actor.may_write_for(enquiry.owner_id))
    if not permissions.may_answer(actor, enquiry):
        raise StepNotAllowed(N_("This enquiry has been replied to already."))
    return enquiry


def _close(enquiry: Enquiry, status: EnquiryStatus, actor: Actor, now: datetime) -> None:
    enquiry.status = status
    enquiry.replied_by = actor.user_id
    enquiry.replied_at = now


def _note(
    session: Session, actor: Actor, step: str, enquiry: Enquiry, now: datetime, **details: object
) -> None:
    audit.record(
        session,
        actor=actor,
        action=f"enquiry.{step}",
        kind="enquiry",
        object_id=enquiry.id,
        now=now,
        listing_id=enquiry.listing_id,
        **details,
    )
    jobs.tell(session, f"enquiry.{step}", id=str(enquiry.id))
