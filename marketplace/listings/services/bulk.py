"""Writes many listings of one organization with a handful of statements: what imports stand on."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, delete, func, insert, select, tuple_, update
from sqlalchemy import text as sql

from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.enums import LabelledEnum
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.listings import permissions, rules
from marketplace.listings.content import (
    TABLES,
    Content,
    filled,
    public_content,
    right_columns,
    scalar_columns,
)
from marketplace.listings.models import (
    IpRight,
    IpRightKind,
    Listing,
    ListingRevision,
    ListingStatus,
    TrlEvidence,
)
from marketplace.listings.queries import load_listings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


@dataclass(frozen=True, kw_only=True)
class RightRecord:
    """One right of a record, as plain values; the number may be written in any usual way."""

    kind: str
    number: str = ""
    title: str = ""
    applicant: str = ""
    filed_on: date | None = None
    granted_on: date | None = None
    expires_on: date | None = None
    legal_status: str | None = None
    renewal_due_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class ListingRecord:
    """One listing as it comes from outside; prices in minor units, codes from ``codes``."""

    external_id: str
    title: str
    kind: str = "result"
    language: str = "zh"
    title_en: str = ""
    summary: str = ""
    summary_en: str = ""
    plain_summary: str = ""
    plain_summary_en: str = ""
    problem: str = ""
    problem_en: str = ""
    gain: str = ""
    gain_en: str = ""
    #: Rows of {"name", "unit", "today", "ours"}.
    gains: tuple[Mapping[str, str], ...] = ()
    abstract: str = ""
    abstract_en: str = ""
    keywords: tuple[str, ...] = ()
    keywords_en: tuple[str, ...] = ()
    industry_codes: tuple[str, ...] = ()
    field_codes: tuple[str, ...] = ()
    trl: int | None = None
    #: Rows of {"level", "statement"}.
    evidence: tuple[Mapping[str, Any], ...] = ()
    next_step: str = ""
    next_step_en: str = ""
    #: Rows of {"name", "unit"}.
    inventors: tuple[Mapping[str, str], ...] = ()
    source_channel: str | None = "import"
    cooperation: tuple[str, ...] = ()
    terms: str = ""
    terms_en: str = ""
    #: {"fee", "payment", "until"} when an open license is among the forms of cooperation.
    open_license: Mapping[str, str] = field(default_factory=dict)
    price_mode: str = "negotiable"
    price_minor: int | None = None
    price_max_minor: int | None = None
    export_control: str = "unchecked"
    year: int | None = None
    rights: tuple[RightRecord, ...] = ()
    is_demo: bool = False


class RowState(LabelledEnum):
    """What became of one record."""

    NEW = "new", N_("New")
    CHANGED = "changed", N_("Changed")
    UNCHANGED = "unchanged", N_("Unchanged")
    FAILED = "failed", N_("Failed")


@dataclass(frozen=True)
class RowOutcome:
    """What became of one record; ``error`` says why it failed."""

    external_id: str
    state: RowState
    listing_id: UUID | None = None
    error: RuleBroken | None = None


@dataclass(frozen=True)
class BulkOutcome:
    """What became of a batch, record by record in the order given."""

    rows: tuple[RowOutcome, ...]

    def count(self, state: RowState) -> int:
        """How many records ended in this state."""
        return sum(row.state is state for row in self.rows)

    @property
    def new(self) -> int:
        """How many records made a listing."""
        return self.count(RowState.NEW)

    @property
    def changed(self) -> int:
        """How many records changed a listing."""
        return self.count(RowState.CHANGED)

    @property
    def unchanged(self) -> int:
        """How many records were known as they are."""
        return self.count(RowState.UNCHANGED)

    @property
    def failed(self) -> tuple[RowOutcome, ...]:
        """The records that were refused, with their errors."""
        return tuple(row for row in self.rows if row.state is RowState.FAILED)


@dataclass
class _Planned:
    """A sound record on its way into the tables."""

    record: ListingRecord
    content: Content
    digest: str
    known: _Known | None = None
    listing_id: UUID = field(default_factory=uuid4)
    state: RowState = RowState.NEW
    error: RuleBroken | None = None


@dataclass(frozen=True)
class _Known:
    id: UUID
    status: ListingStatus
    digest: str | None


def content_of(record: ListingRecord) -> Content:
    """Give a record's content; its values are not judged yet."""
    values = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in vars(record).items()
    }
    values["rights"] = [
        {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in asdict(right).items()
        }
        for right in record.rights
    ]
    values["evidence"] = [
        {
            "level": int(row["level"]),
            "statement": str(row.get("statement", "")),
            "attachment_id": None,
        }
        for row in record.evidence
    ]
    values["open_license"] = dict(record.open_license)
    return filled(values)


def check_record(record: ListingRecord) -> Content:
    """Give a record's sound content, or raise the RuleBroken that a form would show."""
    external_id = record.external_id.strip()
    if not external_id:
        raise RuleBroken(
            N_("Give each record a number of your own, so that it is known again."),
            field="external_id",
        )
    content = rules.sound(content_of(record))
    rules.require_publishable(content, imported=True)
    content["external_id"] = external_id
    return content


def upsert_listings(
    session: Session,
    *,
    actor: Actor | None,
    organization_id: UUID,
    records: Sequence[ListingRecord],
    publish: bool,
    now: datetime,
    dry_run: bool = False,
) -> BulkOutcome:
    """Make or change one organization's listings, known again by their external id.

    New records become drafts, or are published when ``publish`` is allowed to the actor (None is
    the command line). A record that is the same as when it last came in changes nothing, even if
    its listing was edited since. Without ``publish`` a change to a published listing waits for
    review. With ``dry_run`` nothing is written, and the outcome tells what would become of it.
    Raises Denied; a record's own faults stand in its outcome.
    """
    require(permissions.may_import_for(actor, organization_id) or publish)
    require(not publish or permissions.may_publish_for(actor, organization_id))
    # Two batches of one organization wait for each other: both could meet the same new number.
    session.execute(
        sql("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"listings:{organization_id}"},
    )
    planned = _planned(records)
    _meet_known(session, organization_id, planned, publish=publish)
    _refuse_taken_rights(session, planned)
    if not dry_run:
        _write(session, actor, organization_id, planned, publish=publish, now=now)
    return BulkOutcome(
        tuple(
            RowOutcome(
                plan.record.external_id,
                plan.state,
                None if plan.error or (dry_run and plan.known is None) else plan.listing_id,
                plan.error,
            )
            for plan in planned
        )
    )


def _planned(records: Sequence[ListingRecord]) -> list[_Planned]:
    """Judge each record by itself."""
    planned, seen = [], set()
    for record in records:
        plan = _Planned(record, {}, "")
        planned.append(plan)
        try:
            plan.content = check_record(record)
            external_id = plan.content["external_id"]
            if external_id in seen:
                raise RuleBroken(  # noqa: TRY301 — one place turns faults into outcomes
                    N_("The number “%(number)s” stands twice in what you import."),
                    field="external_id",
                    number=external_id,
                )
            seen.add(external_id)
            plan.digest = _digest(plan.content, is_demo=record.is_demo)
        except RuleBroken as error:
            _fail(plan, error)
    return planned


def _fail(plan: _Planned, error: RuleBroken) -> None:
    plan.state, plan.error = RowState.FAILED, error


def _digest(content: Content, *, is_demo: bool) -> str:
    body = json.dumps([content, is_demo], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def _sound(planned: Iterable[_Planned]) -> list[_Planned]:
    return [plan for plan in planned if plan.state in (RowState.NEW, RowState.CHANGED)]


def _meet_known(
    session: Session, organization_id: UUID, planned: Sequence[_Planned], *, publish: bool
) -> None:
    """Find the listings that the records speak of, and leave the unchanged ones alone."""
    numbers = [plan.content["external_id"] for plan in _sound(planned)]
    rows = session.execute(
        select(Listing.external_id, Listing.id, Listing.status, Listing.source_hash)
        .where(Listing.organization_id == organization_id, Listing.external_id.in_(numbers))
        .with_for_update()
    )
    known = {
        number: _Known(listing_id, status, digest) for number, listing_id, status, digest in rows
    }
    for plan in _sound(planned):
        plan.known = known.get(plan.content["external_id"])
        if plan.known is None:
            continue
        plan.listing_id = plan.known.id
        same = plan.known.digest == plan.digest
        if same and not (publish and plan.known.status in _UNPUBLISHED):
            plan.state = RowState.UNCHANGED
        elif plan.known.status is ListingStatus.WITHDRAWN:
            _fail(plan, RuleBroken(N_("This listing was withdrawn. Open it again first.")))
        else:
            plan.state = RowState.CHANGED


_UNPUBLISHED = frozenset({ListingStatus.DRAFT, ListingStatus.RETURNED, ListingStatus.UNDER_REVIEW})


def _refuse_taken_rights(session: Session, planned: Sequence[_Planned]) -> None:
    """A right stands in one living listing only: in the tables and within the batch."""
    wanted: dict[tuple[IpRightKind, str], _Planned] = {}
    for plan in _sound(planned):
        keys = [
            (IpRightKind(row["kind"]), row["number"])
            for row in plan.content["rights"]
            if row["number"]
        ]
        twice = next((key for key in keys if key in wanted), None)
        if twice is not None:
            _fail(plan, _taken(twice[1]))
            continue
        wanted.update(dict.fromkeys(keys, plan))
    if not wanted:
        return
    rows = session.execute(
        select(IpRight.kind, IpRight.number, IpRight.listing_id).where(
            IpRight.living, tuple_(IpRight.kind, IpRight.number).in_(list(wanted))
        )
    )
    for kind, number, listing_id in rows:
        plan = wanted[kind, number]
        if plan.listing_id != listing_id and plan.error is None:
            _fail(plan, _taken(number))


def _taken(number: str) -> RuleBroken:
    return RuleBroken(
        N_("Another listing already names the right “%(number)s”."), field="rights", number=number
    )


def _write(
    session: Session,
    actor: Actor | None,
    organization_id: UUID,
    planned: Sequence[_Planned],
    *,
    publish: bool,
    now: datetime,
) -> None:
    todo = _sound(planned)
    if not todo:
        return
    waiting = [plan for plan in todo if _waits(plan, publish=publish)]
    direct = [plan for plan in todo if not _waits(plan, publish=publish)]
    made = [plan for plan in direct if plan.known is None]
    changed = [plan for plan in direct if plan.known is not None]
    with judged(session):
        if changed:
            _keep_old_texts(session, changed)
        author = actor.user_id if actor else None
        row = _row_maker(organization_id, author, publish=publish, now=now)
        if made:
            session.execute(
                insert(Listing.__table__),  # type: ignore[arg-type]
                [
                    row(plan) | {"id": plan.listing_id, "version": 1, "created_by": author}
                    for plan in made
                ],
            )
        if changed:
            _update(session, [row(plan) for plan in changed], changed, publish=publish, now=now)
        if waiting:
            _let_wait(session, waiting, author=author, now=now)
        _write_rows(session, direct)
    _forget_old(session, {plan.listing_id for plan in [*changed, *waiting]})
    ids = [str(plan.listing_id) for plan in direct]
    jobs.sync_rows(session, Listing.search_kind, ids)
    if publish:
        jobs.tell_many(
            session,
            "listings.published",
            [
                {"ids": ids[start : start + jobs.SYNC_BATCH]}
                for start in range(0, len(ids), jobs.SYNC_BATCH)
            ],
        )
    audit.record(
        session,
        actor=actor,
        action="listings.imported",
        kind="organization",
        object_id=organization_id,
        now=now,
        new=len(made),
        changed=len(changed),
        waiting=len(waiting),
        published=publish,
        digest=hashlib.sha256("".join(plan.digest for plan in todo).encode()).hexdigest(),
    )


def _waits(plan: _Planned, *, publish: bool) -> bool:
    """Whether the change has to wait beside a text that readers see."""
    return plan.known is not None and plan.known.status in rules.REVIEWED and not publish


def _row_maker(
    organization_id: UUID, author: UUID | None, *, publish: bool, now: datetime
) -> Callable[[_Planned], dict[str, Any]]:
    state = {"published_at": now, "reviewed_by": author} if publish else {}

    def row(plan: _Planned) -> dict[str, Any]:
        status = (
            ListingStatus.PUBLISHED
            if publish
            else (plan.known.status if plan.known else ListingStatus.DRAFT)
        )
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


def _update(
    session: Session,
    rows: Sequence[dict[str, Any]],
    plans: Sequence[_Planned],
    *,
    publish: bool,
    now: datetime,
) -> None:
    table = Listing.__table__
    names = set(scalar_columns({})) | {"source_hash", "edited_by", "touched_at", "is_demo"}
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


def _let_wait(
    session: Session, plans: Sequence[_Planned], *, author: UUID | None, now: datetime
) -> None:
    """Put changes beside the texts that readers see; the owner sends them for review."""
    table = Listing.__table__
    session.execute(
        update(table)  # type: ignore[arg-type]
        .where(table.c.id == bindparam("row_id"))
        .values(
            version=table.c.version + 1,
            updated_at=func.now(),
            touched_at=now,
            edited_by=author,
            pending_submitted_at=None,
            pending=bindparam("new_pending", type_=table.c.pending.type),
            source_hash=bindparam("new_source_hash"),
        ),
        [
            {"row_id": plan.listing_id, "new_pending": plan.content, "new_source_hash": plan.digest}
            for plan in plans
        ],
    )


def _write_rows(session: Session, plans: Sequence[_Planned]) -> None:
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


def _forget_old(session: Session, ids: set[UUID]) -> None:
    """Let objects that the session already holds be read again: the statements passed them by."""
    if ids:
        for row in session.identity_map.values():
            if isinstance(row, Listing) and row.id in ids:
                session.expire(row)


def _keep_old_texts(session: Session, plans: Sequence[_Planned]) -> None:
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


__all__ = [
    "TABLES",
    "BulkOutcome",
    "ListingRecord",
    "RightRecord",
    "RowOutcome",
    "RowState",
    "check_record",
    "content_of",
    "upsert_listings",
]
