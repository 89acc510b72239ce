"""The provider's balance and our books, compared movement by movement."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.ledger.models import Account, TransactionKind
from marketplace.ledger.models import Line as LedgerLine
from marketplace.ledger.models import Transaction as Entry
from marketplace.ledger.services import Line, post
from marketplace.payments.models import (
    BalanceEntry,
    Dispute,
    Payment,
    Payout,
    Reconciliation,
    Refund,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from marketplace.payments.gateway.protocol import Movement
    from marketplace.payments.running.desk import Desk

BEIJING = timezone(timedelta(hours=8))
#: A movement there and its entry here may be a little apart.
SLACK = timedelta(hours=2)
_BATCH = 500


def yesterday(now: datetime) -> date:
    """Give the last whole day in Beijing."""
    return now.astimezone(BEIJING).date() - timedelta(days=1)


def span_of(day: date) -> tuple[datetime, datetime]:
    """Give when a day in Beijing begins and ends."""
    start = datetime.combine(day, time(), BEIJING)
    return start, start + timedelta(days=1)


@dataclass
class _Tally:
    since: datetime
    entries: int = 0
    net: int = 0
    books: int = 0
    unexplained: int = 0
    differences: list[dict[str, Any]] = field(default_factory=list)


def reconcile(desk: Desk, day: date, *, until: datetime | None = None) -> Reconciliation:
    """Compare a day's movements with the books and keep the result.

    Every movement must be explained by entries of the same sum, and every entry on the provider's
    account by a movement. ``until`` ends the span earlier or later than the day (for a run by
    hand).
    """
    since, end = span_of(day)
    end = until or end
    # A little more than the day, so that entries near its edges find their movements.
    movements = list(desk.gateway.movements(since - 2 * SLACK, end))
    tally = _Tally(since)
    for start in range(0, len(movements), _BATCH):
        with desk.step() as session:
            _explain(session, movements[start : start + _BATCH], tally, desk.clock())
    with desk.step() as session:
        _find_unmatched(session, since, end, tally)
        result = Reconciliation(
            day=day,
            run_at=desk.clock(),
            entries=tally.entries,
            net_minor=tally.net,
            books_minor=tally.books,
            unexplained_minor=tally.unexplained,
            differences=tally.differences[:1000],
        )
        session.add(result)
        session.flush()
        session.expunge(result)
    return result


def _explain(session: Session, movements: Sequence[Movement], tally: _Tally, now: datetime) -> None:
    references = _references(session, movements)
    for movement in movements:
        if movement.type in ("payout", "payout_cancel", "payout_failure"):
            # Our own balance going to our bank (or coming back): its entry is made here.
            references[movement.id] = [_bank_entry(session, movement, now)]
    sums = _sums(session, {one for found in references.values() for one in found})
    for movement in movements:
        found = [one for one in references.get(movement.id, ()) if one in sums]
        there = sum(sums[one] for one in found)
        rest = movement.net_minor - there
        _keep(session, movement, found, rest)
        if movement.made_at < tally.since:
            continue
        tally.entries += 1
        tally.net += movement.net_minor
        tally.books += there
        if rest:
            tally.unexplained += abs(rest)
            tally.differences.append(
                {
                    "what": "movement",
                    "id": movement.id,
                    "type": movement.type,
                    "source": movement.source,
                    "net_minor": movement.net_minor,
                    "books_minor": there,
                }
            )


def _keep(session: Session, movement: Movement, found: list[str], rest: int) -> None:
    values = {
        "type": movement.type,
        "source": movement.source,
        "amount_minor": movement.amount_minor,
        "fee_minor": movement.fee_minor,
        "net_minor": movement.net_minor,
        "currency": movement.currency,
        "made_at": movement.made_at,
        "explained_by": found,
        "unexplained_minor": rest,
    }
    session.execute(
        insert(BalanceEntry)
        .values(id=movement.id, **values)
        .on_conflict_do_update(
            index_elements=["id"], set_={"explained_by": found, "unexplained_minor": rest}
        )
    )


def _references(session: Session, movements: Iterable[Movement]) -> dict[str, list[str]]:
    """Name the entries that should explain each movement, by its kind and source."""
    by_source: dict[str, list[Movement]] = {}
    for movement in movements:
        by_source.setdefault(movement.source, []).append(movement)
    sources = list(by_source)
    found: dict[str, list[str]] = {}
    for payment_id, charge in session.execute(
        select(Payment.id, Payment.charge_id).where(Payment.charge_id.in_(sources))
    ):
        for movement in by_source[str(charge)]:
            found[movement.id] = [f"capture:{payment_id}", f"fee:{payment_id}"]
    for refund_id, stripe_id in session.execute(
        select(Refund.id, Refund.stripe_id).where(Refund.stripe_id.in_(sources))
    ):
        for movement in by_source[str(stripe_id)]:
            back = movement.net_minor > 0
            found[movement.id] = [f"reverse:refund:{refund_id}" if back else f"refund:{refund_id}"]
    for (stripe_id,) in session.execute(
        select(Dispute.stripe_id).where(Dispute.stripe_id.in_(sources))
    ):
        for movement in by_source[stripe_id]:
            back = movement.net_minor > 0
            found[movement.id] = [f"dispute_won:{stripe_id}" if back else f"dispute:{stripe_id}"]
    for payout_id, stripe_id in session.execute(
        select(Payout.id, Payout.stripe_id).where(Payout.stripe_id.in_(sources))
    ):
        for movement in by_source[str(stripe_id)]:
            back = movement.net_minor > 0
            found[movement.id] = [f"reverse:payout:{payout_id}" if back else f"payout:{payout_id}"]
    return found


def _sums(session: Session, references: set[str]) -> dict[str, int]:
    """Give what each entry moved on the provider's account."""
    if not references:
        return {}
    rows = session.execute(
        select(Entry.reference, func.sum(LedgerLine.amount_minor))
        .join(LedgerLine, LedgerLine.transaction_id == Entry.id)
        .where(Entry.reference.in_(references), LedgerLine.account == Account.STRIPE_CLEARING)
        .group_by(Entry.reference)
    )
    return {row[0]: int(row[1]) for row in rows}


def _bank_entry(session: Session, movement: Movement, now: datetime) -> str:
    reference = f"bank:{movement.id}"
    post(
        session,
        kind=TransactionKind.TRANSFER,
        reference=reference,
        lines=[
            Line(Account.STRIPE_CLEARING, movement.net_minor, None, movement.currency),
            Line(Account.BANK, -movement.amount_minor, None, movement.currency),
            Line(Account.PAYMENT_FEES, movement.fee_minor, None, movement.currency),
        ],
        now=now,
        memo=movement.source,
    )
    session.flush()
    return reference


def _find_unmatched(session: Session, since: datetime, until: datetime, tally: _Tally) -> None:
    """List entries on the provider's account that no movement explains."""
    explained = select(func.jsonb_array_elements_text(BalanceEntry.explained_by)).scalar_subquery()
    rows = session.execute(
        select(Entry.reference, Entry.at, func.sum(LedgerLine.amount_minor))
        .join(LedgerLine, LedgerLine.transaction_id == Entry.id)
        .where(
            LedgerLine.account == Account.STRIPE_CLEARING,
            Entry.at >= since - SLACK,
            Entry.at < until - SLACK,
            Entry.reference.not_in(explained),
        )
        .group_by(Entry.reference, Entry.at)
        .having(func.sum(LedgerLine.amount_minor) != 0)
        .order_by(Entry.at)
    )
    for reference, at, amount in rows:
        tally.unexplained += abs(int(amount))
        tally.differences.append(
            {
                "what": "entry",
                "id": reference,
                "at": at.astimezone(UTC).isoformat(timespec="seconds"),
                "net_minor": 0,
                "books_minor": int(amount),
            }
        )
