"""Makes many deals with plausible histories, by plain inserts."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import insert, text

from marketplace.accounts.models import User
from marketplace.core.actor import Actor, MemberRole, PlatformRole
from marketplace.deals.models import (
    Deal,
    DealOrigin,
    DealRole,
    DealStage,
    DealStageEntry,
    LapseReason,
)
from marketplace.listings.models import Enquiry, EnquiryStatus, Listing, ListingStatus
from marketplace.managers.models import ManagerLevel, ManagerProfile, ManagerStatus
from marketplace.organizations.models import Organization, OrganizationKind, OrganizationStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

#: Organizations on each side; the first of each is the largest: it has a fiftieth of all deals.
SIDES, MANAGERS = 60, 60
LARGE_SHARE = 0.02
BATCH = 2000
YEARS_DAYS = 1095
PATH = tuple(stage for stage in DealStage if stage is not DealStage.LAPSED)
#: How often a deal stops at each stage of the path, the end of the funnel being narrow.
STOPS = (18, 12, 14, 14, 8, 8, 14, 12)
LAPSES = 0.3
WORDS = ("激光除锈", "铜回收", "碳捕集", "固态电解质", "硅光封装", "虾壳脱乙酰", "残余应力预测")


@dataclass(frozen=True)
class DealsMade:
    """Who looks at the made deals, and how many each has."""

    party: Actor
    manager: Actor
    administrator: Actor
    of_party: int
    of_manager: int


def make_deals(session: Session, count: int) -> DealsMade:
    """Insert deals over three years between made organizations; the caller commits."""
    chance = random.Random(20261125)  # noqa: S311 — the same records every time
    licensors = _organizations(session, 0, OrganizationKind.UNIVERSITY)
    licensees = _organizations(session, SIDES, OrganizationKind.ENTERPRISE)
    people = _people(session, MANAGERS + 2)
    managers = _managers(session, people[2:], licensors)
    listings = _Listings()
    counts = {"party": 0, "manager": 0}
    for begin in range(0, count, BATCH):
        size = min(BATCH, count - begin)
        rows = [
            _deal(chance, begin + number, (licensors, licensees, managers), people[0], listings)
            for number in range(size)
        ]
        for row in rows:
            counts["party"] += row["deal"]["licensor_id"] == licensors[0]
            counts["manager"] += row["deal"]["manager_id"] == managers[0][0]
        listings.write(session)
        session.execute(insert(Enquiry), [row["enquiry"] for row in rows])
        session.execute(insert(Deal), [row["deal"] for row in rows])
        session.execute(insert(DealStageEntry), [entry for row in rows for entry in row["entries"]])
    session.execute(text("SET LOCAL synchronous_commit = off"))
    return DealsMade(
        party=Actor(
            user_id=people[1], memberships={licensors[0]: frozenset({MemberRole.TTO_OFFICER})}
        ),
        manager=Actor(user_id=managers[0][1]),
        administrator=Actor(user_id=people[0], roles=frozenset({PlatformRole.ADMINISTRATOR})),
        of_party=counts["party"],
        of_manager=counts["manager"],
    )


def _organizations(session: Session, offset: int, kind: OrganizationKind) -> list[UUID]:
    now = datetime.now(UTC)
    rows = [
        {
            "id": uuid4(),
            "kind": kind,
            "name": f"测试单位 {offset + number}",
            "credit_code": f"91420100{offset + number:010d}",
            "status": OrganizationStatus.VERIFIED,
            "verified_at": now,
            "version": 1,
            **dict.fromkeys(
                (
                    "name_en", "website", "about", "about_en", "address", "return_reason",
                    "suspended_reason",
                ),
                "",
            ),
            "state_owned": False,
            "is_demo": False,
        }
        for number in range(SIDES)
    ]  # fmt: skip
    session.execute(insert(Organization), rows)
    return [row["id"] for row in rows]  # type: ignore[misc]


def _people(session: Session, count: int) -> list[UUID]:
    made = [
        User(email=f"bench{number}@example.com", name=f"Bench {number}", password_hash="-")  # noqa: S106 — opens nothing
        for number in range(count)
    ]
    session.add_all(made)
    session.flush()
    return [person.id for person in made]


def _managers(
    session: Session, people: Sequence[UUID], organizations: Sequence[UUID]
) -> list[tuple[UUID, UUID]]:
    now = datetime.now(UTC)
    made = [
        ManagerProfile(
            person_id=person,
            organization_id=organizations[-1],
            level=ManagerLevel.MIDDLE,
            name="经理",
            status=ManagerStatus.LICENSED,
            applied_at=now,
            licensed_at=now,
        )
        for person in people
    ]
    session.add_all(made)
    session.flush()
    return [(one.id, one.person_id) for one in made]


def _pick(chance: random.Random, among: Sequence[Any]) -> Any:  # noqa: ANN401 — one of the given
    return among[0] if chance.random() < LARGE_SHARE else chance.choice(among[1:])


class _Listings:
    """One listing after the other for each pair, since a pair has one living deal about each."""

    def __init__(self) -> None:
        self._of: dict[UUID, list[UUID]] = defaultdict(list)
        self._met: Counter[tuple[UUID, UUID]] = Counter()
        self._new: list[dict[str, Any]] = []

    def next(self, licensor: UUID, licensee: UUID, title: str) -> UUID:
        """Give the next listing about which these two have no deal yet."""
        number = self._met[licensor, licensee]
        self._met[licensor, licensee] += 1
        own = self._of[licensor]
        if number == len(own):
            row = Listing(
                organization_id=licensor,
                title=title,
                status=ListingStatus.PUBLISHED,
                published_at=datetime.now(UTC),
            )
            columns = Listing.__table__.columns.keys()
            kept = {name: getattr(row, name) for name in columns if name not in _BY_DATABASE}
            self._new.append(kept | {"version": 1})
            own.append(row.id)
        return own[number]

    def write(self, session: Session) -> None:
        """Insert what is new."""
        if self._new:
            session.execute(insert(Listing), self._new)
        self._new = []


#: Columns that the database fills.
_BY_DATABASE = frozenset({"version", "created_at", "updated_at"})


def _deal(
    chance: random.Random,
    number: int,
    sides: tuple[Sequence[UUID], Sequence[UUID], Sequence[tuple[UUID, UUID]]],
    person: UUID,
    listings: _Listings,
) -> dict[str, Any]:
    licensors, licensees, managers = sides
    licensor, licensee = _pick(chance, licensors), _pick(chance, licensees)
    manager, manager_person = _pick(chance, managers)
    opened = datetime.now(UTC) - timedelta(days=chance.random() * YEARS_DAYS)
    last = chance.choices(range(len(PATH)), STOPS)[0]
    lapsed = chance.random() < LAPSES and PATH[last] is not DealStage.CLOSED
    stages = [*PATH[: last + 1], *([DealStage.LAPSED] if lapsed else [])]
    moments = _moments(chance, opened, len(stages))
    title = f"{chance.choice(WORDS)} {number}"
    identity, enquiry = uuid4(), uuid4()
    listing = listings.next(licensor, licensee, title)
    ended = stages[-1] in (DealStage.CLOSED, DealStage.LAPSED)
    return {
        "enquiry": {
            "id": enquiry,
            "listing_id": listing,
            "owner_id": licensor,
            "sender_organization_id": licensee,
            "sender_id": person,
            "message": "…",
            "sent_at": opened,
            "due_on": opened.date(),
            "status": EnquiryStatus.ANSWERED,
            "replied_at": opened,
            "version": 1,
        },
        "deal": {
            "id": identity,
            "title": title,
            "stage": stages[-1],
            "licensor_id": licensor,
            "licensee_id": licensee,
            "listing_id": listing,
            "enquiry_id": enquiry,
            "origin": DealOrigin.ENQUIRY,
            "manager_id": manager,
            "manager_person_id": manager_person,
            "manager_accepted_at": opened,
            "opened_at": opened,
            "stage_since": moments[-1],
            "touched_at": moments[-1],
            "value_minor": chance.randrange(10**6, 10**9),
            "next_step": "取样",
            "next_on": None if ended else date(2026, 12, 1),
            "ended_at": moments[-1] if ended else None,
            "lapse_reason": LapseReason.PRICE if lapsed else None,
            "version": 1,
        },
        "entries": [
            {
                "id": uuid4(),
                "deal_id": identity,
                "position": position,
                "stage": stage,
                "entered_at": moments[position - 1],
                "left_at": moments[position] if position < len(moments) else None,
                "event": "made",
                "deal_opened_at": opened,
                "is_first": True,
                "role": DealRole.SYSTEM,
                "values": {},
                "version": 1,
            }
            for position, stage in enumerate(stages, start=1)
        ],
    }


def _moments(chance: random.Random, opened: datetime, count: int) -> list[datetime]:
    now = datetime.now(UTC)
    found = [opened]
    for _ in range(count - 1):
        found.append(min(now, found[-1] + timedelta(days=chance.expovariate(1 / 25))))
    return found
