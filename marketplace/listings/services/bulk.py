"""Writes many listings of one organization with a handful of statements: what imports stand on."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

from sqlalchemy import insert, select, tuple_
from sqlalchemy import text as sql

from marketplace.core import audit, jobs
from marketplace.core.actor import require
from marketplace.core.bulk import BulkOutcome, RowOutcome, RowState
from marketplace.core.constraints import judged
from marketplace.core.errors import RuleBroken
from marketplace.core.messages import N_
from marketplace.listings import permissions
from marketplace.listings.models import IpRight, IpRightKind, Listing, ListingStatus
from marketplace.listings.services.batches import (
    Known,
    Plan,
    forget_old,
    keep_old_texts,
    let_wait,
    row_maker,
    send_rows,
    spare_unfit,
    update_rows,
    waits,
    write_rows,
)
from marketplace.listings.services.records import check_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.drafting.outline import Content
    from marketplace.listings.services.records import ListingRecord


def upsert_listings(
    session: Session,
    *,
    actor: Actor | None,
    organization_id: UUID,
    records: Sequence[ListingRecord],
    publish: bool,
    now: datetime,
    send: bool = False,
    dry_run: bool = False,
) -> BulkOutcome:
    """Make or change one organization's listings, known again by their external id.

    New records become drafts, or are published when ``publish`` is allowed to the actor (None is
    the command line). A record that is the same as when it last came in changes nothing, even if
    its listing was edited since. Without ``publish`` a change to a published listing waits for
    review. ``send`` puts what would become a draft or wait before the reviewers, and known drafts
    too; the organization has to be verified. With ``dry_run`` nothing is written, and the outcome
    tells what would become of it. Raises Denied; a record's own faults stand in its outcome.
    """
    require(permissions.may_import_for(actor, organization_id) or publish)
    require(not publish or permissions.may_publish_for(actor, organization_id))
    require(not send or permissions.may_send_for(actor, organization_id))
    send = send and not publish
    # Two batches of one organization wait for each other: both could meet the same new number.
    session.execute(
        sql("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"),
        {"key": f"listings:{organization_id}"},
    )
    planned = _planned(records)
    _meet_known(session, organization_id, planned, publish=publish, send=send)
    _refuse_taken_rights(session, planned)
    if not dry_run:
        _write(session, actor, organization_id, planned, publish=publish, send=send, now=now)
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


def _planned(records: Sequence[ListingRecord]) -> list[Plan]:
    """Judge each record by itself."""
    planned, seen = [], set()
    for record in records:
        plan = Plan(record, {}, "")
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


def _fail(plan: Plan, error: RuleBroken) -> None:
    plan.state, plan.error = RowState.FAILED, error


def _digest(content: Content, *, is_demo: bool) -> str:
    body = json.dumps([content, is_demo], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()


def _sound(planned: Iterable[Plan]) -> list[Plan]:
    return [plan for plan in planned if plan.state in (RowState.NEW, RowState.CHANGED)]


def _meet_known(
    session: Session, organization_id: UUID, planned: Sequence[Plan], *, publish: bool, send: bool
) -> None:
    """Find the listings that the records speak of, and leave the unchanged ones alone."""
    numbers = [plan.content["external_id"] for plan in _sound(planned)]
    rows = session.execute(
        select(Listing.external_id, Listing.id, Listing.status, Listing.source_hash)
        .where(Listing.organization_id == organization_id, Listing.external_id.in_(numbers))
        .with_for_update()
    )
    known = {
        number: Known(listing_id, status, digest) for number, listing_id, status, digest in rows
    }
    for plan in _sound(planned):
        plan.known = known.get(plan.content["external_id"])
        if plan.known is None:
            continue
        plan.listing_id = plan.known.id
        same = plan.known.digest == plan.digest
        if same and send and plan.known.status is ListingStatus.DRAFT:
            plan.state, plan.only_sent = RowState.CHANGED, True
        elif same and not (publish and plan.known.status in _UNPUBLISHED):
            plan.state = RowState.UNCHANGED
        elif plan.known.status is ListingStatus.WITHDRAWN:
            _fail(plan, RuleBroken(N_("This listing was withdrawn. Open it again first.")))
        else:
            plan.state = RowState.CHANGED
    spare_unfit(session, [plan for plan in planned if plan.only_sent])


_UNPUBLISHED = frozenset({ListingStatus.DRAFT, ListingStatus.RETURNED, ListingStatus.UNDER_REVIEW})


def _refuse_taken_rights(session: Session, planned: Sequence[Plan]) -> None:
    """A right stands in one living listing only: in the tables and within the batch."""
    wanted: dict[tuple[IpRightKind, str], Plan] = {}
    for plan in _sound(planned):
        if plan.only_sent:
            continue
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
    planned: Sequence[Plan],
    *,
    publish: bool,
    send: bool,
    now: datetime,
) -> None:
    todo = _sound(planned)
    if not todo:
        return
    only_sent = [plan for plan in todo if plan.only_sent]
    written = [plan for plan in todo if not plan.only_sent]
    waiting = [plan for plan in written if waits(plan, publish=publish)]
    direct = [plan for plan in written if not waits(plan, publish=publish)]
    made = [plan for plan in direct if plan.known is None]
    changed = [plan for plan in direct if plan.known is not None]
    with judged(session):
        if changed:
            keep_old_texts(session, changed)
        author = actor.user_id if actor else None
        row = row_maker(organization_id, author, publish=publish, send=send, now=now)
        if made:
            session.execute(
                insert(Listing.__table__),  # type: ignore[arg-type]
                [
                    row(plan) | {"id": plan.listing_id, "version": 1, "created_by": author}
                    for plan in made
                ],
            )
        if changed:
            rows = [row(plan) for plan in changed]
            update_rows(session, rows, changed, publish=publish, send=send, now=now)
        if waiting:
            let_wait(session, waiting, author=author, send=send, now=now)
        if only_sent:
            send_rows(session, only_sent, now=now)
        write_rows(session, direct)
    forget_old(session, {plan.listing_id for plan in [*changed, *waiting, *only_sent]})
    ids = [str(plan.listing_id) for plan in [*direct, *only_sent]]
    jobs.sync_rows(session, Listing.search_kind, ids)
    if publish:
        tell_together(session, "listings.published", ids)
    if send:
        sent = [str(plan.listing_id) for plan in waiting]
        tell_together(session, "listings.sent", [*ids, *sent])
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
        sent=len(todo) if send else 0,
        published=publish,
        digest=hashlib.sha256("".join(plan.digest for plan in todo).encode()).hexdigest(),
    )


def tell_together(session: Session, topic: str, ids: Sequence[str]) -> None:
    """Tell one fact of many listings, a batch of ids a job."""
    size = jobs.SYNC_BATCH
    groups = [list(ids[start : start + size]) for start in range(0, len(ids), size)]
    jobs.tell_many(session, topic, [{"ids": group} for group in groups])
