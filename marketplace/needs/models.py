"""Needs and the answers they get."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
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
from marketplace.drafting.models import ReviewedText, Revision
from marketplace.organizations.models import Organization


class NeedKind(LabelledEnum):
    """What is looked for."""

    TECHNOLOGY = "technology", N_("Technology need")
    TALENT = "talent", N_("Talent need")
    FINANCE = "finance", N_("Finance need")


class NeedStatus(LabelledEnum):
    """How far a need has come; the steps between stand in ``rules.LIFECYCLE``."""

    DRAFT = "draft", N_("Draft")
    UNDER_REVIEW = "under_review", N_("Under review")
    RETURNED = "returned", N_("Returned with reasons")
    OPEN = "open", N_("Open")
    IN_TALKS = "in_talks", N_("In talks")
    MET = "met", N_("Met")
    CLOSED_UNMET = "closed_unmet", N_("Closed unmet")
    EXPIRED = "expired", N_("Expired")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


#: States in which a need is shown to readers and matched.
SHOWN = (NeedStatus.OPEN, NeedStatus.IN_TALKS)


class Confidentiality(LabelledEnum):
    """Who may see the company's name beside its need."""

    NAMED = "named", N_("Everyone sees our name")
    VERIFIED = "verified", N_("Verified organizations see our name")
    ON_CONSENT = "on_consent", N_("Nobody sees our name before we agree")


class Need(ReviewedText, Model):
    """A technical, talent or finance need of an organization.

    Figures stand in ``parameters``: rows of {"name", "unit", "now", "wanted"}. ``language`` names
    the language of the texts; the ``_en`` twins are English.
    """

    __tablename__ = "need"
    __table_args__ = (
        CheckConstraint("trl_min BETWEEN 1 AND 9", name="wanted_trl_on_scale"),
        CheckConstraint(
            "status NOT IN ('open', 'in_talks') OR published_at IS NOT NULL", name="open_is_dated"
        ),
        CheckConstraint(
            "status <> 'returned' OR return_reason <> ''", name="returned_need_has_a_reason"
        ),
        CheckConstraint(
            "status <> 'closed_unmet' OR close_reason <> ''", name="unmet_need_has_a_reason"
        ),
        CheckConstraint(
            "status NOT IN ('met', 'closed_unmet') OR closed_at IS NOT NULL",
            name="closed_need_is_dated",
        ),
        CheckConstraint("language IN ('zh', 'en')", name="need_language_is_known"),
        CheckConstraint(
            "pending_submitted_at IS NULL OR pending IS NOT NULL", name="sent_changes_exist"
        ),
        CheckConstraint(
            "budget_max_minor >= budget_min_minor",
            name=means(
                "budget_in_order",
                N_("The upper budget lies below the lower one."),
                field="budget_max",
            ),
        ),
        UniqueConstraint(
            "organization_id",
            "external_id",
            name=means(
                "need_external_id_taken",
                N_("Your organization already has a need with this number of its own."),
                field="external_id",
            ),
        ),
        Index(None, "status", "published_at"),
        Index(None, "organization_id", "status"),
        Index(
            "ix_need_changes_sent",
            "pending_submitted_at",
            postgresql_where=text("pending_submitted_at IS NOT NULL"),
        ),
    )
    search_kind = "need"

    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[NeedKind] = mapped_column(default=NeedKind.TECHNOLOGY)
    status: Mapped[NeedStatus] = mapped_column(default=NeedStatus.DRAFT)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    external_id: Mapped[str | None] = mapped_column(String(100), default=None)
    title_en: Mapped[str] = mapped_column(String(300), default="")
    #: The problem in plain words.
    problem: Mapped[str] = mapped_column(default="")
    problem_en: Mapped[str] = mapped_column(default="")
    situation: Mapped[str] = mapped_column(default="")
    parameters: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    constraints: Mapped[str] = mapped_column(default="")
    budget_min_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    budget_max_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    deadline_on: Mapped[date | None] = mapped_column(default=None)
    confidentiality: Mapped[Confidentiality] = mapped_column(default=Confidentiality.VERIFIED)
    cooperation: Mapped[list[str]] = mapped_column(default_factory=list)
    #: Rows of {"name", "weight"}: what answers are scored by.
    criteria: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    acceptance: Mapped[str] = mapped_column(default="")
    ip_wishes: Mapped[str] = mapped_column(default="")
    keywords: Mapped[list[str]] = mapped_column(default_factory=list)
    keywords_en: Mapped[list[str]] = mapped_column(default_factory=list)
    industry_codes: Mapped[list[str]] = mapped_column(default_factory=list)
    field_codes: Mapped[list[str]] = mapped_column(default_factory=list)
    trl_min: Mapped[int | None] = mapped_column(default=None)
    close_reason: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    expiry_asked_at: Mapped[datetime | None] = mapped_column(default=None)
    #: Hash of the record as a file last brought it, so that the same file changes nothing.
    import_digest: Mapped[str | None] = mapped_column(String(64), default=None, repr=False)

    organization: Mapped[Organization] = relationship(init=False, lazy="raise", viewonly=True)


class NeedRevision(Revision, Model):
    """A text as a reviewer passed it; the next review shows what changed since."""

    __tablename__ = "need_revision"
    __table_args__ = (UniqueConstraint("need_id", "number", name="one_need_revision_per_number"),)

    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))


class NeedConsent(Entity, Model):
    """The owner agreed that one organization may see the company's name beside a need."""

    __tablename__ = "need_consent"
    __table_args__ = (
        UniqueConstraint("need_id", "organization_id", name="one_consent_per_organization"),
    )

    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    granted_at: Mapped[datetime]
    granted_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))


class NeedQuestion(Entity, Model):
    """A question put before answering; question and reply are public, the asker's name is not."""

    __tablename__ = "need_question"
    __table_args__ = (
        CheckConstraint("body <> ''", name="need_question_says_something"),
        CheckConstraint("(reply = '') = (replied_at IS NULL)", name="need_reply_is_dated"),
        Index(None, "need_id"),
    )

    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    asked_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    body: Mapped[str]
    reply: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[datetime | None] = mapped_column(default=None)
    replied_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)


class AnswerStatus(LabelledEnum):
    """How far an answer has come; the steps between stand in ``rules.ANSWER_LIFECYCLE``."""

    SENT = "sent", N_("Waits for a reaction")
    SHORTLISTED = "shortlisted", N_("Shortlisted")
    ASKED = "asked", N_("Question asked")
    REPLIED = "replied", N_("Question answered")
    CHOSEN = "chosen", N_("Chosen")
    DECLINED = "declined", N_("Declined")
    WITHDRAWN = "withdrawn", N_("Withdrawn")
    NEED_CLOSED = "need_closed", N_("Need closed")


#: States in which an answer still waits for its outcome.
WAITING = (
    AnswerStatus.SENT,
    AnswerStatus.SHORTLISTED,
    AnswerStatus.ASKED,
    AnswerStatus.REPLIED,
)


class DeclineReason(LabelledEnum):
    """Why an answer was declined; the answering side always learns it."""

    TOO_EARLY = "too_early", N_("Too early for us")
    GAIN_UNCLEAR = "gain_unclear", N_("The gain over today's solution is unclear")
    ROUTE_UNCLEAR = "route_unclear", N_("The commercial route is unclear")
    VAGUE = "vague", N_("The description is too vague")
    SCIENTIFIC_DOUBT = "scientific_doubt", N_("We doubt the science")
    COST = "cost", N_("It costs too much")
    TIMING = "timing", N_("The timing does not fit")
    OTHER = "other", N_("Another reason")


class Answer(Entity, Model):
    """What an organization offers for a need.

    ``listing_id`` names a listing of the answering organization; listings are a sibling domain,
    so the column is plain and ``offers`` finds what stands behind it. ``gains`` are rows of
    {"name", "unit", "wanted", "ours"}.
    """

    __tablename__ = "answer"
    __table_args__ = (
        CheckConstraint("trl BETWEEN 1 AND 9", name="answer_trl_on_scale"),
        CheckConstraint("listing_id IS NOT NULL OR offer <> ''", name="answer_offers_something"),
        CheckConstraint("char_length(statement) <= 2000", name="answer_statement_is_short"),
        CheckConstraint(
            "(status = 'declined') = (decline_reason IS NOT NULL)", name="declined_with_a_reason"
        ),
        CheckConstraint(
            "decline_reason <> 'other' OR decline_note <> ''", name="other_reason_has_a_text"
        ),
        CheckConstraint(
            "(status IN ('chosen', 'declined', 'withdrawn', 'need_closed'))"
            " = (outcome_at IS NOT NULL)",
            name="outcome_is_dated",
        ),
        CheckConstraint(
            "(reacted_at IS NULL) = (reaction_days IS NULL)", name="reaction_is_measured"
        ),
        CheckConstraint("reacted_at >= sent_at", name="reaction_follows_answer"),
        Index(
            means(
                "one_answer_per_listing",
                N_("Your organization already answered this need with this listing."),
                field="listing_id",
            ),
            "need_id",
            "organization_id",
            "listing_id",
            unique=True,
            postgresql_where=text("listing_id IS NOT NULL AND status <> 'withdrawn'"),
        ),
        Index(None, "need_id", "status"),
        Index(None, "organization_id"),
    )

    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    created_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime]
    trl: Mapped[int | None]
    statement: Mapped[str]
    next_step: Mapped[str]
    listing_id: Mapped[UUID | None] = mapped_column(default=None)
    offer: Mapped[str] = mapped_column(default="")
    gains: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    price_idea: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[AnswerStatus] = mapped_column(default=AnswerStatus.SENT)
    shortlisted_at: Mapped[datetime | None] = mapped_column(default=None)
    #: First reaction of the need's owner, and the working days it took.
    reacted_at: Mapped[datetime | None] = mapped_column(default=None)
    reaction_days: Mapped[int | None] = mapped_column(default=None)
    #: When the owner was told that the reaction is overdue; it happens once.
    reminded_at: Mapped[datetime | None] = mapped_column(default=None)
    decline_reason: Mapped[DeclineReason | None] = mapped_column(default=None)
    decline_note: Mapped[str] = mapped_column(default="")
    outcome_at: Mapped[datetime | None] = mapped_column(default=None)
    is_demo: Mapped[bool] = mapped_column(default=False)

    need: Mapped[Need] = relationship(init=False, lazy="raise", viewonly=True)
    organization: Mapped[Organization] = relationship(init=False, lazy="raise", viewonly=True)

    @property
    def is_waiting(self) -> bool:
        """Whether the answer has no outcome yet."""
        return self.status in WAITING


class AnswerMessage(Entity, Model):
    """One line of the conversation between the need's owner and who answered."""

    __tablename__ = "answer_message"
    __table_args__ = (
        CheckConstraint("body <> ''", name="answer_message_says_something"),
        Index(None, "answer_id", "at"),
    )

    answer_id: Mapped[UUID] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    from_owner: Mapped[bool]
    at: Mapped[datetime]
    body: Mapped[str]


class AnswerScore(Entity, Model):
    """The points that one person of the owner gave an answer under one criterion."""

    __tablename__ = "answer_score"
    __table_args__ = (
        CheckConstraint("points BETWEEN 0 AND 5", name="points_on_scale"),
        UniqueConstraint("answer_id", "person_id", "criterion", name="one_score_per_criterion"),
    )

    answer_id: Mapped[UUID] = mapped_column(ForeignKey("answer.id", ondelete="CASCADE"))
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    criterion: Mapped[str] = mapped_column(String(100))
    points: Mapped[int]
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")


class NeedEventKind(LabelledEnum):
    """What happened to a need or to one of its answers."""

    OPENED = "opened", N_("Published")
    CHANGED = "changed", N_("Text changed after review")
    TALKS_STARTED = "talks_started", N_("Talks started")
    TALKS_ENDED = "talks_ended", N_("Talks ended, need open again")
    MET = "met", N_("Need met")
    CLOSED_UNMET = "closed_unmet", N_("Closed unmet")
    EXPIRED = "expired", N_("Expired")
    WITHDRAWN = "withdrawn", N_("Withdrawn")
    REOPENED = "reopened", N_("Opened again")
    ANSWER_SENT = "answer_sent", N_("Answer received")
    ANSWER_SHORTLISTED = "answer_shortlisted", N_("Answer shortlisted")
    ANSWER_UNLISTED = "answer_unlisted", N_("Answer taken off the shortlist")
    ANSWER_ASKED = "answer_asked", N_("Question to the answering side")
    ANSWER_REPLIED = "answer_replied", N_("Question answered")
    ANSWER_CHOSEN = "answer_chosen", N_("Answer chosen")
    ANSWER_DECLINED = "answer_declined", N_("Answer declined")
    ANSWER_WITHDRAWN = "answer_withdrawn", N_("Answer withdrawn")
    ANSWER_NEED_CLOSED = "answer_need_closed", N_("Answer ended with the need")


class NeedEvent(Entity, Model):
    """One dated line of a need's or an answer's timeline."""

    __tablename__ = "need_event"
    __table_args__ = (
        CheckConstraint(
            "(answer_id IS NOT NULL) = (left(kind, 7) = 'answer_')", name="event_names_its_answer"
        ),
        Index(None, "need_id", "at"),
        Index(None, "answer_id", postgresql_where=text("answer_id IS NOT NULL")),
    )

    need_id: Mapped[UUID] = mapped_column(ForeignKey("need.id", ondelete="CASCADE"))
    kind: Mapped[NeedEventKind]
    at: Mapped[datetime]
    answer_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("answer.id", ondelete="CASCADE"), default=None
    )
