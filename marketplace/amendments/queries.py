"""Finds amendments; whoever calls has loaded the deal as visible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.amendments.models import Amendment, AmendmentState
from marketplace.contracts.models import RegistrationStatus
from marketplace.contracts.queries import find_contract, find_registration
from marketplace.core.errors import NotFound
from marketplace.deals.models import Deal
from marketplace.deals.permissions import own_to

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Registrations that a change is recorded with.
_AT_THE_OFFICE = (RegistrationStatus.FILED, RegistrationStatus.REGISTERED)


def list_amendments(session: Session, deal_id: UUID) -> Sequence[Amendment]:
    """List the amendments of a deal, the newest first."""
    return session.scalars(
        select(Amendment)
        .where(Amendment.deal_id == deal_id)
        .order_by(Amendment.proposed_at.desc(), Amendment.id)
    ).all()


def find_open(session: Session, deal_id: UUID) -> Amendment | None:
    """Find the amendment that waits for signatures."""
    return session.scalar(
        select(Amendment).where(
            Amendment.deal_id == deal_id, Amendment.state == AmendmentState.PROPOSED
        )
    )


def get_amendment(
    session: Session, deal_id: UUID, amendment_id: UUID, *, lock: bool = False
) -> Amendment:
    """Load an amendment of a deal, or raise NotFound."""
    statement = select(Amendment).where(Amendment.id == amendment_id, Amendment.deal_id == deal_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(statement)
    if found is None:
        raise NotFound
    return found


def next_number(session: Session, deal_id: UUID) -> int:
    """Give the number of the next amendment: one more than those in force."""
    known = session.scalar(
        select(func.count()).where(
            Amendment.deal_id == deal_id, Amendment.state == AmendmentState.IN_FORCE
        )
    )
    return int(known or 0) + 1


def is_at_the_office(session: Session, deal_id: UUID) -> bool:
    """Whether the contract lies at the registration office, so that a change is recorded there."""
    contract = find_contract(session, deal_id)
    registration = find_registration(session, contract) if contract else None
    return registration is not None and registration.status in _AT_THE_OFFICE


def list_waiting(session: Session, *, actor: Actor, limit: int) -> Sequence[Amendment]:
    """List amendments that wait for signatures in the actor's deals."""
    return session.scalars(
        select(Amendment)
        .join(Deal, Deal.id == Amendment.deal_id)
        .where(own_to(actor), Amendment.state == AmendmentState.PROPOSED)
        .order_by(Amendment.proposed_at, Amendment.id)
        .limit(limit)
    ).all()
