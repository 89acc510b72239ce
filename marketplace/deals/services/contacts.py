"""Contacts, shown to each other once both sides have agreed (PIPL 13, 23); and being named."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals import permissions
from marketplace.deals.models import ContactConsent, Deal, DealOrigin, DealRole
from marketplace.deals.rules import PARTIES
from marketplace.deals.services.introducing import introduce_parties
from marketplace.deals.services.records import get_to_act, note, person_of, tell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

NAME_LENGTH, EMAIL_LENGTH, PHONE_LENGTH = 80, 254, 40


def standing_consents(session: Session, deal_id: UUID) -> Mapping[DealRole, ContactConsent]:
    """Give each side's consent that stands; contacts are shown when both are there."""
    rows = session.scalars(
        select(ContactConsent).where(
            ContactConsent.deal_id == deal_id, ContactConsent.withdrawn_at.is_(None)
        )
    )
    return {row.role: row for row in rows}


def are_shown(consents: Mapping[DealRole, ContactConsent]) -> bool:
    """Whether both sides have agreed."""
    return consents.keys() >= PARTIES


def contact_for(
    role: DealRole | None, consents: Mapping[DealRole, ContactConsent]
) -> tuple[ContactConsent, ...]:
    """Give the contacts that a role reads: the other party's, or both for the manager."""
    if role is None or not are_shown(consents):
        return ()
    return tuple(consents[one] for one in (DealRole.LICENSOR, DealRole.LICENSEE) if one is not role)


def agree_to_contact(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    name: str,
    email: str,
    phone: str,
    now: datetime,
) -> ContactConsent:
    """Agree that the other side sees this contact once it has agreed too."""
    deal, role = get_to_act(session, deal_id, actor=actor)
    require(role in PARTIES)
    name, email, phone = name.strip(), email.strip(), phone.strip()
    if not name or len(name) > NAME_LENGTH:
        raise RuleBroken(N_("Give the name of the person to speak to."), field="name")
    if not (email or phone) or len(email) > EMAIL_LENGTH or len(phone) > PHONE_LENGTH:
        raise RuleBroken(N_("Give an e-mail address or a telephone number."), field="email")
    consent = ContactConsent(
        deal_id=deal.id,
        role=role,
        given_by=person_of(actor),
        given_at=now,
        name=name,
        email=email,
        phone=phone,
    )
    with judged(session):
        session.add(consent)
    both = are_shown(standing_consents(session, deal.id))
    note(session, actor=actor, deal=deal, action="deal.contact_agreed", now=now, role=role)
    if both:
        note(session, actor=actor, deal=deal, action="deal.contacts_shown", now=now)
    tell(session, "deal.contact_agreed", deal, actor=actor, shown=both)
    return consent


def withdraw_contact(session: Session, *, actor: Actor, deal_id: UUID, now: datetime) -> None:
    """Take the consent back; from then on neither side reads the other's contact here."""
    deal, role = get_to_act(session, deal_id, actor=actor)
    require(role in PARTIES)
    consent = standing_consents(session, deal.id).get(role)
    if consent is None:
        raise StepNotAllowed(N_("There is no consent of your side to take back."))
    consent.withdrawn_at = now
    note(session, actor=actor, deal=deal, action="deal.contact_withdrawn", now=now, role=role)
    session.flush()


def agree_to_be_named(session: Session, *, actor: Actor, deal_id: UUID, now: datetime) -> Deal:
    """Show the company's name to the other side; it can't be taken back."""
    deal, role = get_to_act(session, deal_id, actor=actor)
    require(role is DealRole.LICENSEE)
    if not deal.licensee_hidden:
        raise StepNotAllowed(N_("Your name is shown already."))
    deal.licensee_hidden = False
    if deal.origin is DealOrigin.MATCH and deal.manager_invited_by is None:
        introduce_parties(session, deal, now=now)
    note(session, actor=actor, deal=deal, action="deal.licensee_named", now=now)
    tell(session, "deal.licensee_named", deal, actor=actor)
    session.flush()
    return deal


def name_is_hidden(actor: Actor, deal: Deal) -> bool:
    """Whether the licensee's name must not be shown to this actor."""
    if not deal.licensee_hidden or actor.is_administrator:
        return False
    return permissions.role_of(actor, deal) is not DealRole.LICENSEE
