"""How many deals reach which stage, and how long they stay there."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from marketplace.deals import permissions
from marketplace.deals.models import Deal, DealStage, DealStageEntry

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

SECONDS_A_TENTH = 8_640
TENTHS_A_DAY = 10
YEAR = timedelta(days=365)
#: Stages from the first contact to the end, in the order in which they are passed.
PATH = tuple(stage for stage in DealStage if stage is not DealStage.LAPSED)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One stage of the funnel; ``median_days`` is None where nobody has left it yet."""

    stage: DealStage
    reached: int
    here: int
    median_days: float | None
    share_percent: int


def funnel(session: Session, *, actor: Actor, since: datetime) -> list[Step]:
    """Give, for the deals opened since a moment, how far they came and the time per stage."""
    visible = None if actor.is_administrator else permissions.visible_to(actor)
    return steps(*measure(session, visible, since=since))


def measure(
    session: Session, visible: ColumnElement[bool] | None, *, since: datetime
) -> tuple[dict[DealStage, int], dict[DealStage, int], dict[DealStage, float]]:
    """Count deals that reached and stand at each stage, and give the median days spent there.

    ``visible`` narrows to some deals; without it all are read, from the index of entries alone.
    """
    # Counted by tenths of a day: an aggregate that is hashed, where a median would sort all rows.
    tenth = (DealStageEntry.stayed_seconds + SECONDS_A_TENTH // 2) // SECONDS_A_TENTH
    entries = select(
        DealStageEntry.stage,
        tenth.label("tenth"),
        func.count(),
        func.count().filter(DealStageEntry.is_first),
    ).where(DealStageEntry.deal_opened_at >= since)
    here = select(Deal.stage, func.count()).where(Deal.opened_at >= since)
    if visible is not None:
        entries = entries.join(Deal, Deal.id == DealStageEntry.deal_id).where(visible)
        here = here.where(visible)
    reached: Counter[DealStage] = Counter()
    stays: dict[DealStage, dict[int, int]] = defaultdict(dict)
    for stage, tenths, count, first in session.execute(
        entries.group_by(DealStageEntry.stage, "tenth")
    ):
        reached[stage] += first
        if tenths is not None:
            stays[stage][tenths] = count
    standing = session.execute(here.group_by(Deal.stage))
    return (
        dict(reached),
        {row[0]: row[1] for row in standing},
        {stage: median(counts) / TENTHS_A_DAY for stage, counts in stays.items()},
    )


def median(counts: Mapping[int, int]) -> float:
    """Give the middle of values that are counted; of an even number the mean of the middle two."""
    whole = sum(counts.values())
    wanted = ((whole - 1) // 2, whole // 2)
    found: list[int] = []
    passed = 0
    for value in sorted(counts):
        passed += counts[value]
        found += [value for place in wanted[len(found) :] if place < passed]
    return sum(found) / 2


def steps(
    reached: dict[DealStage, int], here: dict[DealStage, int], medians: dict[DealStage, float]
) -> list[Step]:
    """Put the figures of each stage into rows; shares are of all deals that were opened."""
    whole = reached.get(DealStage.INQUIRY, 0)
    return [
        Step(
            stage=stage,
            reached=reached.get(stage, 0),
            here=here.get(stage, 0),
            median_days=medians.get(stage),
            share_percent=round(100 * reached.get(stage, 0) / whole) if whole else 0,
        )
        for stage in PATH
    ]
