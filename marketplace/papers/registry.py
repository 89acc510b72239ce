"""What higher domains say about their kinds of paper: who sees, who signs, what follows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.papers.models import Paper, PaperKind, PaperParty, Signature

    MaySee = Callable[[Session, Actor, UUID], bool]
    MaySign = Callable[[Session, Actor, Paper, PaperParty], bool]
    Signed = Callable[[Session, Paper, Signature, datetime], None]
    Address = Callable[[UUID], str]
    Lock = Callable[[Session, UUID], None]


def _no_more(_session: Session, _actor: Actor, _object_id: UUID) -> bool:
    return False


def _nothing_against(_session: Session, _actor: Actor, _paper: Paper, _party: PaperParty) -> bool:
    return True


def _nothing(_session: Session, _paper: Paper, _signature: Signature, _now: datetime) -> None:
    return None


def _no_lock(_session: Session, _object_id: UUID) -> None:
    return None


@dataclass(frozen=True)
class Rules:
    """What one domain says; the defaults add nothing to the rules of all papers."""

    may_see: MaySee = _no_more
    may_sign: MaySign = _nothing_against
    signed: Signed = _nothing
    address: Address | None = None
    lock: Lock = _no_lock


_rules: dict[tuple[PaperKind, str | None], Rules] = {}
_DEFAULT = Rules()


def register(
    kind: PaperKind,
    *,
    object_kind: str | None = None,
    may_see: MaySee = _no_more,
    may_sign: MaySign = _nothing_against,
    signed: Signed = _nothing,
    address: Address | None = None,
    lock: Lock = _no_lock,
) -> None:
    """Say who else than the parties sees papers of a kind (about one kind of object), and so on.

    ``may_see`` adds readers to the parties' own people; ``may_sign`` may only narrow who signs;
    ``signed`` runs inside the signing transaction; ``address`` gives the path of the object's
    page (called within a request); ``lock`` holds the rows that are always locked before a paper
    (the deal), so that signing and drawing up never wait for each other crosswise.
    """
    _rules[kind, object_kind] = Rules(may_see, may_sign, signed, address, lock)


def rules_of(paper: Paper) -> Rules:
    """Give what was said about this paper's kind and object."""
    own = _rules.get((paper.kind, paper.object_kind))
    return own or _rules.get((paper.kind, None), _DEFAULT)
