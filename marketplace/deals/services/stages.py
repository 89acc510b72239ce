"""Moving a deal along the table of transitions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.deals import effects, guards, permissions, rules
from marketplace.deals.exits import require_values
from marketplace.deals.models import DealRole, DealStage, DealStageEntry, LapseReason
from marketplace.deals.queries import deals as queries
from marketplace.deals.services.records import note, require_version, tell

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.deals.rules import Transition


def advance(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    event: str,
    values: Mapping[str, object],
    now: datetime,
    version: int | None = None,
) -> Deal:
    """Take a step as one of the deal's three sides.

    NotFound for strangers, Denied for a role that the table doesn't name, EditedElsewhere for a
    stale page, StepNotAllowed from a wrong stage, Obstructed while a guard misses something,
    RuleBroken (with its field) for an exit field that isn't filled.
    """
    row = rules.transition(event)
    deal = queries.get_deal(session, deal_id, actor=actor, lock=True)
    role = permissions.acting_role(actor, deal)
    require(role is not None and role in row.actors)
    require_version(deal, version)
    return _take(session, deal, row, role=role, actor=actor, values=values, now=now)


def advance_by_system(
    session: Session,
    *,
    deal_id: UUID,
    event: str,
    now: datetime,
    values: Mapping[str, object] | None = None,
    actor: Actor | None = None,
) -> Deal:
    """Take a step because a fact came true; the caller has judged it, the guards judge it again.

    ``actor`` is the person whose deed made the fact true, for the audit trail alone.
    """
    row = rules.transition(event)
    if DealRole.SYSTEM not in row.actors:
        message = f"the platform never takes the step {event}"
        raise ValueError(message)
    deal = queries.load_deal(session, deal_id, lock=True)
    return _take(
        session, deal, row, role=DealRole.SYSTEM, actor=actor, values=values or {}, now=now
    )


def require_clear(session: Session, deal: Deal, row: Transition, now: datetime) -> None:
    """Raise Obstructed with the first thing that is missing for a step."""
    for obstacle in guards.obstacles(session, deal, row, now):
        raise rules.Obstructed(obstacle.message, **obstacle.values)


def _take(
    session: Session,
    deal: Deal,
    row: Transition,
    *,
    role: DealRole | None,
    actor: Actor | None,
    values: Mapping[str, object],
    now: datetime,
) -> Deal:
    rules.require_source(row, deal.stage)
    kept = require_values(row, values, now=now, by_system=role is DealRole.SYSTEM)
    require_clear(session, deal, row, now)
    before, last = deal.stage, queries.last_entry(session, deal.id)
    with judged(session):
        last.left_at = now
        session.add(
            DealStageEntry(
                deal_id=deal.id,
                position=last.position + 1,
                stage=row.target,
                entered_at=now,
                event=row.event,
                role=role or DealRole.SYSTEM,
                by=actor.user_id if actor else None,
                values=kept.as_json(),
                deal_opened_at=deal.opened_at,
                is_first=not queries.has_been_at(session, deal.id, row.target),
            )
        )
        deal.stage = row.target
        deal.stage_since = now
        deal.next_step, deal.next_on = kept.next_step, kept.next_on
        if kept.value_minor is not None:
            deal.value_minor = kept.value_minor
        if row.is_end:
            _end(deal, row, kept.lapse_reason, kept.lapse_note, now)
        note(
            session,
            actor=actor,
            deal=deal,
            action=f"deal.{row.event}",
            now=now,
            before=before,
            after=row.target,
            role=role,
        )
    effects.run(session, deal, row, actor, now)
    tell(session, "deal.advanced", deal, actor=actor, event=row.event, stage=row.target.value)
    return deal


def _end(
    deal: Deal, row: Transition, reason: LapseReason | None, words: str, now: datetime
) -> None:
    deal.ended_at = now
    if row.target is DealStage.LAPSED:
        deal.lapse_reason = reason or LapseReason.TERMINATED
        deal.lapse_note = words


def lapse_silent(session: Session, deal_id: UUID, *, now: datetime, words: str) -> bool:
    """End a deal that nobody has touched for long; False when it can't be ended any more."""
    try:
        with session.begin_nested():
            advance_by_system(
                session,
                deal_id=deal_id,
                event="lapse",
                now=now,
                values={"lapse_reason": LapseReason.SILENT, "lapse_note": words},
            )
    except RuleBroken:
        return False
    return True
