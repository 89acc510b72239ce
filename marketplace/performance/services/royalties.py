"""Royalty statements: due by period, reported with evidence, confirmed or disputed, paid."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.codes import rules as figures_of
from marketplace.core.actor import require
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.deals.exits import LARGEST_MINOR, day_of
from marketplace.deals.models import Deal, DealRole
from marketplace.deals.permissions import acting_role
from marketplace.deals.queries.deals import get_deal
from marketplace.files.models import Visibility
from marketplace.files.services import attach
from marketplace.payments.models import Purpose
from marketplace.performance import settings
from marketplace.performance.models import (
    Performance,
    RoyaltyStatement,
    StatementState,
)
from marketplace.performance.permissions import IN_FORCE
from marketplace.performance.queries import figures, plans
from marketplace.performance.rules import royalty as rules
from marketplace.performance.rules.milestones import FROZEN, Frozen
from marketplace.performance.rules.royalty import Period
from marketplace.performance.rules.statements import STATEMENT
from marketplace.performance.services import books, parts
from marketplace.performance.services.books import Owing
from marketplace.performance.services.notes import note, person_of, require_text
from marketplace.terms.value import from_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.files.store import Upload
    from marketplace.payments.models import Payment
    from marketplace.performance.models import PaymentPart
    from marketplace.terms.value import Terms

FILE_KIND = "royalty_statement"


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a licensee reports: the base in minor units, words, and the evidence."""

    base_minor: int
    note: str = ""
    upload: Upload | None = None


def owing_of(statement: RoyaltyStatement, deal: Deal) -> Owing:
    """Give the statement as something owed."""
    return Owing(
        kind=figures.STATEMENT,
        id=statement.id,
        creditor=deal.licensor_id,
        debtor=deal.licensee_id,
        currency=statement.currency,
        memo=f"{deal.reference} {statement.from_on}/{statement.to_on}",
    )


def _periods(performance: Performance, terms: Terms, *, today: date) -> list[Period]:
    if not terms.has_royalty or terms.royalty_period is None:
        return []
    return list(
        rules.periods(performance.starts_on, performance.ends_on, terms.royalty_period, until=today)
    )


def missing_periods(session: Session, performance: Performance, *, today: date) -> list[Period]:
    """Give the ended periods that no statement stands for yet."""
    known = len(plans.list_statements(session, performance.id))
    return _periods(performance, from_json(performance.terms), today=today)[known:]


def generate(session: Session, deal: Deal, *, today: date) -> list[RoyaltyStatement]:
    """Make a due statement for each period that has ended; give the new ones."""
    performance = plans.find_performance(session, deal.id, lock=True)
    if performance is None or deal.stage not in IN_FORCE:
        return []
    days = timedelta(days=figures_of.number(session, settings.REPORT_DAYS))
    known = len(plans.list_statements(session, performance.id))
    found = [
        RoyaltyStatement(
            performance_id=performance.id,
            deal_id=deal.id,
            number=known + place,
            from_on=period.from_on,
            to_on=period.to_on,
            report_due_on=period.to_on + days,
            currency=performance.currency,
        )
        for place, period in enumerate(missing_periods(session, performance, today=today), start=1)
    ]
    session.add_all(found)
    session.flush()
    return found


def generate_all(session: Session, *, now: datetime) -> list[RoyaltyStatement]:
    """Make the due statements of every contract in force."""
    deals = session.scalars(
        select(Deal)
        .join(Performance, Performance.deal_id == Deal.id)
        .where(Deal.stage.in_(IN_FORCE), Performance.terms["royalty_base"].astext.is_not(None))
        .order_by(Deal.id)
    ).all()
    return [one for deal in deals for one in generate(session, deal, today=day_of(now))]


def open_statement(
    session: Session, deal_id: UUID, statement_id: UUID, *, actor: Actor, role: DealRole
) -> tuple[Deal, Performance, RoyaltyStatement]:
    """Lock a contract's statements for one side; NotFound for strangers, Denied for the other."""
    deal = get_deal(session, deal_id, actor=actor)
    plans.get_statement(session, deal, statement_id)
    require(acting_role(actor, deal) is role)
    performance = plans.get_performance(session, deal.id, lock=True)
    statement = plans.get_statement(session, deal, statement_id, lock=True)
    if deal.stage not in IN_FORCE:
        raise StepNotAllowed(
            N_("This step can't be taken from the stage “%(stage)s”."), stage=deal.stage
        )
    return deal, performance, statement


def report(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    statement_id: UUID,
    report: Report,
    now: datetime,
) -> RoyaltyStatement:
    """Report a period's base as the licensee; the agreed steps say what it owes.

    Periods are reported in their order, since the steps may be counted over several of them.
    """
    deal, performance, statement = open_statement(
        session, deal_id, statement_id, actor=actor, role=DealRole.LICENSEE
    )
    after = STATEMENT.next(statement.state, "report")
    if not 0 <= report.base_minor <= LARGEST_MINOR:
        raise RuleBroken(N_("Give an amount in yuan, at least 0."), field="base")
    rows = plans.list_statements(session, performance.id)
    if any(one.number < statement.number and one.base_minor is None for one in rows):
        raise RuleBroken(N_("Report the earlier periods first: the steps count over all of them."))
    statement.state, statement.base_minor = after, report.base_minor
    statement.note = report.note.strip()
    statement.reported_at, statement.reported_by = now, person_of(actor)
    statement.dispute_reason = ""
    statement.pay_due_on = day_of(now) + timedelta(
        days=figures_of.number(session, settings.PAY_DAYS)
    )
    if report.upload is not None:
        statement.evidence_id = attach(
            session,
            actor,
            object_kind=FILE_KIND,
            object_id=statement.id,
            organization_id=deal.licensee_id,
            upload=report.upload,
            visibility=Visibility.SIGNED_IN,
            now=now,
            purpose="evidence",
        ).id
    if statement.evidence_id is None:
        raise RuleBroken(
            N_("Add the evidence: the extract of the books or the sales list."), field="file"
        )
    reckon(session, performance, rows)
    session.flush()
    note_statement(
        session, statement, "royalty.reported", actor, now, amount_minor=statement.amount_minor
    )
    return statement


def reckon(session: Session, performance: Performance, rows: Sequence[RoyaltyStatement]) -> None:
    """Work out every reported statement that nobody has confirmed yet, over all before it."""
    reported = [
        (one, one.base_minor)
        for one in rows
        if one.base_minor is not None and one.state is not StatementState.CANCELLED
    ]
    results = rules.owed(
        from_json(performance.terms),
        [(Period(one.from_on, one.to_on), base) for one, base in reported],
        performance.ends_on,
        plans.former_terms(session, performance),
    )
    for (one, _), result in zip(reported, results, strict=True):
        if one.state in {StatementState.REPORTED, StatementState.DISPUTED}:
            one.royalty_minor = result.royalty_minor
            one.top_up_minor = result.top_up_minor
            one.amount_minor = result.amount_minor


def confirm(
    session: Session, *, actor: Actor, deal_id: UUID, statement_id: UUID, now: datetime
) -> RoyaltyStatement:
    """Confirm a statement as the licensor: its amount is owed from now on."""
    deal, performance, statement = open_statement(
        session, deal_id, statement_id, actor=actor, role=DealRole.LICENSOR
    )
    statement.state = STATEMENT.next(statement.state, "confirm")
    waiting = {StatementState.DUE, StatementState.REPORTED, StatementState.DISPUTED}
    for earlier in plans.list_statements(session, performance.id):
        if earlier.number < statement.number and earlier.state in waiting:
            raise RuleBroken(N_("Confirm the earlier periods first: this one is counted on them."))
    statement.confirmed_at = now
    session.flush()
    books.fell_due(session, owing_of(statement, deal), statement.amount_minor, now=now)
    if statement.amount_minor == 0:
        statement.state = STATEMENT.next(statement.state, "settle")
        statement.settled_at = now
    note_statement(session, statement, "royalty.confirmed", actor, now)
    return statement


def dispute(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    statement_id: UUID,
    reason: str,
    now: datetime,
) -> RoyaltyStatement:
    """Dispute a statement as the licensor, with the reason; the licensee reports it anew."""
    _, _, statement = open_statement(
        session, deal_id, statement_id, actor=actor, role=DealRole.LICENSOR
    )
    statement.state = STATEMENT.next(statement.state, "dispute")
    statement.dispute_reason = require_text(reason, field="reason")
    session.flush()
    note_statement(session, statement, "royalty.disputed", actor, now)
    return statement


def pay(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    statement_id: UUID,
    amount_minor: int | None,
    now: datetime,
) -> PaymentPart:
    """Ask for the payment of a confirmed statement or a part of it, as the licensee."""
    deal, performance, statement = open_statement(
        session, deal_id, statement_id, actor=actor, role=DealRole.LICENSEE
    )
    STATEMENT.next(statement.state, "settle")
    if performance.frozen_at is not None:
        raise Frozen(FROZEN)
    bill = parts.Bill(
        purpose=Purpose.ROYALTY,
        subject_id=statement.id,
        deal_id=deal.id,
        payer_id=deal.licensee_id,
        payee_id=deal.licensor_id,
        total_minor=statement.amount_minor,
        currency=statement.currency,
        title=f"{deal.reference} 提成费 {statement.from_on}—{statement.to_on}",
        title_en=f"{deal.reference} royalty {statement.from_on} to {statement.to_on}",
        is_demo=deal.is_demo,
    )
    return parts.ask(session, bill, actor=actor, amount_minor=amount_minor, now=now)


def settle(
    session: Session, part: PaymentPart, payment: Payment, deal: Deal, now: datetime
) -> None:
    """Follow a paid part: it is the licensor's at once; the last one settles the statement."""
    statement = plans.get_statement(session, deal, part.subject_id, lock=True)
    STATEMENT.next(statement.state, "settle")
    if plans.get_performance(session, deal.id).frozen_at is not None:
        raise Frozen(FROZEN)
    owing = owing_of(statement, deal)
    left = figures.standings(session, figures.STATEMENT, [statement.id])[statement.id].open_minor
    if part.amount_minor > left:
        raise RuleBroken(N_("Nothing is owed for this any more."))
    parts.take_in(session, part, owing, payment, now=now)
    parts.release(session, [part], owing, actor=None, now=now)
    if part.amount_minor == left:
        settled_in_full(session, statement, now=now)


def settled_in_full(session: Session, statement: RoyaltyStatement, *, now: datetime) -> None:
    """Settle a statement of which nothing is open any more."""
    statement.state = STATEMENT.next(statement.state, "settle")
    statement.settled_at = now
    session.flush()
    note_statement(session, statement, "royalty.settled", None, now)


def drop(
    session: Session,
    statement: RoyaltyStatement,
    deal: Deal,
    *,
    reason: str,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Drop what is open of a terminated contract's statement; what was paid stays paid."""
    open_part = parts.open_part(plans.list_parts(session, [statement.id]))
    if open_part is not None:
        parts.cancel(session, open_part, actor=None, reason=reason, now=now)
    books.drop_open(session, owing_of(statement, deal), key="terminated", now=now)
    statement.state = STATEMENT.next(statement.state, "cancel")
    session.flush()
    note_statement(session, statement, "royalty.dropped", actor, now)


def note_statement(
    session: Session,
    statement: RoyaltyStatement,
    topic: str,
    actor: Actor | None,
    now: datetime,
    **details: object,
) -> None:
    """Note a change of a statement."""
    note(
        session,
        topic,
        kind=FILE_KIND,
        object_id=statement.id,
        actor=actor,
        now=now,
        **details,
    )
