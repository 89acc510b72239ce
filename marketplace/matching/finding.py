"""Asks the matcher for a record's counterparts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

from sqlalchemy import select

from marketplace.indexing.sources import source_of
from marketplace.listings.models import Listing
from marketplace.matching.models import Side
from marketplace.matching.permissions import other
from marketplace.matching.rules import KEPT, KEPT_AT_LEAST, KEPT_FROM
from marketplace.matching.services import weights as versions
from marketplace.matching.services.making import Found
from marketplace.needs.models import Need
from search.matching import match
from search.visibility import EVERYTHING
from search.weights import DEFAULT_WEIGHTS, Weights

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.matching.models import MatchWeights
    from search.documents import Document
    from search.embedding import Embedder
    from search.engine import Engine
    from search.matching import Match


class Matcher(Protocol):
    """Finds the counterparts of a document by the given weights, best first.

    Raises SearchUnavailable when the engine does not answer.
    """

    def __call__(self, document: Document, weights: Mapping[str, Any]) -> Sequence[Found]:
        """Give at most ``KEPT`` counterparts."""


def kept(weights: Weights) -> dict[str, Any]:
    """Give weights as they are kept; their version is the row's number."""
    found: dict[str, Any] = json.loads(weights.to_json())
    del found["version"]
    return found


def as_weights(stored: Mapping[str, Any], *, version: int = 0) -> Weights:
    """Read kept weights; raise WrongWeights for others."""
    return Weights.from_json(json.dumps({**stored, "version": version}))


def first_weights() -> dict[str, Any]:
    """Give the matcher's own weights, the first version of every copy of Hanqiao."""
    return kept(DEFAULT_WEIGHTS)


@dataclass(frozen=True)
class EngineMatcher:
    """The pure matcher over the search engine."""

    engine: Engine
    embedders: Sequence[Embedder]

    def __call__(self, document: Document, weights: Mapping[str, Any]) -> list[Found]:
        """Match on behalf of the platform: who may see what is judged when it is shown."""
        matches = match(
            self.engine,
            document,
            embedders=self.embedders,
            weights=as_weights(weights),
            visible=EVERYTHING,
            size=KEPT,
        )
        # Scores are set for words and two models together. With fewer signs none comes so far,
        # but the order holds, so the first ones are kept.
        sure = 0 if len(self.embedders) > 1 else KEPT_AT_LEAST
        return [
            _found(one)
            for place, one in enumerate(matches)
            if one.score >= KEPT_FROM or place < sure
        ]


def _found(one: Match) -> Found:
    """Keep the reasons as they are, and after them what speaks against the match."""
    against = [{**asdict(concern), "share": 0.0, "against": True} for concern in one.concerns]
    return Found(
        id=UUID(one.id),
        score=one.score,
        ranks=dict(one.ranks),
        reasons=[*(asdict(reason) for reason in one.reasons), *against],
    )


def matcher_of(parts: Any) -> Matcher:  # noqa: ANN401 — the application's parts, or a test's
    """Give the matcher over the application's engine and models."""
    return EngineMatcher(engine=parts.search, embedders=parts.embedders)


@dataclass(frozen=True)
class Finder:
    """Finds counterparts of records by one version of the weights."""

    session: Session
    matcher: Matcher
    weights: MatchWeights

    @classmethod
    def open(cls, session: Session, matcher: Matcher, *, now: datetime) -> Finder:
        """Take the active weights; the first version is made when there is none."""
        weights = versions.ensure(session, first=first_weights(), now=now)
        return cls(session=session, matcher=matcher, weights=weights)

    def find(self, side: Side, record_id: UUID) -> list[Found] | None:
        """Give a record's counterparts in other organizations; None if it is not to be matched."""
        document = source_of(side.value).load(self.session, [record_id])[record_id]
        if document is None:
            return None
        found = self.matcher(document, self.weights.weights)
        return self._of_others(side, record_id, found)

    def _of_others(self, side: Side, record_id: UUID, found: Sequence[Found]) -> list[Found]:
        """Leave out the own organization's and those that are gone since they were indexed.

        The document of a need hides a masked company, so the engine can't do this.
        """
        own: Any = Need if side is Side.NEED else Listing
        across: Any = Listing if other(side) is Side.LISTING else Need
        organization_id = self.session.scalar(
            select(own.organization_id).where(own.id == record_id)
        )
        allowed = set(
            self.session.scalars(
                select(across.id).where(
                    across.id.in_([one.id for one in found]),
                    across.organization_id != organization_id,
                )
            )
        )
        return [one for one in found if one.id in allowed]
