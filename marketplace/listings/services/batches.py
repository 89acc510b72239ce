"""How a batch of judged records becomes rows: a handful of statements, whatever its size."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, func, insert, select, update

from marketplace.core.bulk import RowState
from marketplace.listings import rules
from marketplace.listings.content import (
    author_content,
    public_content,
    right_columns,
    scalar_columns,
)
from marketplace.listings.models import (
    IpRight,
    Listing,
    ListingRevision,
    ListingStatus,
    TrlEvidence,
)
from marketplace.listings.queries import load_listings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.errors import RuleBroken
    from marketplace.drafting.outline import Content
    from marketplace.listings.services.records import ListingRecord


@dataclass
class Plan:
    """A sound record on its way into the tables."""

    record: ListingRecord
    content: Content
    digest: str
    known: Known | None = None
    listing_id: UUID = field(default_factory=uuid4)
    state: RowState = RowState.NEW
    error: RuleBroken | None = None
    #: A known draft whose text is left as it is and which only goes to the reviewers.
    only_sent: bool = False


@dataclass(frozen=True)
class Known:
    """What the table knows of a record that came before."""

    id: UUID
    status: ListingStatus
    digest: str | None


def waits(plan: Plan, *, publish: bool) -> bool:
    """Whether the change has to wait beside a text that readers see."""
    return plan.known is not None and plan.known.status in rules.REVIEWED and not publish


def row_maker(
    organization_id: UUID, author: UUID | None, *, publish: bool, send: bool, now: datetime
) -> Callable[[Plan], dict[str, Any]]:
    """Give what turns a judged record into the values of its row."""
    state: dict[str, Any] = {"submitted_at": now} if send else {}
    if publish:
        state = {"published_at": now, "reviewed_by": author}

    def row(plan: Plan) -> dict[str, Any]:
        status = plan.known.status if plan.known else ListingStatus.DRAFT
        if publish:
            status = ListingStatus.PUBLISHED
        elif send:
            status = ListingStatus.UNDER_REVIEW
        return {
            **_NEUTRAL,
            **scalar_columns(plan.content),
            **state,
            "organization_id": organization_id,
            "status": status,
            "source_hash": plan.digest,
            "edited_by": author,
            "touched_at": now,
            "is_demo": plan.record.is_demo,
        }

    return row


#: Columns that an import sets to nothing when it makes a row.
_NEUTRAL: dict[str, Any] = {
    "pending": None,
    "pending_submitted_at": None,
    "submitted_at": None,
    "published_at": None,
    "reviewed_by": None,
    "return_reason": "",
    "expiry_asked_at": None,
    "withdrawn_reason": "",
}


def update_rows(
    session: Session,
    rows: Sequence[dict[str, Any]],
    plans: Sequence[Plan],
    *,
    publish: bool,
    send: bool,
    now: datetime,
) -> None:
    """Write the new texts over the old ones, counting versions."""
    table = Listing.__table__
    names = set(scalar_columns({})) | {"source_hash", "edited_by", "touched_at", "is_demo"}
    if send:
        names |= {"status", "submitted_at", "return_reason"}
    if publish:
        names |= {
            "status",
            "reviewed_by",
            "return_reason",
            "pending",
            "pending_submitted_at",
            "expiry_asked_at",
        }
    statement = (
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("row_id"))
        .values(
            version=table.c.version + 1,
            updated_at=func.now(),
            **{name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names},
            **({"published_at": func.coalesce(table.c.published_at, now)} if publish else {}),
        )
    )
    session.execute(
        statement,
        [
            {"row_id": plan.listing_id} | {f"new_{name}": row[name] for name in names}
            for plan, row in zip(plans, rows, strict=True)
        ],
    )


def let_wait(
    session: Session, plans: Sequence[Plan], *, author: UUID | None, send: bool, now: datetime
) -> None:
    """Put changes beside the texts that readers see; the owner sends them, if not at once."""
    table = Listing.__table__
    session.execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("row_id"))
        .values(
            version=table.c.version + 1,
            updated_at=func.now(),
            touched_at=now,
            edited_by=author,
            pending_submitted_at=now if send else None,
            pending=bindparam("new_pending", type_=table.c.pending.type),
            source_hash=bindparam("new_source_hash"),
        ),
        [
            {"row_id": plan.listing_id, "new_pending": plan.content, "new_source_hash": plan.digest}
            for plan in plans
        ],
    )


def spare_unfit(session: Session, plans: Sequence[Plan]) -> None:
    """Leave drafts alone whose own text, edited since it came in, could not be sent."""
    planned = {plan.listing_id: plan for plan in plans}
    for listing in load_listings(session, list(planned)) if planned else ():
        if rules.missing(author_content(listing), imported=True):
            plan = planned[listing.id]
            plan.state, plan.only_sent = RowState.UNCHANGED, False


def send_rows(session: Session, plans: Sequence[Plan], *, now: datetime) -> None:
    """Put known drafts before the reviewers as they stand."""
    table = Listing.__table__
    session.execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.id.in_([plan.listing_id for plan in plans]))
        .values(
            version=table.c.version + 1,
            updated_at=func.now(),
            status=ListingStatus.UNDER_REVIEW,
            submitted_at=now,
            touched_at=now,
        )
    )


def write_rows(session: Session, plans: Sequence[Plan]) -> None:
    """Write the rights and evidence of the batch: old rows out, new rows in."""
    old = [plan.listing_id for plan in plans if plan.known is not None]
    if old:
        for model in (IpRight, TrlEvidence):
            session.execute(delete(model).where(model.listing_id.in_(old)))
    rights = [
        {
            "id": uuid4(),
            "version": 1,
            "living": True,
            "listing_id": plan.listing_id,
            **right_columns(values, position),
        }
        for plan in plans
        for position, values in enumerate(plan.content["rights"])
    ]
    if rights:
        session.execute(insert(IpRight.__table__), rights)  # type: ignore[arg-type]
    evidence = [
        {
            "id": uuid4(),
            "version": 1,
            "listing_id": plan.listing_id,
            "level": values["level"],
            "statement": values["statement"],
            "attachment_id": None,
        }
        for plan in plans
        for values in plan.content["evidence"]
    ]
    if evidence:
        session.execute(insert(TrlEvidence.__table__), evidence)  # type: ignore[arg-type]


def forget_old(session: Session, ids: set[UUID]) -> None:
    """Let objects that the session already holds be read again: the statements passed them by."""
    if ids:
        for row in session.identity_map.values():
            if isinstance(row, Listing) and row.id in ids:
                session.expire(row)


def keep_old_texts(session: Session, plans: Sequence[Plan]) -> None:
    """Keep reviewed texts before they are written over."""
    ids = [
        plan.listing_id
        for plan in plans
        if plan.known is not None and plan.known.status in rules.REVIEWED
    ]
    if not ids:
        return
    counted = dict(
        session.execute(
            select(ListingRevision.listing_id, func.max(ListingRevision.number))
            .where(ListingRevision.listing_id.in_(ids))
            .group_by(ListingRevision.listing_id)
        ).all()
    )
    listings = load_listings(session, ids)
    session.execute(
        insert(ListingRevision.__table__),  # type: ignore[arg-type]
        [
            {
                "id": uuid4(),
                "version": 1,
                "listing_id": listing.id,
                "number": counted.get(listing.id, 0) + 1,
                "content": public_content(listing),
                "reviewed_at": listing.published_at,
                "reviewed_by": listing.reviewed_by,
                "edited_by": listing.edited_by,
            }
            for listing in listings
        ],
    )
