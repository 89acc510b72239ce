"""Managers for a record, and needs for a manager: what the register knows, put through ``fit``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.managers.figures import figures_of
from marketplace.managers.fit import Candidate, Fit, Wanted, fit_of, propose
from marketplace.managers.queries.mandates import list_unassigned_needs
from marketplace.managers.queries.register import list_candidates, mandates_running

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.listings.models import Listing
    from marketplace.managers.models import ManagerProfile
    from marketplace.needs.models import Need

#: Managers proposed for one record, and needs shown on a bench.
PROPOSED = 5
BENCH = 20


@dataclass(frozen=True)
class Proposal:
    """A manager with the reasons for a record."""

    profile: ManagerProfile
    fit: Fit


@dataclass(frozen=True)
class Open:
    """A need without a manager, with the reasons for this one."""

    need: Need
    fit: Fit


def wanted_of(record: Listing | Need) -> Wanted:
    """Give what a record asks of a manager."""
    return Wanted(
        field_codes=tuple(record.field_codes),
        industry_codes=tuple(record.industry_codes),
        language=record.language,
    )


def candidates_of(session: Session, profiles: Sequence[ManagerProfile]) -> Mapping[UUID, Candidate]:
    """Give managers as they are judged."""
    ids = [profile.id for profile in profiles]
    mandates, figures = mandates_running(session, ids), figures_of(session, ids)
    return {
        profile.id: Candidate(
            manager_id=profile.id,
            level=profile.level,
            field_codes=tuple(profile.field_codes),
            industry_codes=tuple(profile.industry_codes),
            languages=tuple(profile.languages),
            closed_deals=figures[profile.id].closed_deals,
            load=mandates.get(profile.id, 0) + figures[profile.id].running_deals,
        )
        for profile in profiles
    }


def proposals_for(
    session: Session, record: Listing | Need, *, today: date, most: int = PROPOSED
) -> list[Proposal]:
    """Give the managers that suit a record best, never those of its own organization."""
    profiles = list_candidates(
        session,
        today=today,
        field_codes=record.field_codes,
        industry_codes=record.industry_codes,
        but_organization=record.organization_id,
    )
    by_id = {profile.id: profile for profile in profiles}
    candidates = candidates_of(session, profiles).values()
    return [
        Proposal(by_id[fit.manager_id], fit)
        for fit in propose(wanted_of(record), candidates, most=most)
    ]


def bench_of(
    session: Session, profile: ManagerProfile, *, actor: Actor, most: int = BENCH
) -> list[Open]:
    """Give the open needs without a mandate that suit a manager best, the best first."""
    candidate = candidates_of(session, [profile])[profile.id]
    needs = list_unassigned_needs(
        session, but_organizations={profile.organization_id, *actor.organization_ids}
    )
    rows = [Open(need, fit_of(wanted_of(need), candidate)) for need in needs]
    return sorted(rows, key=lambda row: -row.fit.points)[:most]
