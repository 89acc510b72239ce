"""Rules of papers: what is hashed, when a paper may be replaced, when a signature counts."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.errors import EditedElsewhere, RuleBroken
from marketplace.core.messages import N_
from marketplace.files.kinds import JPEG, PDF, PNG, WEBP
from marketplace.papers.content import to_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from marketplace.papers.content import Content
    from marketplace.papers.models import Paper, PaperKind, PaperParty

#: Kinds of file that a stamped scan may be.
SCANS = frozenset({PDF, PNG, JPEG, WEBP})
MOST_PARTIES = 8


@dataclass(frozen=True, kw_only=True)
class PartyInput:
    """Who shall sign and as what (甲方, Party A): an organization or a person, never both."""

    role: str
    role_en: str
    organization_id: UUID | None = None
    person_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class PartyFacts:
    """A party as the paper names it on the day it is drawn up."""

    role: str
    role_en: str
    name: str
    name_en: str = ""
    code: str = ""
    address: str = ""


def digest(
    *,
    kind: PaperKind,
    object_kind: str,
    object_id: UUID,
    number: int,
    content: Content,
    parties: Sequence[PartyFacts | PaperParty],
) -> str:
    """SHA-256 over a canonical form of everything a signer agrees to."""
    text = json.dumps(
        {
            "kind": kind.value,
            "object": [object_kind, str(object_id)],
            "number": number,
            "title": [content.title, content.title_en],
            "body": to_json(content.blocks),
            "parties": [
                [one.role, one.role_en, one.name, one.name_en, one.code, one.address]
                for one in parties
            ],
        },
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(text.encode()).hexdigest()


def is_signed(paper: Paper) -> bool:
    """Whether every party has signed this text."""
    return paper.signed_at is not None


def missing(paper: Paper) -> list[PaperParty]:
    """Give the parties that have not signed; parties and signatures must be loaded."""
    return [party for party in paper.parties if party.signature is None]


def require_parties(parties: Sequence[PartyInput]) -> None:
    """Refuse a paper of nobody, of a crowd, or with one party named twice."""
    if not 1 <= len(parties) <= MOST_PARTIES:
        raise RuleBroken(N_("A paper has between 1 and %(most)s parties."), most=MOST_PARTIES)
    named = [party.organization_id or party.person_id for party in parties]
    if None in named or any(party.organization_id and party.person_id for party in parties):
        raise RuleBroken(N_("Each party is either an organization or a person."))
    if len(set(named)) < len(named):
        raise RuleBroken(N_("The same party can't stand on both sides of a paper."))


def require_replaceable(paper: Paper | None) -> None:
    """Refuse to replace a text that all parties have signed."""
    if paper is not None and is_signed(paper):
        raise RuleBroken(
            N_("This paper is signed by all parties and stays as it is. Draw up an amendment.")
        )


def require_signable(paper: Paper, sha256: str) -> None:
    """Refuse a signature under a text that was replaced, or that is not the one that was read."""
    if not paper.is_current or sha256 != paper.sha256:
        raise EditedElsewhere(
            N_("The text changed since you opened it. Read the new text before you sign.")
        )


def require_name(name: str) -> None:
    """Refuse a signature without a name."""
    if not name.strip():
        raise RuleBroken(N_("Type your name as your signature."), field="name")


def require_scan(media_type: str) -> None:
    """Refuse a file that can be no scan of a stamped page."""
    if media_type not in SCANS:
        raise RuleBroken(
            N_("A stamped scan is a PDF or a picture (PNG, JPEG, WebP)."), field="upload"
        )
