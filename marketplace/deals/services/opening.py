"""How deals begin: from a match, from an answer to a need, from an enquiry about a listing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.core.actor import require
from marketplace.core.constraints import judged
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.messages import N_
from marketplace.deals import exits
from marketplace.deals.models import Deal, DealOrigin, DealRole, DealStage, DealStageEntry
from marketplace.deals.services.introducing import introduce_parties
from marketplace.deals.services.records import note, person_of, tell
from marketplace.listings.models import Enquiry, EnquiryStatus, Listing
from marketplace.managers.models import ManagerProfile, Mandate, MandateStatus
from marketplace.managers.permissions import may_open_deals
from marketplace.matching.models import Match, MatchState, Stage
from marketplace.matching.permissions import living
from marketplace.matching.services import outcomes
from marketplace.needs.models import WAITING as ANSWER_WAITS
from marketplace.needs.models import Answer, AnswerStatus, Confidentiality, Need, NeedConsent

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor


@dataclass(frozen=True, kw_only=True)
class Opening:
    """What is said at the start: the next step and its day, and a first line to the others."""

    next_step: str
    next_on: date | None
    message: str = ""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a deal grows out of, as loaded; ``openers`` are the organizations that may open it."""

    kind: DealOrigin
    id: UUID
    licensor_id: UUID
    licensee_id: UUID
    openers: frozenset[UUID]
    listing: Listing | None
    need: Need | None

    @property
    def title(self) -> str:
        """The technology's name, or the need's where there is no listing."""
        record = self.listing or self.need
        return record.title if record else ""

    @property
    def title_en(self) -> str:
        """The same in English, empty where nobody wrote it."""
        record = self.listing or self.need
        return record.title_en if record else ""


def open_deal(
    session: Session,
    *,
    actor: Actor,
    origin: DealOrigin,
    origin_id: UUID,
    opening: Opening,
    now: datetime,
) -> Deal:
    """Open a deal for one of the two sides, or as a licensed manager between them.

    NotFound for who may not know of the origin, Denied for who may not open it, RuleBroken when
    there is a living deal about the same already.
    """
    found = find_origin(session, origin, origin_id, actor=actor, now=now)
    if found is None:
        raise NotFound
    manager = opening_manager(session, actor, found, now=now)
    require(may_open(session, found, actor=actor, now=now))
    if found.licensor_id == found.licensee_id:
        raise RuleBroken(N_("Both sides are the same organization."))
    kept = exits.require_opening(opening.next_step, opening.next_on, now=now)
    deal = Deal(
        title=found.title,
        title_en=found.title_en,
        licensor_id=found.licensor_id,
        licensee_id=found.licensee_id,
        opened_at=now,
        stage_since=now,
        touched_at=now,
        opened_by=person_of(actor),
        origin=found.kind,
        listing_id=found.listing.id if found.listing else None,
        need_id=found.need.id if found.need else None,
        manager_id=manager.id if manager else None,
        manager_person_id=manager.person_id if manager else None,
        manager_accepted_at=now if manager else None,
        licensee_hidden=_is_hidden(session, found, actor),
        next_step=kept.next_step,
        next_on=kept.next_on,
        match_id=found.id if found.kind is DealOrigin.MATCH else None,
        answer_id=found.id if found.kind is DealOrigin.ANSWER else None,
        enquiry_id=found.id if found.kind is DealOrigin.ENQUIRY else None,
    )
    role = _opening_role(actor, found, manager)
    with judged(session):
        session.add(deal)
        session.flush()
        session.add(
            DealStageEntry(
                deal_id=deal.id,
                position=1,
                stage=DealStage.INQUIRY,
                entered_at=now,
                event="open",
                role=role,
                deal_opened_at=now,
                by=actor.user_id,
                values=kept.as_json(),
            )
        )
    _follow(session, deal, found, now)
    introduce_parties(session, deal, now=now)
    note(session, actor=actor, deal=deal, action="deal.opened", now=now, origin=found.kind)
    tell(session, "deal.opened", deal, actor=actor)
    return deal


def _opening_role(actor: Actor, found: Origin, manager: ManagerProfile | None) -> DealRole:
    if manager is not None:
        return DealRole.MANAGER
    return DealRole.LICENSOR if actor.is_member(found.licensor_id) else DealRole.LICENSEE


def _follow(session: Session, deal: Deal, found: Origin, now: datetime) -> None:
    """Tell matching that the pair is in contact, so that its figures count it."""
    if deal.listing_id and deal.need_id:
        outcomes.reach(
            session,
            Stage.CONTACTED,
            Match.need_id == deal.need_id,
            Match.listing_id == deal.listing_id,
            now=now,
        )
    elif found.kind is DealOrigin.ENQUIRY and deal.listing_id:
        outcomes.enquired(
            session,
            listing_id=deal.listing_id,
            organization_id=deal.licensee_id,
            stage=Stage.CONTACTED,
            now=now,
        )


def _is_hidden(session: Session, found: Origin, actor: Actor) -> bool:
    """Whether the licensee's name stays hidden: its need says so and nobody agreed otherwise."""
    if found.need is None or found.need.confidentiality is not Confidentiality.ON_CONSENT:
        return False
    if actor.may_write_for(found.licensee_id):
        return False
    consent = session.scalar(
        select(NeedConsent.id).where(
            NeedConsent.need_id == found.need.id,
            NeedConsent.organization_id == found.licensor_id,
        )
    )
    return consent is None


def opening_manager(
    session: Session, actor: Actor, found: Origin, *, now: datetime
) -> ManagerProfile | None:
    """Give the actor's entry when they open as a manager: licensed, and of neither side.

    Matches are open to every licensed manager; an answer or enquiry was written by one side to
    the other, so there the manager needs a signed mandate of one of them.
    """
    today = exits.day_of(now)
    if actor.user_id is None or {found.licensor_id, found.licensee_id} & actor.organization_ids:
        return None
    manager = session.scalar(
        select(ManagerProfile).where(ManagerProfile.person_id == actor.user_id)
    )
    if manager is None or not may_open_deals(manager, today):
        return None
    if manager.organization_id in (found.licensor_id, found.licensee_id):
        return None
    if found.kind is DealOrigin.MATCH or _has_mandate(session, manager, found, today):
        return manager
    return None


def may_open(session: Session, found: Origin, *, actor: Actor, now: datetime) -> bool:
    """Whether the actor may open a deal from it: for a side that may, or as a manager."""
    if any(actor.may_write_for(one) for one in found.openers):
        return True
    return opening_manager(session, actor, found, now=now) is not None


def _has_mandate(session: Session, manager: ManagerProfile, found: Origin, today: date) -> bool:
    mandate = session.scalar(
        select(Mandate.id)
        .where(
            Mandate.manager_id == manager.id,
            Mandate.status == MandateStatus.SIGNED,
            Mandate.starts_on <= today,
            Mandate.ends_on >= today,
            Mandate.client_organization_id.in_((found.licensor_id, found.licensee_id)),
        )
        .limit(1)
    )
    return mandate is not None


def find_origin(
    session: Session, kind: DealOrigin, origin_id: UUID, *, actor: Actor, now: datetime
) -> Origin | None:
    """Load what a deal would grow out of; None unless the actor may know of it.

    Members of the two sides may; so may a licensed manager under ``opening_manager``'s bounds.
    """
    found = _LOADERS[kind](session, origin_id)
    if found is None:
        return None
    if {found.licensor_id, found.licensee_id} & actor.organization_ids:
        return found
    return found if opening_manager(session, actor, found, now=now) else None


def _from_match(session: Session, match_id: UUID) -> Origin | None:
    match = session.scalar(
        select(Match)
        .join(Need, Need.id == Match.need_id)
        .join(Listing, Listing.id == Match.listing_id)
        .where(Match.id == match_id, Match.state == MatchState.CURRENT, living())
        .options(joinedload(Match.need), joinedload(Match.listing))
    )
    if match is None:
        return None
    sides = frozenset({match.listing.organization_id, match.need.organization_id})
    return Origin(
        kind=DealOrigin.MATCH,
        id=match.id,
        licensor_id=match.listing.organization_id,
        licensee_id=match.need.organization_id,
        openers=sides,
        listing=match.listing,
        need=match.need,
    )


def _from_answer(session: Session, answer_id: UUID) -> Origin | None:
    answer = session.scalar(
        select(Answer).where(Answer.id == answer_id).options(joinedload(Answer.need))
    )
    if answer is None:
        return None
    if answer.status is not AnswerStatus.CHOSEN and answer.status not in ANSWER_WAITS:
        return None
    # Before the owner has chosen, only the owner turns an answer into a deal.
    openers = {answer.need.organization_id}
    if answer.status is AnswerStatus.CHOSEN:
        openers.add(answer.organization_id)
    return Origin(
        kind=DealOrigin.ANSWER,
        id=answer.id,
        licensor_id=answer.organization_id,
        licensee_id=answer.need.organization_id,
        openers=frozenset(openers),
        listing=session.get(Listing, answer.listing_id) if answer.listing_id else None,
        need=answer.need,
    )


def _from_enquiry(session: Session, enquiry_id: UUID) -> Origin | None:
    enquiry = session.scalar(
        select(Enquiry).where(Enquiry.id == enquiry_id).options(joinedload(Enquiry.listing))
    )
    if enquiry is None or enquiry.status is EnquiryStatus.DECLINED:
        return None
    openers = {enquiry.owner_id}
    if enquiry.status is EnquiryStatus.ANSWERED:
        openers.add(enquiry.sender_organization_id)
    return Origin(
        kind=DealOrigin.ENQUIRY,
        id=enquiry.id,
        licensor_id=enquiry.owner_id,
        licensee_id=enquiry.sender_organization_id,
        openers=frozenset(openers),
        listing=enquiry.listing,
        need=None,
    )


_LOADERS: dict[DealOrigin, Callable[[Session, UUID], Origin | None]] = {
    DealOrigin.MATCH: _from_match,
    DealOrigin.ANSWER: _from_answer,
    DealOrigin.ENQUIRY: _from_enquiry,
}


def note_success(
    session: Session,
    deal: Deal,
    actor: Actor | None,  # noqa: ARG001 — the signature of every effect
    now: datetime,
) -> None:
    """Tell matching that the pair met: a contract is the outcome that counts."""
    if deal.listing_id and deal.need_id:
        outcomes.reach(
            session,
            Stage.MET,
            Match.need_id == deal.need_id,
            Match.listing_id == deal.listing_id,
            now=now,
        )


def find_deal_of(session: Session, kind: DealOrigin, origin_id: UUID) -> Deal | None:
    """Give the deal that grew out of an origin and has not lapsed; the caller judges who looks."""
    column = {
        DealOrigin.MATCH: Deal.match_id,
        DealOrigin.ANSWER: Deal.answer_id,
        DealOrigin.ENQUIRY: Deal.enquiry_id,
    }[kind]
    return session.scalar(
        select(Deal).where(column == origin_id, Deal.stage != DealStage.LAPSED).limit(1)
    )
