"""Figures that law, city or institution set: declared by the domains, kept by administrators.

A domain declares a key once, when it is imported, with its default, the source of that default and
whether the source was read in its final text. What is not confirmed is shown as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.codes.models import Rule, RuleChange
from marketplace.core import audit
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.enums import LabelledEnum
from marketplace.core.errors import EditedElsewhere, NotFound, RuleBroken
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Basis points in a whole.
WHOLE_BP = 10_000
#: The largest figure that a rule can hold (a bigint of fen is far above it).
LARGEST = 10**15
TEXT_LENGTH = 500


class Unit(LabelledEnum):
    """What a figure counts."""

    MINUTES = "minutes", N_("minutes")
    DAYS = "days", N_("days")
    WORKING_DAYS = "working_days", N_("working days")
    MONTHS = "months", N_("months")
    YEARS = "years", N_("years")
    BASIS_POINTS = "basis_points", N_("basis points (100 make one percent)")
    FEN = "fen", N_("fen (100 make one yuan)")
    COUNT = "count", N_("a number")
    TEXT = "text", N_("a text")


@dataclass(frozen=True)
class Declared:
    """A key with its default and where the default comes from."""

    key: str
    default: int | str
    unit: Unit
    label: str
    source: str
    confirmed: bool


@dataclass(frozen=True)
class Shown:
    """A key with the value that holds now, and the row that changed it if there is one."""

    declared: Declared
    value: int | str
    source: str
    confirmed: bool
    changed: Rule | None


_declared: dict[str, Declared] = {}


def declare(
    key: str, default: int | str, unit: Unit, label: str, source: str, *, confirmed: bool
) -> str:
    """Declare a figure and give its key back; ValueError when the key means something else."""
    rule = Declared(key, default, unit, label, source, confirmed)
    if _declared.setdefault(key, rule) != rule:
        raise ValueError(f"the rule {key} is declared twice")
    if isinstance(default, str) != (unit is Unit.TEXT):
        raise ValueError(f"the rule {key} has a default of another kind than its unit")
    return key


def value(session: Session, key: str) -> int | str:
    """Give the value that holds now; KeyError for a key that nobody declared."""
    declared = _declared[key]
    row = session.get(Rule, key)
    return _read(declared, row) if row else declared.default


def number(session: Session, key: str) -> int:
    """Give a figure; ValueError for a key that holds a text."""
    return int(value(session, key))


def numbers(session: Session, keys: Iterable[str]) -> dict[str, int]:
    """Give several figures with one query."""
    wanted = {key: _declared[key] for key in keys}
    rows = {row.key: row for row in session.scalars(select(Rule).where(Rule.key.in_(wanted)))}
    return {
        key: int(_read(declared, rows[key]) if key in rows else declared.default)
        for key, declared in wanted.items()
    }


def list_rules(session: Session) -> list[Shown]:
    """Give every declared figure with its present value, in the order of declaration."""
    rows = {row.key: row for row in session.scalars(select(Rule))}
    return [_shown(declared, rows.get(key)) for key, declared in _declared.items()]


def get_rule(session: Session, key: str) -> Shown:
    """Give one figure, or raise NotFound."""
    if key not in _declared:
        raise NotFound
    return _shown(_declared[key], session.get(Rule, key))


def list_changes(session: Session, key: str) -> Sequence[RuleChange]:
    """Give what was changed, the latest first."""
    return session.scalars(
        select(RuleChange)
        .where(RuleChange.key == key)
        .order_by(RuleChange.changed_at.desc(), RuleChange.id)
    ).all()


def change_rule(
    session: Session,
    *,
    actor: Actor,
    key: str,
    typed: str,
    source: str,
    confirmed: bool,
    reason: str,
    now: datetime,
    seen: str | None = None,
) -> Shown:
    """Set a figure with its source and a reason; the history keeps what it was.

    ``seen`` is the value that the page showed: EditedElsewhere when it is another one by now.
    """
    require(actor.is_administrator and actor.user_id is not None)
    declared = get_rule(session, key).declared
    row = session.get(Rule, key, with_for_update=True)
    before = str(_read(declared, row) if row else declared.default)
    if seen is not None and seen != before:
        raise EditedElsewhere(
            N_("Somebody else changed this figure to %(value)s in the meantime."), value=before
        )
    after = str(parse(declared.unit, typed))
    with judged(session):
        session.merge(
            Rule(
                key=key,
                value=after,
                source=source,
                confirmed=confirmed,
                changed_by=actor.user_id,  # type: ignore[arg-type]
                changed_at=now,
            )
        )
        session.add(
            RuleChange(
                key=key,
                before=before,
                after=after,
                source=source,
                confirmed=confirmed,
                reason=reason,
                changed_by=actor.user_id,  # type: ignore[arg-type]
                changed_at=now,
            )
        )
    audit.record(
        session,
        actor=actor,
        action="rule.changed",
        kind="rule",
        object_id=None,
        now=now,
        key=key,
        before=before,
        after=after,
    )
    return get_rule(session, key)


def parse(unit: Unit, typed: str) -> int | str:
    """Read a typed value; RuleBroken when it isn't what the unit counts."""
    typed = typed.strip()
    if unit is Unit.TEXT:
        if not typed or len(typed) > TEXT_LENGTH:
            raise RuleBroken(
                N_("Give a text of at most %(limit)s characters."), field="value", limit=TEXT_LENGTH
            )
        return typed
    plain = typed.replace(",", "").replace("，", "")
    if not (plain.isascii() and plain.isdigit()) or len(plain) > len(str(LARGEST)):
        raise RuleBroken(N_("Give a whole number of at least 0, in digits."), field="value")
    found = int(plain)
    if unit is Unit.BASIS_POINTS and found > WHOLE_BP:
        raise RuleBroken(N_("At most 10,000 basis points, which are 100 percent."), field="value")
    return found


def _read(declared: Declared, row: Rule) -> int | str:
    return row.value if declared.unit is Unit.TEXT else int(row.value)


def _shown(declared: Declared, row: Rule | None) -> Shown:
    if row is None:
        return Shown(declared, declared.default, declared.source, declared.confirmed, None)
    return Shown(declared, _read(declared, row), row.source, row.confirmed, row)
