"""Who sees a paper and who signs for which party."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, false, or_, select

from marketplace.core.actor import MemberRole
from marketplace.papers.models import Paper, PaperParty
from marketplace.papers.registry import rules_of

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Roles whose holders bind their organization by a signature.
SIGNERS = frozenset({MemberRole.OWNER, MemberRole.TTO_OFFICER})
#: Roles whose holders read what their organization signs.
READERS = SIGNERS | {MemberRole.EDITOR}


def belongs(actor: Actor, party: PaperParty) -> bool:
    """Whether the actor reads papers for this party."""
    if party.person_id is not None:
        return party.person_id == actor.user_id
    return party.organization_id is not None and actor.has_role(party.organization_id, *READERS)


def is_party(actor: Actor, paper: Paper) -> bool:
    """Whether the actor reads papers for one of the parties (parties must be loaded)."""
    return any(belongs(actor, party) for party in paper.parties)


def of_own_parties(actor: Actor) -> ColumnElement[bool]:
    """Say the same in SQL."""
    if actor.is_visitor:
        return false()
    own = [one for one in actor.organization_ids if actor.has_role(one, *READERS)]
    return exists(
        select(PaperParty.id).where(
            PaperParty.paper_id == Paper.id,
            or_(PaperParty.person_id == actor.user_id, PaperParty.organization_id.in_(own)),
        )
    )


def may_see(session: Session, actor: Actor, paper: Paper) -> bool:
    """Whether the actor may read the paper: a party, or whom its domain lets read it."""
    if actor.is_visitor:
        return False
    return is_party(actor, paper) or rules_of(paper).may_see(session, actor, paper.object_id)


def may_sign(session: Session, actor: Actor, paper: Paper, party: PaperParty) -> bool:
    """Whether the actor may sign for the party.

    Who is a party in person (a technology manager) signs for nobody else in the same paper, even
    as the owner of a party's organization.
    """
    if actor.is_visitor:
        return False
    in_person = any(one.person_id == actor.user_id for one in paper.parties)
    if party.person_id is not None:
        own = party.person_id == actor.user_id
    else:
        own = (
            not in_person
            and party.organization_id in actor.verified
            and actor.has_role(party.organization_id, *SIGNERS)
        )
    return own and rules_of(paper).may_sign(session, actor, paper, party)
