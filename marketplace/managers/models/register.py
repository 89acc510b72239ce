"""People in the register of technology managers, and what proves their skill."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Indexed, Model
from marketplace.organizations.models import Organization


class ManagerLevel(LabelledEnum):
    """The three levels of group standard T/CASTEM 1007—2022."""

    JUNIOR = "junior", N_("Junior technology manager")
    MIDDLE = "middle", N_("Middle-level technology manager")
    SENIOR = "senior", N_("Senior technology manager")


class ManagerStatus(LabelledEnum):
    """How far an entry has come; the steps between stand in ``rules.LIFECYCLE``."""

    APPLIED = "applied", N_("Asks for a license")
    LICENSED = "licensed", N_("Licensed")
    REFUSED = "refused", N_("Refused")
    SUSPENDED = "suspended", N_("Suspended")
    EXPIRED = "expired", N_("Expired")


#: States whose profile readers see: an expired manager still runs the deals begun before.
LISTED = (ManagerStatus.LICENSED, ManagerStatus.EXPIRED)


class Language(LabelledEnum):
    """Languages in which a manager negotiates."""

    CHINESE = "zh", N_("Chinese")
    ENGLISH = "en", N_("English")
    JAPANESE = "ja", N_("Japanese")
    KOREAN = "ko", N_("Korean")
    GERMAN = "de", N_("German")
    FRENCH = "fr", N_("French")
    RUSSIAN = "ru", N_("Russian")


class ManagerProfile(Indexed, Entity, Model):
    """A person who brokers technology; ``level`` is what a reviewer confirmed last.

    ``wanted_level`` is a level asked for that waits for a reviewer. ``expires_on`` is the last day
    of the longest running credential that was checked; None runs without end.
    """

    __tablename__ = "manager_profile"
    __table_args__ = (
        UniqueConstraint(
            "person_id",
            name=means("one_entry_per_manager", N_("You are in the register already.")),
        ),
        CheckConstraint("name <> ''", name="manager_has_a_name"),
        CheckConstraint(
            "status NOT IN ('licensed', 'expired') OR licensed_at IS NOT NULL",
            name="manager_license_is_dated",
        ),
        CheckConstraint(
            "status NOT IN ('refused', 'suspended') OR reason <> ''",
            name="manager_turned_down_with_a_reason",
        ),
        CheckConstraint(
            "status <> 'expired' OR expires_on IS NOT NULL", name="manager_expired_on_a_day"
        ),
        Index(None, "organization_id"),
        Index(None, "status"),
    )

    search_kind = "manager"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    level: Mapped[ManagerLevel]
    applied_at: Mapped[datetime]
    #: The name in public, as it stands on the credentials.
    name: Mapped[str] = mapped_column(String(80))
    name_en: Mapped[str] = mapped_column(String(120), default="")
    headline: Mapped[str] = mapped_column(String(200), default="")
    headline_en: Mapped[str] = mapped_column(String(300), default="")
    about: Mapped[str] = mapped_column(default="")
    about_en: Mapped[str] = mapped_column(default="")
    field_codes: Mapped[list[str]] = mapped_column(default_factory=list)
    industry_codes: Mapped[list[str]] = mapped_column(default_factory=list)
    languages: Mapped[list[str]] = mapped_column(default_factory=list)
    district_code: Mapped[str | None] = mapped_column(String(12), default=None)
    status: Mapped[ManagerStatus] = mapped_column(default=ManagerStatus.APPLIED)
    wanted_level: Mapped[ManagerLevel | None] = mapped_column(default=None)
    licensed_at: Mapped[datetime | None] = mapped_column(default=None)
    expires_on: Mapped[date | None] = mapped_column(default=None)
    #: Days before ``expires_on`` of the last warning that was given.
    warned_days: Mapped[int | None] = mapped_column(default=None)
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    reviewed_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")
    is_demo: Mapped[bool] = mapped_column(default=False)

    organization: Mapped[Organization] = relationship(init=False, lazy="raise", viewonly=True)

    @property
    def is_listed(self) -> bool:
        """Whether readers see the entry."""
        return self.status in LISTED


class CredentialKind(LabelledEnum):
    """What a paper proves."""

    TRAINING = "training", N_("Training certificate for technology managers")
    ASSESSMENT = "assessment", N_("Ability assessment under T/CASTEM 1007—2022")
    TITLE = "title", N_("Professional title in technology transfer")
    PATENT_AGENT = "patent_agent", N_("Patent agent qualification")
    OTHER = "other", N_("Another credential")


class Credential(Entity, Model):
    """A paper of a manager; it counts once a reviewer compared it with its scan."""

    __tablename__ = "manager_credential"
    __table_args__ = (
        UniqueConstraint(
            "manager_id",
            "kind",
            "number",
            name=means(
                "one_credential_per_number",
                N_("A credential of this kind with this number is entered already."),
                field="number",
            ),
        ),
        CheckConstraint("number <> '' AND issuer <> ''", name="credential_is_named"),
        CheckConstraint("expires_on >= issued_on", name="credential_dates_in_order"),
        CheckConstraint(
            "checked_at IS NULL OR refused_at IS NULL", name="credential_judged_one_way"
        ),
        CheckConstraint(
            "(refused_at IS NULL) = (refuse_reason = '')", name="credential_refused_with_a_reason"
        ),
    )

    manager_id: Mapped[UUID] = mapped_column(ForeignKey("manager_profile.id"))
    kind: Mapped[CredentialKind]
    number: Mapped[str] = mapped_column(String(60))
    issuer: Mapped[str] = mapped_column(String(120))
    issued_on: Mapped[date]
    expires_on: Mapped[date | None] = mapped_column(default=None)
    checked_at: Mapped[datetime | None] = mapped_column(default=None)
    checked_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    refused_at: Mapped[datetime | None] = mapped_column(default=None)
    refuse_reason: Mapped[str] = mapped_column(default="")

    @property
    def is_checked(self) -> bool:
        """Whether a reviewer has seen the proof."""
        return self.checked_at is not None

    @property
    def is_waiting(self) -> bool:
        """Whether a reviewer has still to look at it."""
        return self.checked_at is None and self.refused_at is None
