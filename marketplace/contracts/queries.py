"""Loads contracts and registrations; whoever calls has loaded the deal as visible."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.contracts.models import Contract, Registration, RegistrationStatus
from marketplace.core.errors import NotFound
from marketplace.deals.models import Deal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


def find_contract(session: Session, deal_id: UUID) -> Contract | None:
    """Find the contract of a deal."""
    return session.scalar(select(Contract).where(Contract.deal_id == deal_id))


def get_contract(session: Session, deal_id: UUID, *, lock: bool = False) -> Contract:
    """Load the contract of a deal, or raise NotFound."""
    statement = select(Contract).where(Contract.deal_id == deal_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    contract = session.scalar(statement)
    if contract is None:
        raise NotFound
    return contract


def find_registration(
    session: Session, contract: Contract, *, lock: bool = False
) -> Registration | None:
    """Find the registration of a contract."""
    statement = select(Registration).where(Registration.contract_id == contract.id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return session.scalar(statement)


def list_unrecorded(session: Session, *, until: date) -> Sequence[Contract]:
    """List contracts whose license must be recorded by a day and isn't yet."""
    return session.scalars(
        select(Contract)
        .options(joinedload(Contract.deal).joinedload(Deal.licensor))
        .where(
            Contract.recording_due_on.is_not(None),
            Contract.recording_due_on <= until,
            Contract.recorded_on.is_(None),
        )
        .order_by(Contract.recording_due_on, Contract.id)
    ).all()


def list_unanswered(session: Session, *, today: date) -> Sequence[Registration]:
    """List filed registrations that the office should have answered."""
    return session.scalars(
        select(Registration)
        .options(joinedload(Registration.contract).joinedload(Contract.deal))
        .where(Registration.status == RegistrationStatus.FILED, Registration.answer_due_on < today)
        .order_by(Registration.answer_due_on, Registration.id)
    ).all()


def list_unregistered(session: Session, deal_ids: Sequence[UUID]) -> Sequence[Contract]:
    """List signed contracts of these deals that are not registered yet, the oldest first."""
    registered = select(Registration.contract_id).where(
        Registration.status == RegistrationStatus.REGISTERED
    )
    return session.scalars(
        select(Contract)
        .options(joinedload(Contract.deal))
        .where(
            Contract.deal_id.in_(deal_ids),
            Contract.signed_at.is_not(None),
            Contract.id.not_in(registered),
        )
        .order_by(Contract.signed_at, Contract.id)
    ).all()
