"""What people say about matches: fits, does not fit, no more of it, please answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.core import audit
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.matching import permissions
from marketplace.matching.models import (
    Match,
    MatchFeedback,
    MatchMute,
    MisfitReason,
    Side,
    Stage,
)
from marketplace.matching.queries.matches import consents_of, get_match
from marketplace.matching.rules import INVITED
from marketplace.needs import permissions as need_permissions
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import both
from marketplace.notifications.services import notify

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

NOTE_LENGTH = 500


def judge(
    session: Session,
    *,
    actor: Actor,
    match_id: UUID,
    side: Side,
    fits: bool,
    reason: MisfitReason | None,
    note: str,
    now: datetime,
) -> MatchFeedback:
    """Keep a person's word on a match; a misfit needs a reason, and “another” one a text."""
    match = get_match(session, match_id, actor=actor, lock=True)
    require(permissions.may_judge(actor, match, side))
    if not fits and reason is None:
        raise RuleBroken(N_("Say why it does not fit."), field="reason")
    if not fits and reason is MisfitReason.OTHER and not note:
        raise RuleBroken(N_("Name the other reason in a few words."), field="note")
    word = session.scalar(
        select(MatchFeedback).where(
            MatchFeedback.match_id == match.id, MatchFeedback.person_id == actor.user_id
        )
    )
    if word is not None:
        session.delete(word)
        session.flush()
    word = MatchFeedback(
        match_id=match.id,
        person_id=_person(actor),
        organization_id=permissions.owner_of(match, side),
        side=side,
        fits=fits,
        reason=None if fits else reason,
        note=note[:NOTE_LENGTH],
        given_at=now,
    )
    session.add(word)
    match.judged = True
    match.reach(Stage.SEEN, at=now)
    session.flush()
    return word


def take_back(session: Session, *, actor: Actor, match_id: UUID) -> None:
    """Forget the actor's word on a match."""
    match = get_match(session, match_id, actor=actor, lock=True)
    words = session.scalars(select(MatchFeedback).where(MatchFeedback.match_id == match.id)).all()
    for word in words:
        if word.person_id == actor.user_id:
            session.delete(word)
    match.judged = any(word.person_id != actor.user_id for word in words)
    session.flush()


def mute_pair(
    session: Session, *, actor: Actor, match_id: UUID, side: Side, now: datetime
) -> MatchMute:
    """Let an organization hear no more of one pair."""
    match = get_match(session, match_id, actor=actor)
    require(permissions.may_mute(actor, match, side))
    organization_id = permissions.owner_of(match, side)
    return _muted(
        session,
        MatchMute(
            organization_id=organization_id,
            muted_by=_person(actor),
            muted_at=now,
            need_id=match.need_id,
            listing_id=match.listing_id,
        ),
        match,
        now=now,
    )


def may_mute_organization(session: Session, actor: Actor, match: Match, side: Side) -> bool:
    """Whether all of the counterpart's organization may be silenced.

    Not while its name is hidden: which other needs vanish would tell who it is.
    """
    if not permissions.may_mute(actor, match, side):
        return False
    if side is Side.NEED:
        return True
    consents = consents_of(session, [match], actor=actor).get(match.need_id, frozenset())
    return need_permissions.may_see_name(actor, match.need, consents)


def mute_organization(
    session: Session, *, actor: Actor, match_id: UUID, side: Side, now: datetime
) -> MatchMute:
    """Let an organization hear no more of everything that the counterpart's organization has."""
    match = get_match(session, match_id, actor=actor)
    require(may_mute_organization(session, actor, match, side))
    return _muted(
        session,
        MatchMute(
            organization_id=permissions.owner_of(match, side),
            muted_by=_person(actor),
            muted_at=now,
            muted_organization_id=permissions.owner_of(match, permissions.other(side)),
        ),
        match,
        now=now,
    )


def _muted(session: Session, mute: MatchMute, match: Match, *, now: datetime) -> MatchMute:
    known = session.scalar(
        select(MatchMute).where(
            MatchMute.organization_id == mute.organization_id,
            MatchMute.muted_organization_id == mute.muted_organization_id
            if mute.muted_organization_id
            else (MatchMute.need_id == mute.need_id) & (MatchMute.listing_id == mute.listing_id),
        )
    )
    if known is not None:
        return known
    match.reach(Stage.SEEN, at=now)
    with judged(session):
        session.add(mute)
    return mute


def lift_mute(session: Session, *, actor: Actor, mute_id: UUID) -> None:
    """Let an organization hear of it again."""
    mute = session.get(MatchMute, mute_id)
    if mute is None or not actor.is_member(mute.organization_id):
        raise NotFound
    require(actor.may_write_for(mute.organization_id))
    session.delete(mute)
    session.flush()


def invite(session: Session, *, actor: Actor, match_id: UUID, now: datetime) -> Match:
    """Ask the owner of a listing to answer the need; once per pair."""
    match = get_match(session, match_id, actor=actor, lock=True)
    require(permissions.may_invite(actor, match))
    if match.invited_at is not None:
        raise RuleBroken(N_("The owner of this listing has been invited already."))
    match.invited_at, match.invited_by = now, actor.user_id
    match.reach(Stage.CONTACTED, at=now)
    notify(
        session,
        people=members_of(session, [match.listing.organization_id], now=now),
        topic=INVITED,
        dedupe=f"match.invited:{match.need_id}:{match.listing_id}",
        values={
            "need": both(match.need.title, match.need.title_en),
            "listing": both(match.listing.title, match.listing.title_en),
        },
        link=f"/needs/{match.need_id}",
        now=now,
    )
    audit.record(
        session,
        actor=actor,
        action="match.invited",
        kind="match",
        object_id=match.id,
        now=now,
        need=match.need_id,
        listing=match.listing_id,
    )
    session.flush()
    return match


def choose_personal_matching(
    session: Session, *, actor: Actor, wanted: bool, now: datetime
) -> None:
    """Switch the actor's own suggestions on or off (algorithm recommendation rules, article 17)."""
    person = session.get_one(User, _person(actor))
    if person.personal_matching == wanted:
        return
    person.personal_matching = wanted
    audit.record(
        session,
        actor=actor,
        action="matching.personal",
        kind="person",
        object_id=person.id,
        now=now,
        wanted=wanted,
    )
    session.flush()


def _person(actor: Actor) -> UUID:
    if actor.user_id is None:
        raise NotFound
    return actor.user_id
