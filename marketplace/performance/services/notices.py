"""From a prepared split to the book: consent of everybody, public notice, objections, booking."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from marketplace.codes import rules as figures_of
from marketplace.core.actor import require
from marketplace.core.errors import Denied, NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.deals.exits import day_of
from marketplace.ledger.models import Account, TransactionKind
from marketplace.ledger.services import Line, post
from marketplace.payments.rules import shown
from marketplace.performance import settings
from marketplace.performance.models import (
    AwardObjection,
    Consent,
    IncomeSplit,
    SplitShare,
    SplitState,
)
from marketplace.performance.queries import figures, plans
from marketplace.performance.queries import splits as queries
from marketplace.performance.rules.statements import SPLIT
from marketplace.performance.services.notes import person_of, require_text
from marketplace.performance.services.splits import deal_of, hang, locked, note_split, reckon

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.files.store import Upload


def ask_consent(
    session: Session, *, actor: Actor, deal_id: UUID, split_id: UUID, now: datetime
) -> IncomeSplit:
    """Lay the split before everybody in it."""
    _, split = locked(session, deal_id, split_id, actor=actor)
    split.state = SPLIT.next(split.state, "ask")
    reckon(session, split)
    note_split(session, split, "split.asked", actor, now)
    return split


def take_back(
    session: Session, *, actor: Actor, deal_id: UUID, split_id: UUID, reason: str, now: datetime
) -> IncomeSplit:
    """Make a split a draft again, with the reason; every consent is asked for anew."""
    _, split = locked(session, deal_id, split_id, actor=actor)
    split.state = SPLIT.next(split.state, "take_back")
    text = require_text(reason, field="reason")
    split.notice_from = split.notice_to = None
    for share in queries.list_shares(session, split.id):
        share.consent, share.answered_at, share.reason = Consent.WAITING, None, ""
    session.flush()
    note_split(session, split, "split.taken_back", actor, now, reason=text)
    return split


def publish(
    session: Session, *, actor: Actor, deal_id: UUID, split_id: UUID, now: datetime
) -> IncomeSplit:
    """Publish the award notice once everybody has agreed."""
    _, split = locked(session, deal_id, split_id, actor=actor)
    after = SPLIT.next(split.state, "publish")
    for share in queries.list_shares(session, split.id):
        if share.consent is not Consent.AGREED:
            raise RuleBroken(N_("%(name)s has not agreed yet."), name=share.name)
    days = figures_of.number(session, settings.AWARD_NOTICE_DAYS)
    split.notice_from = day_of(now)
    split.notice_to = split.notice_from + timedelta(days=days)
    split.state = after
    session.flush()
    note_split(session, split, "split.published", actor, now)
    return split


def book(
    session: Session, *, actor: Actor, deal_id: UUID, split_id: UUID, now: datetime
) -> IncomeSplit:
    """Enter the split in the book after its notice, while no objection is open."""
    deal = deal_of(session, deal_id, actor=actor)
    plans.get_performance(session, deal.id, lock=True)
    split = queries.get_split(session, deal, split_id, lock=True)
    after = SPLIT.next(split.state, "book")
    if split.notice_to is None or day_of(now) <= split.notice_to:
        raise RuleBroken(
            N_("The award notice runs until the end of %(day)s."),
            day=split.notice_to.isoformat() if split.notice_to else "",
        )
    if any(one.settled_at is None for one in queries.list_objections(session, split.id)):
        raise RuleBroken(N_("An objection is open: settle it with reasons first."))
    left = figures.to_share(session, deal.id, besides=split.id)
    if split.gross_minor > left:
        raise RuleBroken(
            N_("Only %(amount)s of the deal's income is left to share out."), amount=shown(left)
        )
    outcome = reckon(session, split)
    owner = split.organization_id
    lines = [
        Line(Account.CONTRACT_INCOME, outcome.gross_minor, owner, split.currency),
        Line(Account.INCOME_COST, -outcome.cost_minor, owner, split.currency),
        Line(Account.COLLEGE_SHARE, -outcome.college_minor, owner, split.currency),
        Line(Account.UNIVERSITY_SHARE, -outcome.university_minor, owner, split.currency),
        *(
            Line(Account.AWARD_PAYABLE, -share.amount_minor, share.id, split.currency)
            for share in queries.list_shares(session, split.id)
        ),
    ]
    post(
        session,
        kind=TransactionKind.SPLIT,
        reference=f"split:{split.id}",
        lines=lines,
        about=(figures.SPLIT, split.id),
        memo=f"{deal.reference} {split.number}",
        now=now,
    )
    split.state, split.booked_at = after, now
    session.flush()
    finish_if_paid(session, split)
    note_split(session, split, "split.booked", actor, now)
    return split


def finish_if_paid(session: Session, split: IncomeSplit) -> None:
    """End a split whose people have been paid all of their shares."""
    shares = [one.id for one in queries.list_shares(session, split.id)]
    if split.state is SplitState.BOOKED and not any(figures.award_owed(session, shares).values()):
        split.state = SPLIT.next(split.state, "finish")
        session.flush()


def answer(
    session: Session,
    *,
    actor: Actor,
    share_id: UUID,
    agrees: bool,
    now: datetime,
    reason: str = "",
) -> SplitShare:
    """Agree to one's own share, or refuse it with a reason; NotFound for anybody else's."""
    share = queries.get_share(session, share_id, actor=actor, lock=True)
    split = session.get_one(IncomeSplit, share.split_id, with_for_update=True)
    if split.state is not SplitState.CONSENTING:
        raise RuleBroken(N_("Nothing is asked of you here now."))
    share.person_id = person_of(actor)
    share.consent = Consent.AGREED if agrees else Consent.REFUSED
    share.reason = "" if agrees else require_text(reason, field="reason")
    share.answered_at = now
    session.flush()
    note_split(session, split, "split.answered", actor, now, answer=share.consent.value)
    return share


def record_consent(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    split_id: UUID,
    share_id: UUID,
    upload: Upload | None,
    now: datetime,
) -> SplitShare:
    """Record the signed consent of somebody without an account; the paper is needed."""
    _, split = locked(session, deal_id, split_id, actor=actor)
    share = session.get(SplitShare, share_id, with_for_update=True)
    if share is None or share.split_id != split.id:
        raise NotFound
    if split.state is not SplitState.CONSENTING:
        raise RuleBroken(N_("Nothing is asked of you here now."))
    if share.person_id is not None:
        raise Denied
    if upload is None:
        raise RuleBroken(N_("Add the consent that this person signed."), field="file")
    hang(session, actor, split, upload, purpose="consent", now=now)
    share.consent, share.answered_at = Consent.AGREED, now
    session.flush()
    note_split(session, split, "split.consent_recorded", actor, now, share=share.id)
    return share


def object_to(
    session: Session, *, actor: Actor, split_id: UUID, text: str, now: datetime
) -> AwardObjection:
    """Object against a running award notice; it isn't booked until that is settled."""
    split = queries.get_notice(session, split_id)
    person = person_of(actor)
    is_over = split.notice_to is None or day_of(now) > split.notice_to
    if split.state is not SplitState.NOTICED or is_over:
        raise RuleBroken(N_("The notice is over: write to the institution instead."))
    row = AwardObjection(
        split_id=split.id,
        raised_by=person,
        raised_at=now,
        text=require_text(text, field="text"),
    )
    session.add(row)
    session.flush()
    note_split(session, split, "split.objected", actor, now)
    return row


def settle_objection(
    session: Session,
    *,
    actor: Actor,
    deal_id: UUID,
    split_id: UUID,
    objection_id: UUID,
    outcome: str,
    now: datetime,
) -> AwardObjection:
    """Settle an objection with reasons, as somebody of the office who didn't raise it."""
    _, split = locked(session, deal_id, split_id, actor=actor)
    row = session.get(AwardObjection, objection_id, with_for_update=True)
    if row is None or row.split_id != split.id:
        raise NotFound
    require(row.raised_by != actor.user_id)
    if row.settled_at is not None:
        raise RuleBroken(N_("This objection is settled already."))
    row.outcome = require_text(outcome, field="outcome")
    row.settled_at, row.settled_by = now, person_of(actor)
    session.flush()
    note_split(session, split, "split.objection_settled", actor, now)
    return row
