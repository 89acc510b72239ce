"""Writes thousands of needs of one organization, a batch a call."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from sqlalchemy import bindparam, func, insert, select, update

from marketplace.codes.fields import FIELDS as DISCIPLINES
from marketplace.codes.industries import INDUSTRIES
from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.bulk import BulkOutcome, RowOutcome, RowState
from marketplace.core.cooperation import CooperationForm
from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.core.messages import N_
from marketplace.needs import content as contents
from marketplace.needs.models import SHOWN, Confidentiality, Need, NeedKind, NeedRevision
from marketplace.needs.models import NeedStatus as Status

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.needs.content import Criterion, NeedContent, Parameter

_FORMS = frozenset(member.value for member in CooperationForm)
_TITLE, _TITLE_EN, _NUMBER = 200, 300, 100


@dataclass(frozen=True, kw_only=True)
class NeedRecord:
    """One row of a file. None means that the file does not speak of the field."""

    external_id: str
    title: str
    kind: NeedKind | None = None
    language: str | None = None
    title_en: str | None = None
    problem: str | None = None
    problem_en: str | None = None
    situation: str | None = None
    parameters: tuple[Parameter, ...] | None = None
    constraints: str | None = None
    budget_min_minor: int | None = None
    budget_max_minor: int | None = None
    deadline_on: date | None = None
    confidentiality: Confidentiality | None = None
    cooperation: tuple[str, ...] | None = None
    criteria: tuple[Criterion, ...] | None = None
    acceptance: str | None = None
    ip_wishes: str | None = None
    keywords: tuple[str, ...] | None = None
    keywords_en: tuple[str, ...] | None = None
    industry_codes: tuple[str, ...] | None = None
    field_codes: tuple[str, ...] | None = None
    trl_min: int | None = None
    is_demo: bool = False


_CONTENT = tuple(
    field.name for field in fields(NeedRecord) if field.name not in ("external_id", "is_demo")
)
_TABLE: Any = Need.__table__


def fault_of(record: NeedRecord) -> RuleBroken | None:
    """Give what keeps a record from being written, or None; needs no database."""
    return _missing(record) or _too_long(record) or _out_of_range(record) or _unknown_value(record)


def _missing(record: NeedRecord) -> RuleBroken | None:
    if not record.external_id:
        return RuleBroken(N_("The row has no number of its own."), field="external_id")
    if not record.title:
        return RuleBroken(N_("Give the need a title."), field="title")
    return None


def _too_long(record: NeedRecord) -> RuleBroken | None:
    limits = {"external_id": _NUMBER, "title": _TITLE, "title_en": _TITLE_EN}
    for field, limit in limits.items():
        if len(getattr(record, field) or "") > limit:
            message = N_("The text has more than %(count)s characters.")
            return RuleBroken(message, field=field, count=limit)
    return None


def _out_of_range(record: NeedRecord) -> RuleBroken | None:
    low, high = record.budget_min_minor, record.budget_max_minor
    if record.trl_min is not None and not 1 <= record.trl_min <= 9:  # noqa: PLR2004 — the TRL scale
        return RuleBroken(N_("The level lies between 1 and 9."), field="trl_min")
    if min(low or 0, high or 0) < 0:
        return RuleBroken(N_("An amount can't be negative."), field="budget_min")
    if low is not None and high is not None and high < low:
        return RuleBroken(N_("The upper budget lies below the lower one."), field="budget_max")
    return None


def _unknown_value(record: NeedRecord) -> RuleBroken | None:
    for field, given, known in (
        ("language", (record.language,) if record.language else (), ("zh", "en")),
        ("cooperation", record.cooperation, _FORMS),
        ("industry_codes", record.industry_codes, INDUSTRIES),
        ("field_codes", record.field_codes, DISCIPLINES),
    ):
        for value in given or ():
            if value not in known:
                message = N_("“%(value)s” is not a known value.")
                return RuleBroken(message, field=field, value=value)
    return None


def _digest(record: NeedRecord) -> str:
    return hashlib.sha256(repr(record).encode()).hexdigest()


class _Batch:
    """The rows of one call on their way into the database."""

    def __init__(
        self, *, actor: Actor | None, organization_id: UUID, target: Status | None, now: datetime
    ) -> None:
        self.actor = actor
        self.person_id = actor.user_id if actor else None
        self.organization_id = organization_id
        self.target = target
        self.now = now
        self.inserts: list[dict[str, Any]] = []
        self.updates: list[dict[str, Any]] = []
        self.revisions: list[dict[str, Any]] = []
        self.to_sync: list[str] = []
        self.opened: list[str] = []

    @property
    def opens(self) -> bool:
        return self.target is Status.OPEN

    def add(self, record: NeedRecord) -> RowOutcome:
        """Take in a record that no row has the number of yet."""
        identity = uuid4()
        row = contents.columns_of(_merged(None, record))
        status = self.target or Status.DRAFT
        row |= {
            "id": identity,
            "version": 1,
            "organization_id": self.organization_id,
            "external_id": record.external_id,
            "status": status,
            "created_by": self.person_id,
            "touched_at": self.now,
            "is_demo": record.is_demo,
            "import_digest": _digest(record),
            "pending": None,
            **self._dates(status),
        }
        self.inserts.append(row)
        if self.opens:
            self._opened(identity, record=_merged(None, record), number=1)
        return RowOutcome(record.external_id, RowState.NEW, identity)

    def change(self, need: Need, record: NeedRecord, revisions: int) -> RowOutcome:
        """Take in a record whose row exists: in place before publication, else as a change."""
        before = contents.working_content(need)
        digest = _digest(record)
        # The same row of a file again says nothing new, even when people edited the need since.
        after = before if digest == need.import_digest else _merged(before, record)
        rises = need.status in (Status.DRAFT, Status.RETURNED) and self.target is not None
        rises = rises or (need.status is Status.UNDER_REVIEW and self.opens)
        waits = self.opens and need.status in SHOWN and need.pending is not None
        if after == before and not rises and not waits:
            return RowOutcome(record.external_id, RowState.UNCHANGED, need.id)
        if need.status in (Status.MET, Status.CLOSED_UNMET, Status.EXPIRED, Status.WITHDRAWN):
            message = N_("This need stands at “%(state)s”. Open it again before changing it.")
            error = StepNotAllowed(message, state=need.status)
            return RowOutcome(record.external_id, RowState.FAILED, need.id, error)
        if need.status in SHOWN and not self.opens:
            pending, shown, sent = contents.to_json(after), contents.content_of(need), self.now
        else:
            pending, shown, sent = None, after, None
        status = (self.target or need.status) if rises else need.status
        row = contents.columns_of(shown)
        row |= {
            "row_id": need.id,
            "row_version": need.version,
            "version": need.version + 1,
            "status": status,
            "pending": pending,
            "pending_submitted_at": sent,
            "import_digest": digest,
            "edited_by": self.person_id,
            "touched_at": self.now,
            "submitted_at": need.submitted_at,
            "published_at": need.published_at,
            **(self._dates(status) if rises else {}),
        }
        self.updates.append(row)
        if self.opens:
            self._opened(need.id, record=after, number=revisions + 1, first=rises)
        return RowOutcome(record.external_id, RowState.CHANGED, need.id)

    def _dates(self, status: Status) -> dict[str, Any]:
        sent = self.now if status in (Status.UNDER_REVIEW, Status.OPEN) else None
        return {"submitted_at": sent, "published_at": self.now if status is Status.OPEN else None}

    def _opened(
        self, identity: UUID, *, record: NeedContent, number: int, first: bool = True
    ) -> None:
        self.to_sync.append(str(identity))
        if first:
            self.opened.append(str(identity))
        self.revisions.append(
            {
                "id": uuid4(),
                "version": 1,
                "need_id": identity,
                "number": number,
                "content": contents.to_json(record),
                "reviewed_at": self.now,
                "reviewed_by": self.person_id,
            }
        )

    def write(self, session: Session) -> None:
        """Send everything with one statement per kind of row."""
        if self.inserts:
            session.execute(insert(_TABLE), self.inserts)
        if self.updates:
            names = [name for name in self.updates[0] if name not in ("row_id", "row_version")]
            statement = update(_TABLE).where(
                _TABLE.c.id == bindparam("row_id"), _TABLE.c.version == bindparam("row_version")
            )
            session.connection().execute(
                statement.values({name: bindparam(name) for name in names}), self.updates
            )
        if self.revisions:
            session.execute(insert(NeedRevision.__table__), self.revisions)  # type: ignore[arg-type]


def _merged(before: NeedContent | None, record: NeedRecord) -> NeedContent:
    """Put what the file says over what is there already."""
    said = {name: getattr(record, name) for name in _CONTENT}
    said = {name: value for name, value in said.items() if value is not None}
    if before is None:
        return contents.NeedContent(**said)
    kept = {name: getattr(before, name) for name in contents.FIELDS}
    return contents.NeedContent(**(kept | said))


def upsert_needs(
    session: Session,
    *,
    actor: Actor | None,
    organization_id: UUID,
    records: Sequence[NeedRecord],
    publish: bool,
    now: datetime,
    dry_run: bool = False,
) -> BulkOutcome:
    """Write a batch, known again by (organization, external id); the caller commits.

    ``publish`` shows the rows at once when the actor is the command line (None), or an
    administrator or reviewer who is no member of the organization; anybody else's rows are sent
    for review. A row that is the same as when it last came in changes nothing, even if its need
    was edited since; without ``publish`` a change to an open need waits for review. A number that
    stands twice in the batch counts once: its last row is written, the earlier ones end as
    unchanged.
    With ``dry_run`` nothing is written, and the outcome tells what would become of it. Raises
    Denied for people who may not write for the organization; a record's own faults stand in its
    outcome.
    """
    opener = actor is None or (
        (actor.is_administrator or actor.is_reviewer) and not actor.is_member(organization_id)
    )
    require(opener or (actor is not None and actor.may_write_for(organization_id)))
    # Two batches of one organization wait for each other: both could meet the same new number.
    key = func.hashtextextended(f"needs:{organization_id}", 0)
    session.execute(select(func.pg_advisory_xact_lock(key)))
    target = (Status.OPEN if opener else Status.UNDER_REVIEW) if publish else None
    batch = _Batch(actor=actor, organization_id=organization_id, target=target, now=now)
    faults = [fault_of(record) for record in records]
    last = {
        record.external_id: index for index, record in enumerate(records) if faults[index] is None
    }
    known = _existing(session, organization_id, list(last))
    revisions = _revision_numbers(session, [need.id for need in known.values()], wanted=batch.opens)
    written: dict[str, RowOutcome] = {}
    for number, index in last.items():
        need = known.get(number)
        written[number] = (
            batch.add(records[index])
            if need is None
            else batch.change(need, records[index], revisions.get(need.id, 0))
        )
    outcome = BulkOutcome(
        tuple(
            RowOutcome(record.external_id, RowState.FAILED, error=fault)
            if fault is not None
            else written[record.external_id]
            if last[record.external_id] == index
            else replace(written[record.external_id], state=RowState.UNCHANGED, error=None)
            for index, (record, fault) in enumerate(zip(records, faults, strict=True))
        )
    )
    if dry_run:
        real = {need.id for need in known.values()}
        return BulkOutcome(
            tuple(row if row.id in real else replace(row, id=None) for row in outcome.rows)
        )
    batch.write(session)
    for need in known.values():
        session.expire(need)
    _tell(session, batch, outcome)
    return outcome


def _existing(session: Session, organization_id: UUID, numbers: list[str]) -> dict[str, Need]:
    rows = session.scalars(
        select(Need)
        .where(Need.organization_id == organization_id, Need.external_id.in_(numbers))
        .order_by(Need.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {str(need.external_id): need for need in rows}


def _revision_numbers(session: Session, ids: list[UUID], *, wanted: bool) -> dict[UUID, int]:
    if not wanted or not ids:
        return {}
    rows = session.execute(
        select(NeedRevision.need_id, NeedRevision.number)
        .where(NeedRevision.need_id.in_(ids))
        .order_by(NeedRevision.number)
    )
    return {row.need_id: row.number for row in rows}


def _tell(session: Session, batch: _Batch, outcome: BulkOutcome) -> None:
    jobs.sync_rows(session, Need.search_kind, batch.to_sync)
    size = jobs.SYNC_BATCH
    groups = [batch.opened[i : i + size] for i in range(0, len(batch.opened), size)]
    jobs.tell_many(session, "needs.imported", [{"ids": group} for group in groups])
    changed = [row.id for row in outcome.rows if row.state in (RowState.NEW, RowState.CHANGED)]
    if changed:
        audit.record(
            session,
            actor=batch.actor,
            action="needs.imported",
            kind="organization",
            object_id=batch.organization_id,
            now=batch.now,
            new=outcome.new,
            changed=outcome.changed,
            published=len(batch.opened),
            ids=[str(identity) for identity in changed],
        )
