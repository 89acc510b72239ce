"""What the register does by itself, what it hears, and whom it tells."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.core import jobs
from marketplace.core.actor import WRITERS
from marketplace.managers import topics
from marketplace.managers.models import (
    Claim,
    Introduction,
    ManagerProfile,
    ManagerRating,
)
from marketplace.managers.queries.mandates import load_mandate
from marketplace.managers.services import mandates, record, review
from marketplace.needs.clock import BEIJING
from marketplace.notifications.queries import members_of
from marketplace.notifications.rules import both
from marketplace.notifications.telling import path_of, tell_people
from marketplace.organizations.models import Organization

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer, Work


def watch(work: Work) -> None:
    """Warn of licenses that end, take the right to new deals, end mandates that are over."""
    review.watch_dates(work.session, now=work.now)
    mandates.end_over(work.session, now=work.now)


def follow_organization(work: Work, *, id: str, **_facts: object) -> None:  # noqa: A002 — the payload's key
    """Queue the managers of an organization whose name or standing changed."""
    ids = [str(one) for one in review.listed_of(work.session, UUID(id))]
    jobs.sync_rows(work.session, ManagerProfile.search_kind, ids)


def leave(work: Work, *, user_id: str, **_facts: object) -> None:
    """Hide the entry of a person who closed their account."""
    review.leave(work.session, person_id=UUID(user_id), now=work.now)


def notice_contract(
    work: Work,
    *,
    licensor_id: str,
    licensee_id: str,
    registered_on: str,
    listing_id: str | None = None,
    need_id: str | None = None,
    manager_id: str | None = None,
    value_minor: int | None = None,
    **_facts: object,
) -> None:
    """Look whether a contract that was registered went round a manager.

    Its day counts as a whole: an introduction of the same day came before.
    """
    day = datetime.fromisoformat(registered_on).date()
    record.notice_contract(
        work.session,
        licensor_id=UUID(licensor_id),
        licensee_id=UUID(licensee_id),
        listing_id=UUID(listing_id) if listing_id else None,
        need_id=UUID(need_id) if need_id else None,
        manager_id=UUID(manager_id) if manager_id else None,
        registered_at=datetime.combine(day, time.max.replace(microsecond=0), BEIJING),
        value_minor=value_minor,
        now=work.now,
    )


def tell_of_entry(fact: str, work: Work, *, id: str, **facts: str) -> None:  # noqa: A002 — see above
    """Tell a manager of a step of the own entry; a warning is told once for each of its days."""
    profile = work.session.get(ManagerProfile, UUID(id))
    if profile is None:
        return
    key = facts.get("days") or str(profile.version)
    tell_people(
        work,
        [profile.person_id],
        topics.ENTRY[fact],
        f"{profile.id}:{profile.expires_on}:{key}",
        {
            "reason": facts.get("reason", ""),
            "day": profile.expires_on.isoformat() if profile.expires_on else "",
        },
        path_of("managers.mine"),
    )


def _writers(work: Work, *organization_ids: UUID) -> list[UUID]:
    return members_of(work.session, organization_ids, now=work.now, roles=WRITERS)


def _named(name: str, name_en: str) -> dict[str, str]:
    return both(name, name_en)


def _organization(organization: Organization) -> dict[str, str]:
    return both(organization.name, organization.name_en)


def tell_of_mandate(fact: str, work: Work, *, id: str, by: str = "", **_rest: object) -> None:  # noqa: A002 — see above
    """Tell both sides of a mandate, but for the person who took the step."""
    mandate = load_mandate(work.session, UUID(id))
    if mandate is None:
        return
    people = {mandate.manager.person_id, *_writers(work, mandate.client_organization_id)}
    tell_people(
        work,
        sorted(one for one in people if str(one) != by),
        topics.MANDATES[fact],
        f"{mandate.id}:{mandate.version}",
        {
            "client": _organization(mandate.client),
            "manager": _named(mandate.manager.name, mandate.manager.name_en),
            "reason": mandate.reason,
        },
        path_of("mandates.show", mandate_id=mandate.id),
    )


def tell_of_introduction(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell both organizations that a manager brought them together."""
    introduction = work.session.get(Introduction, UUID(id))
    if introduction is None:
        return
    manager = work.session.get_one(ManagerProfile, introduction.manager_id)
    licensor = work.session.get_one(Organization, introduction.licensor_id)
    licensee = work.session.get_one(Organization, introduction.licensee_id)
    tell_people(
        work,
        _writers(work, licensor.id, licensee.id),
        topics.INTRODUCED,
        str(introduction.id),
        {
            "manager": _named(manager.name, manager.name_en),
            "licensor": _organization(licensor),
            "licensee": _organization(licensee),
        },
        path_of("managers.introduction", introduction_id=introduction.id),
    )


def tell_of_claim(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell a manager that a contract went round them."""
    claim = work.session.get(Claim, UUID(id))
    if claim is None:
        return
    manager = work.session.get_one(ManagerProfile, claim.manager_id)
    sides = {
        side: _named(claim.facts[side]["name"], claim.facts[side]["name_en"])
        for side in ("licensor", "licensee")
    }
    tell_people(
        work,
        [manager.person_id],
        topics.CLAIM_ARISEN,
        str(claim.id),
        sides,
        path_of("managers.claim", claim_id=claim.id),
    )


def tell_of_rating(work: Work, *, id: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell a manager of a new rating."""
    rating = work.session.get(ManagerRating, UUID(id))
    if rating is None:
        return
    manager = work.session.get_one(ManagerProfile, rating.manager_id)
    tell_people(
        work,
        [manager.person_id],
        topics.RATED,
        str(rating.id),
        {"stars": rating.stars},
        path_of("managers.show", manager_id=manager.id),
    )


_TELLS: dict[str, Hearer] = (
    {fact: partial(tell_of_entry, fact) for fact in topics.ENTRY}
    | {fact: partial(tell_of_mandate, fact) for fact in topics.MANDATES}
    | {
        "manager.introduced": tell_of_introduction,
        "manager.claim_arisen": tell_of_claim,
        "manager.rated": tell_of_rating,
    }
)

HEARERS: dict[str, Hearer] = {
    "managers.watch": watch,
    "managers.follow_organization": follow_organization,
    "managers.leave": leave,
    "managers.notice_contract": notice_contract,
    **{f"managers.tell:{fact}": hearer for fact, hearer in _TELLS.items()},
}
HEARS: dict[str, tuple[str, ...]] = {
    "organization.changed": ("managers.follow_organization",),
    "account.closed": ("managers.leave",),
    "contract.registered": ("managers.notice_contract",),
    **{fact: (f"managers.tell:{fact}",) for fact in _TELLS},
    # Told for those above; nobody hears them here.
    **dict.fromkeys(
        (
            "manager.applied",
            "manager.changed",
            "manager.credential_added",
            "manager.credential_withdrawn",
            "mandate.changed",
        ),
        (),
    ),
}
PERIODIC = {"managers.watch": "10 4 * * *"}
