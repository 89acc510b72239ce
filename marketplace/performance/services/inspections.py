"""The licensor's right to read the books on which a royalty rests (Civil Code 846)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.codes import rules as figures_of
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.deals.exits import day_of
from marketplace.deals.models import DealRole
from marketplace.performance import settings
from marketplace.performance.models import Inspection
from marketplace.performance.services.notes import person_of, require_text
from marketplace.performance.services.royalties import note_statement, open_statement
from marketplace.terms.value import from_json

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


def ask_inspection(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    statement_id: UUID,
    planned_on: date,
    reason: str,
    now: datetime,
) -> Inspection:
    """Ask to read the licensee's books, if the contract gives that right, with its notice."""
    deal, performance, statement = open_statement(
        session, deal_id, statement_id, actor=actor, role=DealRole.LICENSOR
    )
    if not from_json(performance.terms).inspects_books:
        raise RuleBroken(N_("The contract gives no right to inspect books."))
    notice = figures_of.number(session, settings.INSPECTION_DAYS)
    earliest = day_of(now) + timedelta(days=notice)
    if planned_on < earliest:
        raise RuleBroken(
            N_("Name a day on or after %(day)s: notice is given %(days)s days ahead."),
            field="planned_on",
            day=earliest.isoformat(),
            days=notice,
        )
    inspection = Inspection(
        deal_id=deal.id,
        statement_id=statement.id,
        asked_on=day_of(now),
        planned_on=planned_on,
        asked_by=person_of(actor),
        reason=require_text(reason, field="reason"),
    )
    session.add(inspection)
    session.flush()
    note_statement(
        session, statement, "royalty.inspection_asked", actor, now, planned_on=planned_on
    )
    return inspection


def note_finding(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    statement_id: UUID,
    inspection_id: UUID,
    finding: str,
    now: datetime,
) -> Inspection:
    """Write down what an inspection found, once, as the licensor."""
    _, _, statement = open_statement(
        session, deal_id, statement_id, actor=actor, role=DealRole.LICENSOR
    )
    inspection = session.get(Inspection, inspection_id, with_for_update=True)
    if inspection is None or inspection.statement_id != statement.id:
        raise NotFound
    if inspection.found_at is not None:
        raise RuleBroken(N_("The finding was written down already."))
    inspection.finding = require_text(finding, field="finding")
    inspection.found_at = now
    session.flush()
    note_statement(session, statement, "royalty.inspected", actor, now)
    return inspection
