"""The platform's own matching efficiency, and the records behind each number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, case, func, select
from sqlalchemy.orm import contains_eager

from marketplace.core.paging import Page, page_of
from marketplace.listings.models import Listing
from marketplace.matching.models import Match, MatchFeedback, MatchWeights, Stage
from marketplace.needs.models import Need

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

#: The calendar month in Beijing, as 2026-11.
MONTH: ColumnElement[str] = func.to_char(
    func.timezone("Asia/Shanghai", Match.made_at), "YYYY-MM", type_=String
)


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Matches of one month and version: how many came to each stage, and what people said."""

    month: str | None
    version: int | None
    stages: Mapping[Stage, int]
    fitting: int
    judged: int

    @property
    def precision(self) -> float | None:
        """Share of judged matches that fit; None while nobody judged any."""
        return self.fitting / self.judged if self.judged else None

    def rate(self, stage: Stage) -> float | None:
        """Share of all matches that came to a stage; None without any match."""
        made = self.stages[Stage.MADE]
        return self.stages[stage] / made if made else None


@dataclass(frozen=True)
class Slice:
    """Which matches are looked at."""

    month: str | None = None
    version: int | None = None
    stage: Stage = Stage.MADE
    #: ``fits`` or ``misfits``: only judged ones, as they were judged.
    word: str | None = None


def _verdict() -> Any:  # noqa: ANN401 — a subquery
    """Give per match whether most people who judged it say that it fits (a tie: it does not)."""
    return (
        select(
            MatchFeedback.match_id,
            (func.sum(case((MatchFeedback.fits, 1), else_=-1)) > 0).label("fits"),
        )
        .group_by(MatchFeedback.match_id)
        .subquery("verdict")
    )


def _reached(stage: Stage) -> ColumnElement[bool]:
    column: Any = getattr(Match, f"{stage.value}_at")
    return column.is_not(None)  # type: ignore[no-any-return]


def list_figures(session: Session) -> list[Figures]:
    """Give the figures of every month and version, the newest first."""
    verdict = _verdict()
    rows = session.execute(
        select(
            MONTH.label("month"),
            MatchWeights.number,
            *(func.count().filter(_reached(stage)) for stage in Stage),
            func.count().filter(verdict.c.fits),
            func.count(verdict.c.match_id),
        )
        .select_from(Match)
        .join(MatchWeights, MatchWeights.id == Match.weights_id)
        .outerjoin(verdict, verdict.c.match_id == Match.id)
        .group_by(MONTH, MatchWeights.number)
        .order_by(MONTH.desc(), MatchWeights.number.desc())
    )
    return [
        Figures(
            month=row[0],
            version=row[1],
            stages=dict(zip(Stage, [int(count) for count in row[2:-2]], strict=True)),
            fitting=row[-2],
            judged=row[-1],
        )
        for row in rows
    ]


def summed(lines: Sequence[Figures]) -> Figures:
    """Add the figures of all lines up."""
    return Figures(
        month=None,
        version=None,
        stages={stage: sum(line.stages[stage] for line in lines) for stage in Stage},
        fitting=sum(line.fitting for line in lines),
        judged=sum(line.judged for line in lines),
    )


def list_records(session: Session, chosen: Slice, *, page: int) -> Page[Match]:
    """Give the matches behind one number, the newest first."""
    statement: Select[Match] = (
        select(Match)
        .join(Need, Need.id == Match.need_id)
        .join(Listing, Listing.id == Match.listing_id)
        .join(MatchWeights, MatchWeights.id == Match.weights_id)
        .options(
            contains_eager(Match.need).joinedload(Need.organization),
            contains_eager(Match.listing).joinedload(Listing.organization),
            contains_eager(Match.weights),
        )
        .where(_reached(chosen.stage))
        .order_by(Match.made_at.desc(), Match.id)
    )
    if chosen.month is not None:
        statement = statement.where(MONTH.in_([chosen.month]))
    if chosen.version is not None:
        statement = statement.where(MatchWeights.number == chosen.version)
    if chosen.word is not None:
        verdict = _verdict()
        statement = statement.join(verdict, verdict.c.match_id == Match.id)
        if chosen.word == "fits":
            statement = statement.where(verdict.c.fits)
        elif chosen.word == "misfits":
            statement = statement.where(~verdict.c.fits)
    return page_of(session, statement, number=page)


def words_on(session: Session, matches: Sequence[Match]) -> dict[Any, list[MatchFeedback]]:
    """Give everybody's words on these matches, by match."""
    words: dict[Any, list[MatchFeedback]] = {}
    rows = session.scalars(
        select(MatchFeedback)
        .where(MatchFeedback.match_id.in_([match.id for match in matches]))
        .order_by(MatchFeedback.given_at, MatchFeedback.id)
    )
    for row in rows:
        words.setdefault(row.match_id, []).append(row)
    return words


def list_versions(session: Session) -> list[MatchWeights]:
    """Give all versions of the weights, the newest first."""
    return list(session.scalars(select(MatchWeights).order_by(MatchWeights.number.desc())))
