"""Versions of the weights: added, never changed, one of them active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from marketplace.core import audit
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.matching import permissions
from marketplace.matching.models import MatchWeights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor

#: Scores from which a match of the first version is pushed.
FIRST_PUSH_FROM = 0.8


def active(session: Session) -> MatchWeights | None:
    """Give the weights that matches are made with, if any were set up yet."""
    return session.scalar(select(MatchWeights).where(MatchWeights.is_active))


def ensure(session: Session, *, first: Mapping[str, Any], now: datetime) -> MatchWeights:
    """Give the active weights; the very first version holds the matcher's own defaults."""
    weights = active(session)
    if weights is None:
        weights = MatchWeights(
            number=1,
            weights=dict(first),
            push_from=FIRST_PUSH_FROM,
            note=N_("The matcher's own weights"),
            made_at=now,
            is_active=True,
        )
        session.add(weights)
        session.flush()
    return weights


def add(
    session: Session,
    *,
    actor: Actor,
    weights: Mapping[str, Any],
    push_from: float,
    note: str,
    now: datetime,
) -> MatchWeights:
    """Add a version; it is used once it was made active. Raise RuleBroken for an equal one."""
    require(permissions.may_run(actor))
    for known in session.scalars(select(MatchWeights)):
        if known.weights == dict(weights) and known.push_from == push_from:
            raise RuleBroken(
                N_("Version %(number)s has exactly these weights."), number=known.number
            )
    last = session.scalar(select(func.max(MatchWeights.number))) or 0
    version = MatchWeights(
        number=last + 1,
        weights=dict(weights),
        push_from=push_from,
        note=note,
        made_by=actor.user_id,
        made_at=now,
    )
    session.add(version)
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="match_weights.added",
        kind="match_weights",
        object_id=version.id,
        now=now,
        number=version.number,
    )
    return version


def activate(session: Session, *, actor: Actor, number: int, now: datetime) -> MatchWeights:
    """Make a version the one that matches are made with from now on."""
    require(permissions.may_run(actor))
    version = session.scalar(select(MatchWeights).where(MatchWeights.number == number))
    if version is None:
        raise NotFound
    former = active(session)
    if former is not None and former.id != version.id:
        former.is_active = False
        session.flush()
    version.is_active = True
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="match_weights.activated",
        kind="match_weights",
        object_id=version.id,
        now=now,
        number=number,
    )
    return version
