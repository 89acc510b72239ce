"""The deal itself and the stages it went through."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.listings.models import Listing
from marketplace.managers.models import ManagerProfile
from marketplace.needs.models import Need
from marketplace.organizations.models import Organization


class DealStage(LabelledEnum):
    """How far a deal has come; the steps between stand in ``rules.TRANSITIONS``."""

    INQUIRY = "inquiry", N_("First contact")
    CONFIDENTIALITY = "confidentiality", N_("Signing confidentiality")
    DUE_DILIGENCE = "due_diligence", N_("Due diligence")
    TERMS = "terms", N_("Negotiating terms")
    NOTICE = "notice", N_("Approval and notice")
    SIGNED = "signed", N_("Contract signed")
    PERFORMING = "performing", N_("In performance")
    CLOSED = "closed", N_("Deal closed")
    LAPSED = "lapsed", N_("Deal lapsed")


#: Stages after which nothing moves any more.
ENDED = (DealStage.CLOSED, DealStage.LAPSED)
RUNNING = tuple(stage for stage in DealStage if stage not in ENDED)


class DealRole(LabelledEnum):
    """Where somebody stands in a deal; ``SYSTEM`` is a fact that moves it without a person."""

    LICENSOR = "licensor", N_("Provider of the technology")
    LICENSEE = "licensee", N_("Taker of the technology")
    MANAGER = "manager", N_("Technology manager")
    SYSTEM = "system", N_("The platform")


class DealOrigin(LabelledEnum):
    """What a deal grew out of."""

    MATCH = "match", N_("A match")
    ANSWER = "answer", N_("An answer to a need")
    ENQUIRY = "enquiry", N_("An enquiry about a technology")


class LapseReason(LabelledEnum):
    """Why a deal came to nothing."""

    PRICE = "price", N_("No agreement on the price")
    TERMS = "terms", N_("No agreement on other terms")
    TOO_EARLY = "too_early", N_("The technology is not ready")
    NO_FIT = "no_fit", N_("It does not solve the problem")
    OTHER_SOLUTION = "other_solution", N_("Another solution was chosen")
    NO_BUDGET = "no_budget", N_("No budget any more")
    SILENT = "silent", N_("The other side fell silent")
    OBJECTION = "objection", N_("An objection in the public notice was upheld")
    TERMINATED = "terminated", N_("The contract was terminated")
    OTHER = "other", N_("Some other reason")


_LIVE = text("stage NOT IN ('closed', 'lapsed')")
_NOT_LAPSED = "stage <> 'lapsed'"
OPEN_ALREADY = N_("There is a deal about this already. Open it and go on from there.")


class Deal(Entity, Model):
    """Two parties, perhaps a manager, and how far they have come with one technology.

    ``value_minor`` is what the parties expect in fen until terms are agreed. While
    ``licensee_hidden`` holds, the other side reads neither the licensee's name nor its people.
    """

    __tablename__ = "deal"
    __table_args__ = (
        UniqueConstraint("number", name="one_deal_per_number"),
        CheckConstraint("licensor_id <> licensee_id", name="deal_between_two"),
        CheckConstraint(
            "listing_id IS NOT NULL OR need_id IS NOT NULL", name="deal_names_a_record"
        ),
        CheckConstraint(
            "num_nonnulls(match_id, answer_id, enquiry_id) = 1", name="deal_has_one_origin"
        ),
        CheckConstraint(
            "(stage = 'lapsed') = (lapse_reason IS NOT NULL)", name="lapsed_deal_has_a_reason"
        ),
        CheckConstraint(
            "lapse_reason <> 'other' OR lapse_note <> ''",
            name=means("other_lapse_has_a_text", N_("Say what the reason is."), field="lapse_note"),
        ),
        CheckConstraint(
            "(stage IN ('closed', 'lapsed')) = (ended_at IS NOT NULL)", name="ended_deal_is_dated"
        ),
        CheckConstraint("value_minor >= 0", name="deal_value_not_negative"),
        CheckConstraint(
            "manager_accepted_at IS NULL OR manager_id IS NOT NULL", name="accepting_manager_known"
        ),
        CheckConstraint(
            "(manager_id IS NULL) = (manager_person_id IS NULL)", name="deal_manager_is_a_person"
        ),
        Index(
            means("one_living_deal_per_pair", OPEN_ALREADY),
            "licensor_id",
            "licensee_id",
            "listing_id",
            "need_id",
            unique=True,
            postgresql_where=_LIVE,
            postgresql_nulls_not_distinct=True,
        ),
        Index(
            means("one_deal_per_match", OPEN_ALREADY),
            "match_id",
            unique=True,
            postgresql_where=text(f"match_id IS NOT NULL AND {_NOT_LAPSED}"),
        ),
        Index(
            means("one_deal_per_answer", OPEN_ALREADY),
            "answer_id",
            unique=True,
            postgresql_where=text(f"answer_id IS NOT NULL AND {_NOT_LAPSED}"),
        ),
        Index(
            means("one_deal_per_enquiry", OPEN_ALREADY),
            "enquiry_id",
            unique=True,
            postgresql_where=text(f"enquiry_id IS NOT NULL AND {_NOT_LAPSED}"),
        ),
        Index(None, "licensor_id", "stage", "stage_since"),
        Index(None, "licensee_id", "stage", "stage_since"),
        Index(None, "manager_person_id", "stage", "stage_since"),
        Index(None, "stage", "stage_since"),
        Index(None, "touched_at"),
        Index("deals_by_value", text("value_minor DESC NULLS LAST"), "id"),
        Index(None, "next_on", postgresql_where=_LIVE),
        Index(None, "listing_id", "licensee_id"),
        Index(None, "need_id", "licensor_id"),
    )

    title: Mapped[str] = mapped_column(String(200))
    licensor_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    licensee_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    opened_at: Mapped[datetime]
    stage_since: Mapped[datetime]
    #: The last moment at which somebody wrote, moved or added something.
    touched_at: Mapped[datetime]
    number: Mapped[int] = mapped_column(BigInteger, Identity(), init=False)
    title_en: Mapped[str] = mapped_column(String(300), default="")
    stage: Mapped[DealStage] = mapped_column(default=DealStage.INQUIRY)
    opened_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    origin: Mapped[DealOrigin] = mapped_column(default=DealOrigin.ENQUIRY)
    match_id: Mapped[UUID | None] = mapped_column(ForeignKey("match.id"), default=None)
    answer_id: Mapped[UUID | None] = mapped_column(ForeignKey("answer.id"), default=None)
    enquiry_id: Mapped[UUID | None] = mapped_column(ForeignKey("enquiry.id"), default=None)
    listing_id: Mapped[UUID | None] = mapped_column(ForeignKey("listing.id"), default=None)
    need_id: Mapped[UUID | None] = mapped_column(ForeignKey("need.id"), default=None)
    manager_id: Mapped[UUID | None] = mapped_column(ForeignKey("manager_profile.id"), default=None)
    #: The manager's person, copied so that "my deals" needs no join.
    manager_person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    #: Who invited the manager: an organization, or nobody when the manager opened the deal.
    manager_invited_by: Mapped[UUID | None] = mapped_column(
        ForeignKey("organization.id"), default=None
    )
    manager_accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    licensee_hidden: Mapped[bool] = mapped_column(default=False)
    value_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    next_step: Mapped[str] = mapped_column(String(300), default="")
    next_on: Mapped[date | None] = mapped_column(default=None)
    #: When both sides had signed the confidentiality agreement.
    confidential_at: Mapped[datetime | None] = mapped_column(default=None)
    lapse_reason: Mapped[LapseReason | None] = mapped_column(default=None)
    lapse_note: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    is_demo: Mapped[bool] = mapped_column(default=False)

    licensor: Mapped[Organization] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[licensor_id]
    )
    licensee: Mapped[Organization] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[licensee_id]
    )
    manager: Mapped[ManagerProfile | None] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[manager_id]
    )
    listing: Mapped[Listing | None] = relationship(init=False, lazy="raise", viewonly=True)
    need: Mapped[Need | None] = relationship(init=False, lazy="raise", viewonly=True)

    @property
    def reference(self) -> str:
        """The number as people write it."""
        return f"HQ-{self.number:06d}"

    @property
    def is_running(self) -> bool:
        """Whether steps are still possible."""
        return self.stage not in ENDED


class DealStageEntry(Entity, Model):
    """One stage that a deal came to: when, by which event, who, and what was filled in."""

    __tablename__ = "deal_stage_entry"
    __table_args__ = (
        UniqueConstraint("deal_id", "position", name="one_entry_per_position"),
        CheckConstraint("left_at >= entered_at", name="stage_left_after_it_was_entered"),
        # The funnel of all deals reads this index alone.
        Index(
            "deal_funnel",
            "deal_opened_at",
            postgresql_include=["stage", "is_first", "stayed_seconds"],
        ),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id", ondelete="CASCADE"))
    #: 1 is the opening.
    position: Mapped[int]
    stage: Mapped[DealStage]
    entered_at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(40))
    role: Mapped[DealRole]
    #: When the deal was opened, copied so that figures of a period need no join.
    deal_opened_at: Mapped[datetime]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    #: The exit fields of the event that led here, as they were filled in.
    values: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    #: False when the deal comes to this stage once more.
    is_first: Mapped[bool] = mapped_column(default=True)
    left_at: Mapped[datetime | None] = mapped_column(default=None)
    stayed_seconds: Mapped[int | None] = mapped_column(
        BigInteger,
        Computed("(extract(epoch FROM (left_at - entered_at)))::bigint", persisted=True),
        init=False,
    )
