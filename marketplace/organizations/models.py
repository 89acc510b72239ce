"""Organizations and how far their verification has come."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model


class OrganizationKind(LabelledEnum):
    """What an organization is in the field."""

    UNIVERSITY = "university", N_("University")
    INSTITUTE = "institute", N_("Research institute")
    ENTERPRISE = "enterprise", N_("Enterprise")
    TTO = "tto", N_("Transfer office")
    AGENCY = "agency", N_("Technology-transfer agency")
    INVESTOR = "investor", N_("Investor")
    DISTRICT = "district", N_("District government")
    OPERATOR = "operator", N_("Operator of a centre or platform")


class OrganizationSize(LabelledEnum):
    """Size of an enterprise by the national classes for statistics (2017), as it says itself."""

    MICRO = "micro", N_("Micro enterprise")
    SMALL = "small", N_("Small enterprise")
    MEDIUM = "medium", N_("Medium-sized enterprise")
    LARGE = "large", N_("Large enterprise")


class OrganizationStatus(LabelledEnum):
    """How far the verification of an organization has come."""

    APPLIED = "applied", N_("Applied")
    RETURNED = "returned", N_("Returned with reasons")
    VERIFIED = "verified", N_("Verified")
    SUSPENDED = "suspended", N_("Suspended")


class Organization(Entity, Model):
    """A body that publishes, seeks or serves; ``credit_code`` is GB 32100-2015's 18 characters."""

    __tablename__ = "organization"
    __table_args__ = (
        UniqueConstraint(
            "credit_code",
            name=means(
                "credit_code_taken",
                N_("An organization with this unified social credit code is already registered."),
                field="credit_code",
            ),
        ),
        CheckConstraint("credit_code ~ '^[0-9A-Z]{18}$'", name="credit_code_has_18_characters"),
        CheckConstraint(
            "status <> 'verified' OR verified_at IS NOT NULL", name="verified_is_dated"
        ),
        CheckConstraint(
            "status <> 'returned' OR return_reason <> ''", name="returned_with_a_reason"
        ),
        CheckConstraint("size IS NULL OR kind = 'enterprise'", name="only_enterprises_have_a_size"),
        Index(None, "status"),
    )

    kind: Mapped[OrganizationKind]
    name: Mapped[str] = mapped_column(String(120))
    credit_code: Mapped[str] = mapped_column(String(18))
    name_en: Mapped[str] = mapped_column(String(200), default="")
    status: Mapped[OrganizationStatus] = mapped_column(default=OrganizationStatus.APPLIED)
    industry_code: Mapped[str | None] = mapped_column(String(12), default=None)
    district_code: Mapped[str | None] = mapped_column(String(12), default=None)
    size: Mapped[OrganizationSize | None] = mapped_column(default=None)
    state_owned: Mapped[bool] = mapped_column(default=False)
    website: Mapped[str] = mapped_column(String(200), default="")
    about: Mapped[str] = mapped_column(default="")
    about_en: Mapped[str] = mapped_column(default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    verified_at: Mapped[datetime | None] = mapped_column(default=None)
    verified_by: Mapped[UUID | None] = mapped_column(default=None)
    return_reason: Mapped[str] = mapped_column(default="")
    suspended_reason: Mapped[str] = mapped_column(default="")
    is_demo: Mapped[bool] = mapped_column(default=False)

    @property
    def is_verified(self) -> bool:
        """Whether a reviewer has seen the proof and it still stands."""
        return self.status is OrganizationStatus.VERIFIED
