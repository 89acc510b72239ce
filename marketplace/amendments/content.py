"""An amendment as it is kept: the whole terms, the rows of the plan, free clauses."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from marketplace.performance.rules.changes import Change, PlanRow
from marketplace.terms import value

if TYPE_CHECKING:
    from collections.abc import Mapping


def to_json(change: Change) -> dict[str, Any]:
    """Give a change as plain JSON values."""
    return {
        "terms": value.to_json(change.terms),
        "rows": [
            {
                "milestone_id": str(row.milestone_id) if row.milestone_id else None,
                "name": row.name,
                "criterion": row.criterion,
                "amount_minor": row.amount_minor,
                "due_on": row.due_on.isoformat() if row.due_on else None,
                "is_fee": row.is_fee,
            }
            for row in change.rows
        ],
        "clauses": change.clauses,
    }


def from_json(kept: Mapping[str, Any]) -> Change:
    """Read what ``to_json`` gave."""
    return Change(
        terms=value.from_json(kept["terms"]),
        rows=tuple(
            PlanRow(
                **{
                    **row,
                    "milestone_id": UUID(row["milestone_id"]) if row["milestone_id"] else None,
                    "due_on": date.fromisoformat(row["due_on"]) if row["due_on"] else None,
                }
            )
            for row in kept["rows"]
        ),
        clauses=kept["clauses"],
    )
