"""Finding papers, always through who may see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, func, or_, select
from sqlalchemy.orm import selectinload

from marketplace.core.errors import NotFound
from marketplace.core.paging import Page, page_of
from marketplace.files.models import Attachment
from marketplace.papers.models import Paper, PaperKind, PaperParty, Signature
from marketplace.papers.permissions import SIGNERS, may_see, of_own_parties

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: The object kind under which files hang on papers.
ATTACHED_TO = "paper"
STAMPED = "stamped_scan"


def _papers() -> Select[Paper]:
    return (
        select(Paper)
        .options(selectinload(Paper.parties).selectinload(PaperParty.signature))
        .execution_options(populate_existing=True)
    )


def load(session: Session, paper_id: UUID, *, lock: bool = False) -> Paper | None:
    """Load a paper with parties and signatures, whoever asks; ``lock`` holds its row."""
    if lock:
        session.execute(select(Paper.id).where(Paper.id == paper_id).with_for_update())
    return session.scalar(_papers().where(Paper.id == paper_id))


def reloaded(session: Session, paper_id: UUID) -> Paper:
    """Read a paper that surely exists as it is now."""
    return session.scalars(_papers().where(Paper.id == paper_id)).one()


def get_paper(session: Session, paper_id: UUID, *, actor: Actor, lock: bool = False) -> Paper:
    """Load a paper that the actor may see, or raise NotFound."""
    paper = load(session, paper_id, lock=lock)
    if paper is None or not may_see(session, actor, paper):
        raise NotFound
    return paper


def current(
    session: Session, kind: PaperKind, object_kind: str, object_id: UUID, *, lock: bool = False
) -> Paper | None:
    """Find the paper of a kind about an object that no later number replaced."""
    wanted = (
        Paper.kind == kind,
        Paper.object_kind == object_kind,
        Paper.object_id == object_id,
        Paper.superseded_at.is_(None),
    )
    if lock:
        session.execute(select(Paper.id).where(*wanted).with_for_update())
    return session.scalar(_papers().where(*wanted))


def last_number(session: Session, kind: PaperKind, object_kind: str, object_id: UUID) -> int:
    """Give the highest number so far, 0 before the first."""
    return (
        session.scalar(
            select(func.max(Paper.number)).where(
                Paper.kind == kind, Paper.object_kind == object_kind, Paper.object_id == object_id
            )
        )
        or 0
    )


def has_signed_paper(session: Session, kind: PaperKind, object_kind: str, object_id: UUID) -> bool:
    """Whether all parties have signed a paper of the kind about the object."""
    return (
        session.scalar(
            select(Paper.id).where(
                Paper.kind == kind,
                Paper.object_kind == object_kind,
                Paper.object_id == object_id,
                Paper.signed_at.is_not(None),
            )
        )
        is not None
    )


def list_numbers(session: Session, paper: Paper) -> Sequence[Paper]:
    """List all numbers of the same paper, the newest first."""
    return session.scalars(
        _papers()
        .where(
            Paper.kind == paper.kind,
            Paper.object_kind == paper.object_kind,
            Paper.object_id == paper.object_id,
        )
        .order_by(Paper.number.desc())
    ).all()


def list_own(session: Session, *, actor: Actor, number: int = 1) -> Page[Paper]:
    """List the papers of the actor's parties that stand, unsigned ones first, then the newest."""
    return page_of(
        session,
        _papers()
        .where(of_own_parties(actor), Paper.superseded_at.is_(None))
        .order_by(Paper.signed_at.desc().nulls_first(), Paper.drawn_at.desc(), Paper.id),
        number=number,
    )


def has_own(session: Session, *, actor: Actor) -> bool:
    """Whether any standing paper is about one of the actor's parties."""
    own = select(Paper.id).where(of_own_parties(actor), Paper.superseded_at.is_(None)).limit(1)
    return session.scalar(own) is not None


def list_to_sign(session: Session, *, actor: Actor, most: int = 20) -> Sequence[Paper]:
    """List the papers that wait for a signature of a party the actor signs for, the oldest first.

    The domain of a paper may still keep the actor from signing; the page says so.
    """
    if actor.is_visitor:
        return []
    own = [one for one in actor.verified if actor.has_role(one, *SIGNERS)]
    unsigned = exists(
        select(PaperParty.id).where(
            PaperParty.paper_id == Paper.id,
            or_(PaperParty.person_id == actor.user_id, PaperParty.organization_id.in_(own)),
            ~exists(select(Signature.id).where(Signature.party_id == PaperParty.id)),
        )
    )
    return session.scalars(
        _papers()
        .where(unsigned, Paper.superseded_at.is_(None))
        .order_by(Paper.drawn_at, Paper.id)
        .limit(most)
    ).all()


def by_hash(session: Session, sha256: str) -> Paper | None:
    """Find the paper with a hash, whoever asks: the check page tells almost nothing of it."""
    return session.scalar(_papers().where(Paper.sha256 == sha256.lower()))


def scans_of(session: Session, paper: Paper) -> Sequence[Attachment]:
    """List the stamped scans of a paper, the oldest first; the caller has judged who asks."""
    return session.scalars(
        select(Attachment)
        .where(
            Attachment.object_kind == ATTACHED_TO,
            Attachment.object_id == paper.id,
            Attachment.removed_at.is_(None),
        )
        .order_by(Attachment.created_at, Attachment.id)
    ).all()
