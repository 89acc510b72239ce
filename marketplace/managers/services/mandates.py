"""Mandates: drafted by one side, offered, signed by both, ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import Range

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.listings.queries import get_listing
from marketplace.managers import permissions, rules, texts
from marketplace.managers.models import (
    Mandate,
    MandateRecord,
    MandateStatus,
    RecordKind,
)
from marketplace.managers.permissions import Side
from marketplace.managers.queries import mandates as find
from marketplace.managers.queries.register import get_manager
from marketplace.managers.services.records import note_mandate, require_same_version
from marketplace.needs.clock import day_of
from marketplace.needs.permissions import may_see_name
from marketplace.needs.queries.needs import consents_of, get_need
from marketplace.papers import services as papers
from marketplace.papers.models import PaperKind
from marketplace.papers.rules import PartyInput, is_signed

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.managers.models import ManagerProfile
    from marketplace.managers.rules import MandateDraft
    from marketplace.papers.models import Paper, Signature

#: How papers name what they are about.
OBJECT_KIND = "mandate"


def require_active(profile: ManagerProfile, today: date) -> None:
    """Refuse new work to a manager whose license does not run today."""
    if not permissions.may_open_deals(profile, today):
        raise RuleBroken(
            N_("The license of this manager does not run today, so nothing new can begin.")
        )


def require_client_record(
    session: Session, actor: Actor, client_id: UUID, kind: RecordKind, object_id: UUID
) -> None:
    """Refuse a record that the client does not own; NotFound when the actor may not know whose.

    A manager who may not see the company behind a need learns nothing by trying.
    """
    if kind is RecordKind.LISTING:
        owner_id = get_listing(session, object_id, actor=actor).organization_id
    else:
        need = get_need(session, object_id, actor=actor)
        if not may_see_name(actor, need, consents_of(session, need.id)):
            raise NotFound
        owner_id = need.organization_id
    if owner_id != client_id:
        raise RuleBroken(
            N_("A mandate covers technologies and needs of the client only."), field="records"
        )


def draft_mandate(
    session: Session,
    *,
    actor: Actor,
    manager_id: UUID,
    client_organization_id: UUID,
    draft: MandateDraft,
    now: datetime,
) -> Mandate:
    """Start a mandate between a manager and an organization; either side may begin."""
    profile = get_manager(session, manager_id, actor=actor)
    require(permissions.may_draft_mandate(actor, client_organization_id, profile))
    require_active(profile, day_of(now))
    _require_other(client_organization_id, draft)
    rules.require_terms(draft, day_of(now))
    for kind, object_id in draft.records:
        require_client_record(session, actor, client_organization_id, kind, object_id)
    mandate = Mandate(
        manager_id=profile.id,
        client_organization_id=client_organization_id,
        starts_on=draft.starts_on,
        ends_on=draft.ends_on,
        tail_days=draft.tail_days,
        created_by=actor.user_id,
        from_manager=permissions.is_own(actor, profile),
        is_demo=profile.is_demo,
    )
    _write(mandate, draft)
    session.add(mandate)
    session.flush()
    _write_records(session, mandate, draft)
    note_mandate(session, actor=actor, mandate=mandate, action="mandate.drafted", now=now)
    return find.get_mandate(session, mandate.id, actor=actor)


def _require_other(client_id: UUID, draft: MandateDraft) -> None:
    if draft.other_organization_id == client_id:
        raise RuleBroken(N_("The client can't be the other side."), field="other_organization_id")


def _write(mandate: Mandate, draft: MandateDraft) -> None:
    mandate.starts_on, mandate.ends_on = draft.starts_on, draft.ends_on
    mandate.tail_days = draft.tail_days
    mandate.payer = draft.payer
    mandate.other_organization_id = draft.other_organization_id
    mandate.success_fee_bp = draft.success_fee_bp
    mandate.fixed_fee_minor = draft.fixed_fee_minor
    mandate.floor_minor, mandate.cap_minor = draft.floor_minor, draft.cap_minor
    mandate.costs_cap_minor = draft.costs_cap_minor
    mandate.exclusive = draft.exclusive
    mandate.note = draft.note


def _write_records(session: Session, mandate: Mandate, draft: MandateDraft) -> None:
    session.execute(delete(MandateRecord).where(MandateRecord.mandate_id == mandate.id))
    session.add_all(
        MandateRecord(
            mandate_id=mandate.id,
            object_kind=kind,
            object_id=object_id,
            during=Range(mandate.starts_on, mandate.ends_on, bounds="[]"),
            exclusive=mandate.exclusive,
        )
        for kind, object_id in dict.fromkeys(draft.records)
    )
    session.flush()
    session.expire(mandate, ["records"])


def _stepped(session: Session, actor: Actor, mandate_id: UUID, event: str) -> Mandate:
    """Load and lock a mandate for one of its sides, and take a step."""
    mandate = find.get_mandate(session, mandate_id, actor=actor, lock=True)
    mandate.status = rules.MANDATE_LIFECYCLE.next(mandate.status, event)
    return mandate


def edit_mandate(
    session: Session,
    *,
    actor: Actor,
    mandate_id: UUID,
    draft: MandateDraft,
    version: int,
    now: datetime,
) -> Mandate:
    """Write other terms into a draft; both sides may."""
    mandate = _stepped(session, actor, mandate_id, "edit")
    require_same_version(mandate, version)
    _require_other(mandate.client_organization_id, draft)
    rules.require_terms(draft, day_of(now))
    present = {(row.object_kind, row.object_id) for row in mandate.records}
    for kind, object_id in draft.records:
        if (kind, object_id) not in present:
            require_client_record(session, actor, mandate.client_organization_id, kind, object_id)
    _write(mandate, draft)
    mandate.from_manager = permissions.is_own(actor, mandate.manager)
    _write_records(session, mandate, draft)
    note_mandate(session, actor=actor, mandate=mandate, action="mandate.changed", now=now)
    return find.get_mandate(session, mandate.id, actor=actor)


def offer_mandate(
    session: Session, *, actor: Actor, mandate_id: UUID, version: int, now: datetime
) -> Mandate:
    """Draw the mandate up as a paper that both sides sign."""
    mandate = find.get_mandate(session, mandate_id, actor=actor, lock=True)
    require_same_version(mandate, version)
    require_active(mandate.manager, day_of(now))
    if mandate.ends_on < day_of(now):
        raise RuleBroken(N_("The last day lies in the past."), field="ends_on")
    if find.exclusive_rival(session, mandate):
        raise RuleBroken(
            N_("Another exclusive mandate covers this record in that time."), field="exclusive"
        )
    mandate.status = rules.MANDATE_LIFECYCLE.next(mandate.status, "offer")
    mandate.offered_at = now
    mandate.from_manager = permissions.is_own(actor, mandate.manager)
    papers.draw_up(
        session,
        actor=actor,
        kind=PaperKind.MANDATE,
        object_kind=OBJECT_KIND,
        object_id=mandate.id,
        content=texts.mandate_content(mandate, find.lines_of(session, mandate)),
        parties=(
            PartyInput(
                role=texts.CLIENT[0],
                role_en=texts.CLIENT[1],
                organization_id=mandate.client_organization_id,
            ),
            PartyInput(
                role=texts.MANAGER[0],
                role_en=texts.MANAGER[1],
                person_id=mandate.manager.person_id,
            ),
        ),
        now=now,
        is_demo=mandate.is_demo,
    )
    note_mandate(session, actor=actor, mandate=mandate, action="mandate.offered", now=now)
    return mandate


def revise_mandate(session: Session, *, actor: Actor, mandate_id: UUID, now: datetime) -> Mandate:
    """Take an offered text back to change it; a signature given to it counts no more."""
    mandate = _stepped(session, actor, mandate_id, "revise")
    mandate.offered_at = None
    note_mandate(session, actor=actor, mandate=mandate, action="mandate.revised", now=now)
    return mandate


def decline_mandate(
    session: Session, *, actor: Actor, mandate_id: UUID, reason: str, now: datetime
) -> Mandate:
    """Say no to a draft or an offer; the other side reads why."""
    rules.require_reason(reason)
    mandate = _stepped(session, actor, mandate_id, "decline")
    mandate.ended_at, mandate.reason = now, reason
    note_mandate(
        session, actor=actor, mandate=mandate, action="mandate.declined", now=now, reason=reason
    )
    return mandate


def end_mandate(
    session: Session, *, actor: Actor, mandate_id: UUID, reason: str, now: datetime
) -> Mandate:
    """End a signed mandate before its last day; the tail begins."""
    rules.require_reason(reason)
    mandate = _stepped(session, actor, mandate_id, "end")
    _ended(session, mandate, reason, now)
    note_mandate(
        session, actor=actor, mandate=mandate, action="mandate.ended", now=now, reason=reason
    )
    return mandate


def _ended(session: Session, mandate: Mandate, reason: str, now: datetime) -> None:
    mandate.ended_at, mandate.reason = now, reason
    session.execute(
        update(MandateRecord).where(MandateRecord.mandate_id == mandate.id).values(active=False)
    )


def end_over(session: Session, *, now: datetime) -> int:
    """End the mandates whose last day is over; give how many."""
    over = find.list_over(session, day_of(now))
    for mandate in over:
        mandate.status = rules.MANDATE_LIFECYCLE.next(mandate.status, "end")
        _ended(session, mandate, "", now)
        note_mandate(session, actor=None, mandate=mandate, action="mandate.ended", now=now)
    return len(over)


def signed(session: Session, paper: Paper, _signature: Signature, now: datetime) -> None:
    """Hear of a signature: with the last one the mandate is in force.

    The database refuses it when another exclusive mandate came into force meanwhile.
    """
    if not is_signed(paper):
        return
    mandate = find.load_mandate(session, paper.object_id, lock=True)
    if mandate is None:
        raise NotFound
    mandate.status = rules.MANDATE_LIFECYCLE.next(mandate.status, "sign")
    mandate.signed_at = now
    with judged(session):
        for record in mandate.records:
            record.active = True
    note_mandate(session, actor=None, mandate=mandate, action="mandate.signed", now=now)


def may_see_paper(session: Session, actor: Actor, object_id: UUID) -> bool:
    """Whether the actor reads the paper of a mandate: who speaks for one of its sides."""
    mandate = find.load_mandate(session, object_id)
    return mandate is not None and bool(permissions.sides_of(actor, mandate, mandate.manager))


def may_sign_paper(session: Session, actor: Actor, paper: Paper, party: object) -> bool:
    """Whether the mandate behind the paper waits for signatures.

    A text that was taken back can't be signed; the manager signs nothing but their own part.
    """
    mandate = find.load_mandate(session, paper.object_id)
    if mandate is None or mandate.status is not MandateStatus.OFFERED:
        return False
    return Side.MANAGER not in permissions.sides_of(actor, mandate, mandate.manager) or (
        getattr(party, "person_id", None) == actor.user_id
    )
