"""Demo mandates under which the demo manager brokers the demo deals, signed before they began."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from marketplace.demo.managers import CLIENT, MANAGER, actor_by, sign_mandate
from marketplace.managers import services
from marketplace.managers.models import FeePayer, RecordKind
from marketplace.managers.rules import MandateDraft
from marketplace.needs.clock import day_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.listings.models import Listing
    from marketplace.managers.models import ManagerProfile
    from marketplace.needs.models import Need

UNIVERSITY = "university@hanqiao.example"
YUAN = 100


@dataclass(frozen=True, kw_only=True)
class Sketch:
    """A mandate: who signs for the client, on which records, from and to which day around now."""

    client: str
    records: tuple[str, ...]
    from_days: int
    to_days: int
    share_bp: int
    fixed_yuan: int = 0
    floor_yuan: int = 0
    cap_yuan: int | None = None
    payer: FeePayer = FeePayer.CLIENT


SKETCHES = (
    Sketch(
        client=CLIENT, records=("N-003",), from_days=-165, to_days=200, share_bp=600,
        floor_yuan=8_000, cap_yuan=300_000,
    ),
    Sketch(
        client=UNIVERSITY, records=("D-009",), from_days=-345, to_days=19, share_bp=500,
        floor_yuan=6_000, payer=FeePayer.SHARED,
    ),
    Sketch(
        client=UNIVERSITY, records=("D-002", "D-004", "D-010"), from_days=-120, to_days=244,
        share_bp=300, floor_yuan=20_000, cap_yuan=100_000, payer=FeePayer.SHARED,
    ),
    Sketch(
        client=CLIENT, records=("N-002",), from_days=-50, to_days=314, share_bp=500,
        fixed_yuan=5_000, cap_yuan=200_000,
    ),
)  # fmt: skip


def load(
    session: Session,
    *,
    listings: Sequence[Listing],
    needs: Sequence[Need],
    profile: ManagerProfile,
    now: datetime,
) -> int:
    """Let both sides sign the mandates on their first days; give how many there are."""
    known: dict[str, Listing | Need] = {str(one.external_id): one for one in listings}
    known |= {str(one.external_id): one for one in needs}
    for sketch in SKETCHES:
        _sign(session, sketch, [known[number] for number in sketch.records], profile, now)
    session.flush()
    # What lies in the past is no news.
    session.execute(
        text("DELETE FROM procrastinate_jobs WHERE args ->> 'topic' LIKE ANY (:topics)"),
        {"topics": ["mandate.%", "paper.%"]},
    )
    return len(SKETCHES)


def _sign(
    session: Session,
    sketch: Sketch,
    records: Sequence[Listing | Need],
    profile: ManagerProfile,
    now: datetime,
) -> None:
    begun = now + timedelta(days=sketch.from_days)
    client, manager = (actor_by(session, email, now) for email in (sketch.client, MANAGER))
    mandate = services.draft_mandate(
        session,
        actor=client,
        manager_id=profile.id,
        client_organization_id=records[0].organization_id,
        draft=MandateDraft(
            records=tuple(
                (_kind(number), one.id) for number, one in zip(sketch.records, records, strict=True)
            ),
            starts_on=day_of(begun),
            ends_on=day_of(now + timedelta(days=sketch.to_days)),
            tail_days=180,
            payer=sketch.payer,
            success_fee_bp=sketch.share_bp,
            fixed_fee_minor=sketch.fixed_yuan * YUAN,
            floor_minor=sketch.floor_yuan * YUAN,
            cap_minor=None if sketch.cap_yuan is None else sketch.cap_yuan * YUAN,
        ),
        now=begun,
    )
    sign_mandate(session, mandate, (client, manager), begun)


def _kind(number: str) -> RecordKind:
    return RecordKind.NEED if number.startswith("N-") else RecordKind.LISTING
