"""Drawing papers up, signing them, and taking their stamped scans."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from marketplace.accounts.models import User
from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.files.models import Attachment, Visibility
from marketplace.files.services import attach
from marketplace.organizations.models import Organization
from marketplace.papers import queries, rules
from marketplace.papers.content import to_json
from marketplace.papers.models import Paper, PaperParty, Signature
from marketplace.papers.permissions import SIGNERS, may_sign
from marketplace.papers.registry import rules_of
from marketplace.papers.rules import PartyFacts, PartyInput

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.files.store import Upload
    from marketplace.papers.content import Content
    from marketplace.papers.models import PaperKind

__all__ = ["PartyInput", "attach_scan", "draw_up", "sign", "withdraw"]


def draw_up(
    session: Session,
    *,
    actor: Actor | None,
    kind: PaperKind,
    object_kind: str,
    object_id: UUID,
    content: Content,
    parties: Sequence[PartyInput],
    now: datetime,
    is_demo: bool = False,
) -> Paper:
    """Make the next number of a paper; an earlier one that not all have signed is superseded.

    The caller has judged that the actor may (``None`` is the platform itself). An unchanged text
    gives the standing number back, with the signatures it has. Raises RuleBroken when all parties
    have signed the standing number.
    """
    rules.require_parties(parties)
    standing = queries.current(session, kind, object_kind, object_id, lock=True)
    facts = [_facts(session, party) for party in parties]
    hashed = partial(
        rules.digest,
        kind=kind,
        object_kind=object_kind,
        object_id=object_id,
        content=content,
        parties=facts,
    )
    if standing is not None and hashed(number=standing.number) == standing.sha256:
        return standing
    rules.require_replaceable(standing)
    number = queries.last_number(session, kind, object_kind, object_id) + 1
    paper = Paper(
        kind=kind,
        object_kind=object_kind,
        object_id=object_id,
        number=number,
        title=content.title,
        title_en=content.title_en,
        body=to_json(content.blocks),
        sha256=hashed(number=number),
        drawn_by=actor.user_id if actor else None,
        drawn_at=now,
        is_demo=is_demo,
    )
    with judged(session):
        if standing is not None:
            standing.superseded_at = now
            session.flush()
        session.add(paper)
        session.flush()
        session.add_all(_party_rows(paper, parties, facts))
    _record(session, actor, "paper.drawn_up", paper, now)
    jobs.tell(session, "paper.drawn_up", id=str(paper.id))
    return queries.reloaded(session, paper.id)


def withdraw(session: Session, *, actor: Actor | None, paper_id: UUID, now: datetime) -> Paper:
    """Take an unsigned or partly signed paper back without another in its place.

    The caller has judged that the actor may. Raises RuleBroken when all parties have signed.
    """
    paper = queries.load(session, paper_id, lock=True)
    if paper is None:
        raise NotFound
    rules.require_replaceable(paper)
    if paper.is_current:
        paper.superseded_at = now
        session.flush()
        _record(session, actor, "paper.withdrawn", paper, now)
    return paper


def _party_rows(
    paper: Paper, parties: Sequence[PartyInput], facts: Sequence[PartyFacts]
) -> list[PaperParty]:
    return [
        PaperParty(
            paper_id=paper.id,
            position=position,
            role=known.role,
            role_en=known.role_en,
            name=known.name,
            name_en=known.name_en,
            code=known.code,
            address=known.address,
            organization_id=party.organization_id,
            person_id=party.person_id,
        )
        for position, (party, known) in enumerate(zip(parties, facts, strict=True), start=1)
    ]


def _facts(session: Session, party: PartyInput) -> PartyFacts:
    if party.organization_id is not None:
        organization = session.get(Organization, party.organization_id)
        if organization is None:
            raise NotFound
        return PartyFacts(
            role=party.role,
            role_en=party.role_en,
            name=organization.name,
            name_en=organization.name_en,
            code=organization.credit_code,
            address=organization.address,
        )
    person = session.get(User, party.person_id)
    if person is None:
        raise NotFound
    return PartyFacts(role=party.role, role_en=party.role_en, name=person.name)


def sign(
    session: Session,
    *,
    actor: Actor,
    paper_id: UUID,
    party_id: UUID,
    name: str,
    sha256: str,
    now: datetime,
    upload: Upload | None = None,
) -> Signature:
    """Sign for one party under the paper's row lock, so that each party signs exactly once.

    ``sha256`` is the hash of the text that the person read. Raises EditedElsewhere when the text
    was replaced meanwhile, RuleBroken when the party has signed already.
    """
    seen = queries.get_paper(session, paper_id, actor=actor)
    rules_of(seen).lock(session, seen.object_id)
    paper = queries.get_paper(session, paper_id, actor=actor, lock=True)
    party = next((one for one in paper.parties if one.id == party_id), None)
    if party is None:
        raise NotFound
    if actor.user_id is None:
        raise Denied
    require(may_sign(session, actor, paper, party))
    if party.signature is not None:
        raise RuleBroken(N_("This party has signed already."))
    rules.require_signable(paper, sha256)
    rules.require_name(name)
    attached = None
    if upload is not None:
        attached = _take_scan(session, actor, paper, party.organization_id, upload, now)
    signature = Signature(
        paper_id=paper.id,
        party_id=party.id,
        person_id=actor.user_id,
        name=name.strip(),
        at=now,
        sha256=sha256,
        attachment_id=attached.id if attached else None,
    )
    with judged(session):
        session.add(signature)
    paper = queries.reloaded(session, paper_id)
    complete = not rules.missing(paper)
    if complete:
        paper.signed_at = now
        session.flush()
    _record(
        session,
        actor,
        "paper.signed",
        paper,
        now,
        party=party.name,
        name=signature.name,
        complete=complete,
    )
    rules_of(paper).signed(session, paper, signature, now)
    jobs.tell(session, "paper.signed", id=str(paper.id), party=str(party.id), complete=complete)
    return signature


def attach_scan(
    session: Session, *, actor: Actor, paper_id: UUID, upload: Upload, now: datetime
) -> Attachment:
    """Keep the stamped copy of a whole signed paper, sent by somebody who signs for a party."""
    paper = queries.get_paper(session, paper_id, actor=actor, lock=True)
    own = next(
        (
            party
            for party in paper.parties
            if party.person_id == actor.user_id
            or (
                party.organization_id is not None
                and actor.has_role(party.organization_id, *SIGNERS)
            )
        ),
        None,
    )
    require(own is not None)
    if not rules.is_signed(paper):
        raise RuleBroken(
            N_("The stamped copy belongs to a paper that all parties have signed."), field="upload"
        )
    organization_id = own.organization_id if own is not None else None
    attachment = _take_scan(session, actor, paper, organization_id, upload, now)
    _record(session, actor, "paper.scan_attached", paper, now, file=attachment.sha256)
    return attachment


def _take_scan(  # noqa: PLR0917 — the parts of one attachment
    session: Session,
    actor: Actor,
    paper: Paper,
    organization_id: UUID | None,
    upload: Upload,
    now: datetime,
) -> Attachment:
    rules.require_scan(upload.media_type)
    return attach(
        session,
        actor,
        object_kind=queries.ATTACHED_TO,
        object_id=paper.id,
        organization_id=organization_id,
        upload=upload,
        visibility=Visibility.SIGNED_IN,
        now=now,
        purpose=queries.STAMPED,
    )


def _record(
    session: Session,
    actor: Actor | None,
    action: str,
    paper: Paper,
    now: datetime,
    **details: object,
) -> None:
    audit.record(
        session,
        actor=actor,
        action=action,
        kind="paper",
        object_id=paper.id,
        now=now,
        paper=paper.kind,
        number=paper.number,
        sha256=paper.sha256,
        about=[paper.object_kind, str(paper.object_id)],
        **details,
    )
