"""Tells people of splits: who is in one, who prepares one, who was paid."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import select

from marketplace.accounts.models import Membership
from marketplace.core.actor import MemberRole
from marketplace.deals.models import Deal
from marketplace.performance import topics
from marketplace.performance.models import IncomeSplit, SplitShare
from marketplace.performance.telling import tell

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer, Work
    from marketplace.notifications.rules import Topic


def _split(work: Work, split_id: str) -> tuple[IncomeSplit, Deal] | None:
    split = work.session.get(IncomeSplit, UUID(split_id))
    deal = work.session.get(Deal, split.deal_id) if split else None
    return (split, deal) if split is not None and deal is not None else None


def _in_split(work: Work, split: IncomeSplit) -> list[UUID]:
    return [
        one
        for one in work.session.scalars(
            select(SplitShare.person_id).where(SplitShare.split_id == split.id)
        )
        if one is not None
    ]


def _office(work: Work, split: IncomeSplit) -> list[UUID]:
    return list(
        work.session.scalars(
            select(Membership.user_id).where(
                Membership.organization_id == split.organization_id,
                Membership.role.in_((MemberRole.OWNER, MemberRole.TTO_OFFICER)),
                Membership.ended_at.is_(None),
            )
        )
    )


def tell_asked(work: Work, *, id: str, by: str | None, **_rest: object) -> None:  # noqa: A002 — see above
    """Ask everybody in a split for consent."""
    found = _split(work, id)
    if found:
        split, deal = found
        tell(
            work,
            deal,
            _in_split(work, split),
            topics.CONSENT,
            key=f"{id}:{split.version}",
            endpoint="performance.mine",
            places={},
            by=by,
        )


def tell_published(work: Work, *, id: str, by: str | None, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell everybody in a split that its notice is public."""
    found = _split(work, id)
    if found and found[0].notice_to is not None:
        split, deal = found
        tell(
            work,
            deal,
            _in_split(work, split),
            topics.NOTICED,
            key=f"{id}:{split.version}",
            endpoint="performance.notice",
            places={"split_id": split.id},
            by=by,
            day=split.notice_to.isoformat() if split.notice_to else "",
        )


def tell_office(topic: Topic) -> Hearer:
    """Give a hearer that tells the institution's office."""

    def hear(work: Work, *, id: str, by: str | None, **_rest: object) -> None:  # noqa: A002 — see above
        found = _split(work, id)
        if found:
            split, deal = found
            tell(
                work,
                deal,
                _office(work, split),
                topic,
                key=f"{id}:{split.version}:{by}",
                endpoint="performance.splits",
                by=by,
            )

    return hear


def tell_awarded(work: Work, *, id: str, by: str | None, share: str, **_rest: object) -> None:  # noqa: A002 — see above
    """Tell a person of a payout."""
    found = _split(work, id)
    row = work.session.get(SplitShare, UUID(share))
    if found and row is not None and row.person_id is not None:
        tell(
            work,
            found[1],
            [row.person_id],
            topics.AWARDED,
            key=f"{share}:{work.now.isoformat()}",
            endpoint="performance.mine",
            places={},
            by=by,
        )
