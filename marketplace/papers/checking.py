"""Recomputes the hash of every paper and compares it with the rows and the signatures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from marketplace.core.messages import N_
from marketplace.papers.content import Content, from_json
from marketplace.papers.models import Paper, PaperParty
from marketplace.papers.rules import digest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy.orm import Session

_BATCH = 200


@dataclass(frozen=True)
class Fault:
    """A paper whose rows do not give the hash that was signed."""

    paper_id: UUID
    message: str


def verify(session: Session) -> Iterator[Fault]:
    """Give every paper whose text, parties or signatures were altered behind the application."""
    papers = session.scalars(
        select(Paper)
        .options(selectinload(Paper.parties).selectinload(PaperParty.signature))
        .order_by(Paper.drawn_at, Paper.id)
        .execution_options(yield_per=_BATCH)
    )
    for paper in papers:
        yield from _faults(paper)


def _faults(paper: Paper) -> Iterator[Fault]:
    try:
        found = digest(
            kind=paper.kind,
            object_kind=paper.object_kind,
            object_id=paper.object_id,
            number=paper.number,
            content=Content(paper.title, paper.title_en, from_json(paper.body)),
            parties=paper.parties,
        )
    except (KeyError, TypeError, ValueError):
        found = ""
    if found != paper.sha256:
        yield Fault(paper.id, N_("the text or the parties were altered"))
    signatures = [party.signature for party in paper.parties if party.signature is not None]
    if any(signature.sha256 != paper.sha256 for signature in signatures):
        yield Fault(paper.id, N_("a signature stands under another text"))
    complete = bool(paper.parties) and len(signatures) == len(paper.parties)
    if complete != (paper.signed_at is not None):
        yield Fault(paper.id, N_("the signatures and the state do not agree"))
