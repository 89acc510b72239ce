"""Needs and the answers they get."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Indexed, Model
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


class Need(Entity, Indexed, Model):
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
    )
    search_kind = "need"

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
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
    pending: Mapped[dict[str, Any] | None] = mapped_column(default=None)
    pending_submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    created_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    edited_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    submitted_at: Mapped[datetime | None] = mapped_column(default=None)
    published_at: Mapped[datetime | None] = mapped_column(default=None)
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    return_reason: Mapped[str] = mapped_column(default="")
    close_reason: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None] = mapped_column(default=None)
    touched_at: Mapped[datetime | None] = mapped_column(default=None)
    expiry_asked_at: Mapped[datetime | None] = mapped_column(default=None)
    is_demo: Mapped[bool] = mapped_column(default=False)

    organization: Mapped[Organization] = relationship(init=False, lazy="raise", viewonly=True)
