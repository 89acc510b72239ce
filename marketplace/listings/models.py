"""Listings: what a university or institute offers, with rights, evidence and kept revisions."""

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


class ListingKind(LabelledEnum):
    """What is offered: a result with or without rights, or a patent as such."""

    RESULT = "result", N_("Research result")
    PATENT = "patent", N_("Patent")


class ListingStatus(LabelledEnum):
    """How far a listing has come; the steps between stand in ``rules.LIFECYCLE``."""

    DRAFT = "draft", N_("Draft")
    UNDER_REVIEW = "under_review", N_("Under review")
    RETURNED = "returned", N_("Returned with reasons")
    PUBLISHED = "published", N_("Published")
    EXPIRED = "expired", N_("Expired")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


class PriceMode(LabelledEnum):
    """How a price is named; ``negotiable`` is a state of its own, never 0."""

    NEGOTIABLE = "negotiable", N_("Negotiable")
    FIXED = "fixed", N_("Fixed price")
    RANGE = "range", N_("Price range")
    FREE = "free", N_("Free of charge")


class ExportControl(LabelledEnum):
    """What China's export rules say of the technology (Technology Import/Export Rules 30–38)."""

    UNCHECKED = "unchecked", N_("Not checked yet")
    FREE = "free", N_("Free to export")
    RESTRICTED = "restricted", N_("Export restricted")
    PROHIBITED = "prohibited", N_("Export prohibited")


class SourceChannel(LabelledEnum):
    """Where a result came from."""

    SERVICE = "service", N_("Service result of the institution")
    NATIONAL_PROGRAM = "national_program", N_("National program")
    PROVINCIAL_PROGRAM = "provincial_program", N_("Provincial program")
    CITY_PROGRAM = "city_program", N_("City program")
    ENTERPRISE = "enterprise", N_("Commissioned by an enterprise")
    COMPETITION = "competition", N_("Competition")
    IMPORT = "import", N_("Bulk import")
    OTHER = "other", N_("Other")


class IpRightKind(LabelledEnum):
    """Kinds of intellectual property rights."""

    INVENTION_PATENT = "invention_patent", N_("Invention patent")
    UTILITY_MODEL = "utility_model", N_("Utility model")
    DESIGN = "design", N_("Design")
    SOFTWARE = "software", N_("Software copyright")
    PLANT_VARIETY = "plant_variety", N_("Plant variety")
    LAYOUT_DESIGN = "layout_design", N_("Layout design")
    KNOW_HOW = "know_how", N_("Know-how")


class LegalStatus(LabelledEnum):
    """Where a right stands at its office."""

    APPLIED = "applied", N_("Applied for")
    PUBLISHED = "published", N_("Application published")
    GRANTED = "granted", N_("Granted")
    LAPSED = "lapsed", N_("Lapsed")
    REFUSED = "refused", N_("Refused")


class Listing(ReviewedText, Model):
    """A technology that its owner offers.

    The columns hold the text that readers see (of a never published listing: the author's).
    Changes to a published listing wait in ``pending`` until a reviewer has seen them.
    ``language`` names the language of title, summary and so on; the ``_en`` twins are English.
    """

    __tablename__ = "listing"
    __table_args__ = (
        CheckConstraint("trl BETWEEN 1 AND 9", name="trl_on_scale"),
        CheckConstraint(
            "status <> 'published' OR published_at IS NOT NULL", name="published_is_dated"
        ),
        CheckConstraint(
            "status <> 'returned' OR return_reason <> ''", name="returned_listing_has_a_reason"
        ),
        CheckConstraint(
            "price_mode NOT IN ('fixed', 'range') OR coalesce(price_minor, 0) > 0",
            name=means(
                "named_price_is_positive",
                N_("Name a price above 0, or choose “negotiable”."),
                field="price",
            ),
        ),
        CheckConstraint(
            "price_mode <> 'range' OR price_max_minor >= price_minor",
            name=means(
                "price_range_in_order",
                N_("The upper price lies below the lower one."),
                field="price_max",
            ),
        ),
        UniqueConstraint(
            "organization_id",
            "external_id",
            name=means(
                "listing_external_id_taken",
                N_("Your organization already has a listing with this number of its own."),
                field="external_id",
            ),
        ),
        Index(None, "status", "published_at"),
        Index(None, "organization_id", "status"),
        # Few rows wait or were asked, among however many there are.
        Index(
            None,
            "pending_submitted_at",
            postgresql_where=text("pending_submitted_at IS NOT NULL"),
        ),
        Index(None, "expiry_asked_at", postgresql_where=text("expiry_asked_at IS NOT NULL")),
    )
    search_kind = "listing"

    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[ListingKind] = mapped_column(default=ListingKind.RESULT)
    status: Mapped[ListingStatus] = mapped_column(default=ListingStatus.DRAFT)
    language: Mapped[str] = mapped_column(String(2), default="zh")
    #: The owner's own number of the record; imports know it again by this.
    external_id: Mapped[str | None] = mapped_column(String(100), default=None)
    title_en: Mapped[str] = mapped_column(String(300), default="")
    summary: Mapped[str] = mapped_column(default="")
    summary_en: Mapped[str] = mapped_column(default="")
    plain_summary: Mapped[str] = mapped_column(default="")
    plain_summary_en: Mapped[str] = mapped_column(default="")
    problem: Mapped[str] = mapped_column(default="")
    problem_en: Mapped[str] = mapped_column(default="")
    #: Measured gain in words, and rows of {"name", "unit", "today", "ours"}.
    gain: Mapped[str] = mapped_column(default="")
    gain_en: Mapped[str] = mapped_column(default="")
    gains: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    abstract: Mapped[str] = mapped_column(default="")
    abstract_en: Mapped[str] = mapped_column(default="")
    keywords: Mapped[list[str]] = mapped_column(default_factory=list)
    keywords_en: Mapped[list[str]] = mapped_column(default_factory=list)
    industry_codes: Mapped[list[str]] = mapped_column(default_factory=list)
    field_codes: Mapped[list[str]] = mapped_column(default_factory=list)
    trl: Mapped[int | None] = mapped_column(default=None)
    #: Rows of {"name", "unit"} in the order of the patent or paper.
    inventors: Mapped[list[dict[str, Any]]] = mapped_column(default_factory=list)
    source_channel: Mapped[SourceChannel | None] = mapped_column(default=None)
    #: What has to be done next to bring the technology further, and what is missing for it.
    next_step: Mapped[str] = mapped_column(default="")
    next_step_en: Mapped[str] = mapped_column(default="")
    cooperation: Mapped[list[str]] = mapped_column(default_factory=list)
    #: Conditions in words: territory, field of use, support.
    terms: Mapped[str] = mapped_column(default="")
    terms_en: Mapped[str] = mapped_column(default="")
    #: {"fee", "payment", "until"} of an open license (Patent Law 50–52, Rules 85–88).
    open_license: Mapped[dict[str, Any]] = mapped_column(default_factory=dict)
    price_mode: Mapped[PriceMode] = mapped_column(default=PriceMode.NEGOTIABLE)
    price_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    price_max_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    export_control: Mapped[ExportControl] = mapped_column(default=ExportControl.UNCHECKED)
    year: Mapped[int | None] = mapped_column(default=None)
    #: Half a year after it was last touched the owner is asked if it still holds.
    expiry_asked_at: Mapped[datetime | None] = mapped_column(default=None)
    withdrawn_reason: Mapped[str] = mapped_column(default="")
    #: Hash of the imported record as it came in, so that importing it again changes nothing.
    source_hash: Mapped[str | None] = mapped_column(String(64), default=None)

    organization: Mapped[Organization] = relationship(init=False, lazy="raise", viewonly=True)
    rights: Mapped[list[IpRight]] = relationship(
        init=False, lazy="raise", order_by="IpRight.position", cascade="all, delete-orphan"
    )
    evidence: Mapped[list[TrlEvidence]] = relationship(
        init=False, lazy="raise", order_by="TrlEvidence.level", cascade="all, delete-orphan"
    )


class IpRight(Entity, Model):
    """A right behind a listing; a number stands in one living listing only."""

    __tablename__ = "ip_right"
    __table_args__ = (
        Index(
            means(
                "one_listing_per_right",
                N_("Another listing already names the right with this number."),
                field="rights",
            ),
            "kind",
            "number",
            unique=True,
            postgresql_where=text("number <> '' AND living"),
        ),
        CheckConstraint(
            "granted_on IS NULL OR filed_on IS NULL OR granted_on >= filed_on",
            name="right_granted_after_filing",
        ),
        Index(None, "listing_id"),
    )

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"))
    kind: Mapped[IpRightKind]
    #: Normalized: ``ZL`` + digits for patents, upper case without blanks otherwise.
    number: Mapped[str] = mapped_column(String(60), default="")
    title: Mapped[str] = mapped_column(default="")
    applicant: Mapped[str] = mapped_column(default="")
    filed_on: Mapped[date | None] = mapped_column(default=None)
    granted_on: Mapped[date | None] = mapped_column(default=None)
    expires_on: Mapped[date | None] = mapped_column(default=None)
    legal_status: Mapped[LegalStatus | None] = mapped_column(default=None)
    renewal_due_on: Mapped[date | None] = mapped_column(default=None)
    position: Mapped[int] = mapped_column(default=0)
    #: False once the listing was withdrawn, so that the right may be listed again.
    living: Mapped[bool] = mapped_column(default=True)


class TrlEvidence(Entity, Model):
    """What proves that a readiness level was reached."""

    __tablename__ = "trl_evidence"
    __table_args__ = (
        CheckConstraint("level BETWEEN 1 AND 9", name="evidence_level_on_scale"),
        Index(None, "listing_id"),
    )

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"))
    level: Mapped[int]
    statement: Mapped[str] = mapped_column(default="")
    attachment_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"), default=None)


class ListingRevision(Revision, Model):
    """A reviewed text that was replaced; the text that readers see stands in the listing itself.

    So a listing that never changed is kept once, and the next review compares with its columns.
    """

    __tablename__ = "listing_revision"
    __table_args__ = (UniqueConstraint("listing_id", "number", name="one_revision_per_number"),)

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id", ondelete="CASCADE"))


class ListingViews(Model):
    """How often a listing was opened on a day; nobody is tracked for it."""

    __tablename__ = "listing_views"

    listing_id: Mapped[UUID] = mapped_column(
        ForeignKey("listing.id", ondelete="CASCADE"), primary_key=True
    )
    on: Mapped[date] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)


class EnquiryStatus(LabelledEnum):
    """How far a question about a listing has come."""

    OPEN = "open", N_("Waiting for a reply")
    ANSWERED = "answered", N_("Answered")
    DECLINED = "declined", N_("Declined")


class DeclineReason(LabelledEnum):
    """Why an owner does not go on with an enquiry."""

    TAKEN = "taken", N_("The technology is taken already")
    UNCLEAR = "unclear", N_("The purpose is unclear")
    TERMS = "terms", N_("The terms do not fit")
    FIELD = "field", N_("Not licensed for this field or place")
    CAPACITY = "capacity", N_("No time for it at present")
    OTHER = "other", N_("Another reason")


class Enquiry(Entity, Model):
    """A message of an organization's member to a listing's owner, with the owner's reply.

    ``shares_contact`` and ``owner_shares_contact`` are each side's own consent; addresses are
    shown once both have given it (PIPL 23).
    """

    __tablename__ = "enquiry"
    __table_args__ = (
        CheckConstraint(
            "status <> 'declined' OR decline_reason IS NOT NULL", name="declined_with_a_reason"
        ),
        CheckConstraint("(status = 'open') = (replied_at IS NULL)", name="reply_is_dated"),
        Index(None, "listing_id"),
        Index(None, "owner_id", "status"),
        Index(
            means(
                "one_open_enquiry",
                N_("Your organization already waits for a reply about this technology."),
            ),
            "listing_id",
            "sender_organization_id",
            unique=True,
            postgresql_where=text("status = 'open'"),
        ),
        Index(None, "sender_organization_id"),
    )

    listing_id: Mapped[UUID] = mapped_column(ForeignKey("listing.id"))
    #: The listing's organization, kept here so that its inbox needs no join.
    owner_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    sender_organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    sender_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    message: Mapped[str]
    sent_at: Mapped[datetime]
    #: The working day by whose end an answer is due.
    due_on: Mapped[date]
    shares_contact: Mapped[bool] = mapped_column(default=False)
    owner_shares_contact: Mapped[bool] = mapped_column(default=False)
    status: Mapped[EnquiryStatus] = mapped_column(default=EnquiryStatus.OPEN)
    reply: Mapped[str] = mapped_column(default="")
    decline_reason: Mapped[DeclineReason | None] = mapped_column(default=None)
    replied_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    replied_at: Mapped[datetime | None] = mapped_column(default=None)

    listing: Mapped[Listing] = relationship(init=False, lazy="raise", viewonly=True)
    owner: Mapped[Organization] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[owner_id]
    )
    sender_organization: Mapped[Organization] = relationship(
        init=False, lazy="raise", viewonly=True, foreign_keys=[sender_organization_id]
    )
