"""Facilities, their instruments and lines, kept revisions, and questions to the operator."""

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


class FacilityKind(LabelledEnum):
    """What a facility is; the city counts centres and platforms."""

    CONCEPT_CENTER = "concept_center", N_("Proof-of-concept centre")
    PILOT_PLATFORM = "pilot_platform", N_("Pilot platform")
    LABORATORY = "laboratory", N_("Laboratory")
    OFFICE = "office", N_("Office space in an innovation park")


class FacilityStatus(LabelledEnum):
    """How far a facility has come; the steps between stand in ``rules.LIFECYCLE``."""

    DRAFT = "draft", N_("Draft")
    UNDER_REVIEW = "under_review", N_("Under review")
    RETURNED = "returned", N_("Returned with reasons")
    PUBLISHED = "published", N_("Published")
    SUSPENDED = "suspended", N_("Suspended")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


class FilingLevel(LabelledEnum):
    """Which authority has a facility on file."""

    CITY = "city", N_("City level")
    PROVINCE = "province", N_("Provincial level")
    NATIONAL = "national", N_("National level")


class Recommendation(LabelledEnum):
    """What the district said of an application for the city's file."""

    RECOMMENDED = "recommended", N_("Recommended by the district")
    NOT_RECOMMENDED = "not_recommended", N_("Not recommended by the district")


class PilotService(LabelledEnum):
    """The eight services that the 2024 notice on pilot platforms lists."""

    CONVERSION = "conversion", N_("Conversion of research results")
    IMPROVEMENT = "improvement", N_("Improvement of performance and process")
    SCALE_UP = "scale_up", N_("Scale-up of the process")
    TYPE_TEST = "type_test", N_("Type test")
    PERFORMANCE_TEST = "performance_test", N_("Performance test")
    TRIAL_RUN = "trial_run", N_("Small-batch trial production")
    SHARING = "sharing", N_("Shared use of instruments")
    EQUIPMENT_CHECK = "equipment_check", N_("Verification of equipment")


class VerificationKind(LabelledEnum):
    """The four kinds of proof that Hubei's rules for proof-of-concept centres name."""

    PRINCIPLE = "principle", N_("Principle")
    PRODUCT_AND_SCENE = "product_and_scene", N_("Product and scene of use")
    PROTOTYPE = "prototype", N_("Prototype and feasibility")
    BUSINESS_OUTLOOK = "business_outlook", N_("Business outlook")


class InstrumentKind(LabelledEnum):
    """What can be used at a facility."""

    INSTRUMENT = "instrument", N_("Instrument")
    LINE = "line", N_("Pilot line")
    SPACE = "space", N_("Room or workplace")


class Facility(ReviewedText, Model):
    """A place where technologies are proven, scaled up or tested, or offices are let.

    The columns hold the text that readers see (of a never published facility: the operator's).
    Changes to a published facility wait in ``pending`` until a reviewer has seen them; opening
    hours and closures hold at once, for people would else come to a closed door.
    """

    __tablename__ = "facility"
    __table_args__ = (
        CheckConstraint(
            "trl_from IS NULL OR trl_to IS NULL OR"
            " (trl_from >= 1 AND trl_to <= 9 AND trl_from <= trl_to)",
            name=means(
                "facility_steps_in_order",
                N_("The upper readiness level lies below the lower one."),
                field="trl_to",
            ),
        ),
        CheckConstraint(
            "status <> 'published' OR published_at IS NOT NULL", name="published_facility_is_dated"
        ),
        CheckConstraint(
            "status <> 'returned' OR return_reason <> ''", name="returned_facility_has_a_reason"
        ),
        CheckConstraint(
            "status <> 'suspended' OR suspended_reason <> ''",
            name="suspended_facility_has_a_reason",
        ),
        CheckConstraint(
            "filing_number = '' OR (filing_level IS NOT NULL AND filed_on IS NOT NULL)",
            name="filing_has_level_and_date",
        ),
        CheckConstraint(
            "(recommendation IS NULL) = (recommended_at IS NULL)", name="recommendation_is_dated"
        ),
        CheckConstraint(
            "price_max_minor IS NULL OR price_max_minor >= price_minor",
            name="facility_prices_in_order",
        ),
        UniqueConstraint(
            "organization_id",
            "external_id",
            name=means(
                "facility_external_id_taken",
                N_("Another facility of yours carries this number."),
                field="external_id",
            ),
        ),
        Index(
            means(
                "one_facility_per_filing_number",
                N_("Another facility already carries this filing number."),
                field="filing_number",
            ),
            "filing_level",
            "filing_number",
            unique=True,
            postgresql_where=text("filing_number <> '' AND status <> 'withdrawn'"),
        ),
        Index(None, "status", "kind", "filing_level"),
        Index(None, "organization_id", "status"),
        Index(
            None,
            "pending_submitted_at",
            postgresql_where=text("pending_submitted_at IS NOT NULL"),
        ),
    )
    search_kind = "facility"

    kind: Mapped[FacilityKind]
    name: Mapped[str] = mapped_column(String(120))
    #: The operator's own number, by which an imported row is known again.
    external_id: Mapped[str | None] = mapped_column(String(100), default=None)
    status: Mapped[FacilityStatus] = mapped_column(default=FacilityStatus.DRAFT)
    name_en: Mapped[str] = mapped_column(String(200), default="")
    summary: Mapped[str] = mapped_column(default="")
    summary_en: Mapped[str] = mapped_column(default="")
    about: Mapped[str] = mapped_column(default="")
    about_en: Mapped[str] = mapped_column(default="")
    keywords: Mapped[list[str]] = mapped_column(default_factory=list)
    field_codes: Mapped[list[str]] = mapped_column(default_factory=list)
    industry_codes: Mapped[list[str]] = mapped_column(default_factory=list)
    district_code: Mapped[str | None] = mapped_column(String(12), default=None)
    address: Mapped[str] = mapped_column(String(200), default="")
    address_en: Mapped[str] = mapped_column(String(300), default="")
    contact_name: Mapped[str] = mapped_column(String(80), default="")
    contact_phone: Mapped[str] = mapped_column(String(40), default="")
    contact_email: Mapped[str] = mapped_column(String(200), default="")
    #: The contact agreed to be shown to everybody; else verified organizations alone see it.
    contact_public: Mapped[bool] = mapped_column(default=False)
    #: A level without a number is an application for the city's file.
    filing_level: Mapped[FilingLevel | None] = mapped_column(default=None)
    filing_number: Mapped[str] = mapped_column(String(80), default="")
    filed_on: Mapped[date | None] = mapped_column(default=None)
    filing_proof_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"), default=None)
    #: The readiness level that users come with, and the one that they can leave with.
    trl_from: Mapped[int | None] = mapped_column(default=None)
    trl_to: Mapped[int | None] = mapped_column(default=None)
    #: Keys of ``PilotService`` and ``VerificationKind``.
    services: Mapped[list[str]] = mapped_column(default_factory=list)
    verifications: Mapped[list[str]] = mapped_column(default_factory=list)
    #: Rows of {"operation", "material", "amount_from", "amount_to", "unit", "form", "output",
    #: "accuracy"}; amounts are decimal texts.
    capabilities: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    #: Rows of {"name", "limit"}.
    safety_limits: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    #: Rows of {"kind", "number", "scope", "expires_on"}.
    certificates: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    #: Rows of {"name", "role", "field"}.
    people: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    #: Rows of {"attachment_id", "alt", "alt_en"}.
    photos: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    #: Rows of {"weekday" 1–7, "opens", "closes"} in Wuhan's time, "HH:MM"; closes may be "24:00".
    hours: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    #: Rows of {"from", "to", "reason"}: days closed, both ends included.
    closures: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    #: Closed on public holidays and open on make-up working days.
    follows_holidays: Mapped[bool] = mapped_column(default=True)
    #: What bookings say of it: the next free day and the span of prices (minor units).
    next_free_on: Mapped[date | None] = mapped_column(default=None)
    price_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    price_max_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    suspended_reason: Mapped[str] = mapped_column(default="")
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    recommendation: Mapped[Recommendation | None] = mapped_column(default=None)
    recommended_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    recommended_at: Mapped[datetime | None] = mapped_column(default=None)
    recommendation_note: Mapped[str] = mapped_column(default="")
    #: Why the city did not take it on file.
    filing_reason: Mapped[str] = mapped_column(default="")

    organization: Mapped[Organization] = relationship(init=False, lazy="raise", viewonly=True)
    instruments: Mapped[list[Instrument]] = relationship(
        init=False, lazy="raise", order_by="Instrument.position", cascade="save-update, merge"
    )

    @property
    def is_filed(self) -> bool:
        """Whether an authority has it on file under a number."""
        return self.filing_level is not None and self.filing_number != ""


class Instrument(Entity, Model):
    """An instrument, a line or a room; one that is given up stays, for bookings refer to it."""

    __tablename__ = "instrument"
    __table_args__ = (
        CheckConstraint("count BETWEEN 1 AND 10000", name="instrument_count_is_positive"),
        Index(None, "facility_id"),
    )

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("facility.id"))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[InstrumentKind] = mapped_column(default=InstrumentKind.INSTRUMENT)
    name_en: Mapped[str] = mapped_column(String(200), default="")
    model: Mapped[str] = mapped_column(String(120), default="")
    maker: Mapped[str] = mapped_column(String(120), default="")
    count: Mapped[int] = mapped_column(default=1)
    #: What it does within which limits, in words.
    note: Mapped[str] = mapped_column(default="")
    bookable: Mapped[bool] = mapped_column(default=True)
    needs_qualification: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int] = mapped_column(default=0)
    retired_at: Mapped[datetime | None] = mapped_column(default=None)


class FacilityRevision(Revision, Model):
    """A reviewed text that was replaced; the text that readers see stands in the facility."""

    __tablename__ = "facility_revision"
    __table_args__ = (
        UniqueConstraint("facility_id", "number", name="one_facility_revision_per_number"),
    )

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("facility.id"))


class FacilityQuestion(Entity, Model):
    """What somebody asked the operator, with the reply; read by the two sides alone."""

    __tablename__ = "facility_question"
    __table_args__ = (
        CheckConstraint("(reply = '') = (replied_at IS NULL)", name="facility_reply_is_dated"),
        CheckConstraint("body <> ''", name="facility_question_says_something"),
        Index(None, "owner_id", "replied_at"),
        Index(None, "sender_organization_id"),
        Index(None, "facility_id"),
    )

    facility_id: Mapped[UUID] = mapped_column(ForeignKey("facility.id"))
    #: The facility's organization, kept here so that its inbox needs no join.
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    sender_organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    sender_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    body: Mapped[str]
    sent_at: Mapped[datetime]
    due_on: Mapped[date]
    reply: Mapped[str] = mapped_column(default="")
    replied_at: Mapped[datetime | None] = mapped_column(default=None)
    replied_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)

    facility: Mapped[Facility] = relationship(init=False, lazy="raise", viewonly=True)
    sender_organization: Mapped[Organization] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[sender_organization_id]
    )
