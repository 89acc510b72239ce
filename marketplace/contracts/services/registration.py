"""Registration of a signed contract at the office, and recording of a patent license."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.codes import rules as figures
from marketplace.contracts import permissions, queries, rules
from marketplace.contracts.models import Registration, RegistrationStatus
from marketplace.contracts.services.drawing import agreed, facts_of
from marketplace.contracts.settings import REGISTRATION_DAYS
from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals.queries.deals import get_deal
from marketplace.papers.typesetting.sheet import BEIJING
from marketplace.terms.value import from_json

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.contracts.models import Contract
    from marketplace.contracts.rules import Point
    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal


def points_of(session: Session, deal: Deal, contract: Contract) -> list[Point]:
    """Give the checklist of a contract."""
    terms = from_json(agreed(session, deal).content)
    facts = facts_of(session, deal, contract.shown_number)
    return rules.checklist(
        contract.kind, has_patent=facts.has_patent, is_export=terms.foreign_licensee
    )


def _signed_contract(session: Session, actor: Actor, deal_id: UUID) -> tuple[Deal, Contract]:
    deal = get_deal(session, deal_id, actor=actor)
    contract = queries.get_contract(session, deal.id, lock=True)
    if contract.signed_at is None:
        raise StepNotAllowed(N_("Both sides have not signed the contract yet."))
    require(permissions.may_register(actor, deal))
    return deal, contract


def prepare(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    office: str,
    technology_minor: int,
    checked: Collection[str],
    now: datetime,
) -> Registration:
    """Keep what the sheet needs beyond the contract, and which points of the list are ready."""
    deal, contract = _signed_contract(session, actor, deal_id)
    if actor.user_id is None:
        raise Denied
    rules.require_technology_part(technology_minor, contract.amount_minor)
    registration = queries.find_registration(session, contract, lock=True)
    if registration is None:
        registration = Registration(
            contract_id=contract.id, prepared_at=now, prepared_by=actor.user_id, office=office
        )
        session.add(registration)
    else:
        registration.status = rules.REGISTRATION.next(registration.status, "prepare")
        registration.office = office
    registration.technology_minor = technology_minor
    known = {point.value for point in points_of(session, deal, contract)}
    registration.checked = sorted(set(checked) & known)
    session.flush()
    _record(session, actor, registration, "registration.prepared", now)
    return registration


def file(
    session: Session, *, actor: Actor, deal_id: UUID, filed_on: date, now: datetime
) -> Registration:
    """Note that the file was handed in; every point of the checklist must be ticked."""
    deal, contract = _signed_contract(session, actor, deal_id)
    registration = _get(session, contract)
    target = rules.REGISTRATION.next(registration.status, "file")
    rules.require_ticked(points_of(session, deal, contract), registration.checked)
    rules.require_day(filed_on, earliest=_signed_on(contract), today=_today(now), field="filed_on")
    registration.status = target
    registration.filed_on = filed_on
    registration.return_reason = ""
    days = figures.number(session, REGISTRATION_DAYS)
    registration.answer_due_on = rules.answer_due(filed_on, days)
    session.flush()
    _record(session, actor, registration, "registration.filed", now, filed_on=filed_on)
    return registration


def give_back(
    session: Session, *, actor: Actor, deal_id: UUID, reason: str, now: datetime
) -> Registration:
    """Note that the office returned the file, with its reason."""
    _, contract = _signed_contract(session, actor, deal_id)
    registration = _get(session, contract)
    target = rules.REGISTRATION.next(registration.status, "return")
    if not reason.strip():
        raise RuleBroken(N_("Give the office's reason."), field="reason")
    registration.status = target
    registration.return_reason = reason.strip()
    registration.answer_due_on = None
    session.flush()
    _record(session, actor, registration, "registration.returned", now, reason=reason)
    return registration


def register(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    number: str,
    registered_on: date,
    now: datetime,
) -> Registration:
    """Note the number under which the office registered the contract."""
    deal, contract = _signed_contract(session, actor, deal_id)
    registration = _get(session, contract)
    target = rules.REGISTRATION.next(registration.status, "register")
    if not number.strip():
        raise RuleBroken(N_("Give the registration number."), field="number")
    rules.require_day(
        registered_on,
        earliest=registration.filed_on or _signed_on(contract),
        today=_today(now),
        field="registered_on",
    )
    with judged(session):
        registration.status = target
        registration.number = number.strip()
        registration.registered_on = registered_on
        registration.answer_due_on = None
    _record(session, actor, registration, "registration.registered", now, number=number)
    _tell_registered(session, deal, contract, registered_on)
    return registration


def _tell_registered(session: Session, deal: Deal, contract: Contract, registered_on: date) -> None:
    """Tell who made the contract about what, so that managers learn when one was left out."""
    is_brokered = deal.manager_accepted_at is not None
    about = {"listing_id": deal.listing_id, "need_id": deal.need_id}
    jobs.tell(
        session,
        "contract.registered",
        deal=str(deal.id),
        contract=str(contract.id),
        licensor_id=str(deal.licensor_id),
        licensee_id=str(deal.licensee_id),
        manager_id=str(deal.manager_id) if is_brokered else None,
        registered_on=registered_on.isoformat(),
        value_minor=contract.amount_minor if contract.currency == "CNY" else None,
        **{name: str(one) if one else None for name, one in about.items()},
    )


def record_license(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    number: str,
    recorded_on: date,
    now: datetime,
) -> Contract:
    """Note the number under which the patent office recorded the license."""
    deal, contract = _signed_contract(session, actor, deal_id)
    if contract.recording_due_on is None:
        raise StepNotAllowed(N_("This contract needs no recording at the patent office."))
    if not number.strip():
        raise RuleBroken(N_("Give the number of the recording."), field="recording_number")
    rules.require_day(
        recorded_on, earliest=_signed_on(contract), today=_today(now), field="recorded_on"
    )
    contract.recorded_on = recorded_on
    contract.recording_number = number.strip()
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="contract.license_recorded",
        kind="contract",
        object_id=contract.id,
        now=now,
        deal=deal.id,
        number=contract.recording_number,
    )
    return contract


def _get(session: Session, contract: Contract) -> Registration:
    registration = queries.find_registration(session, contract, lock=True)
    if registration is None:
        raise NotFound
    return registration


def _today(now: datetime) -> date:
    return now.astimezone(BEIJING).date()


def _signed_on(contract: Contract) -> date:
    if contract.signed_at is None:
        raise StepNotAllowed(N_("Both sides have not signed the contract yet."))
    return contract.signed_at.astimezone(BEIJING).date()


def _record(
    session: Session,
    actor: Actor,
    registration: Registration,
    action: str,
    now: datetime,
    **details: object,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        kind="contract",
        object_id=registration.contract_id,
        now=now,
        status=registration.status,
        **details,
    )


def is_registered(registration: Registration | None) -> bool:
    """Whether the office has registered the contract."""
    return registration is not None and registration.status is RegistrationStatus.REGISTERED
