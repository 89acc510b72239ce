"""The contract of a deal and its registration."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.deals.models import Deal
from marketplace.papers.models import Paper
from marketplace.terms.kinds import ContractKind, LicenseKind


class RegistrationStatus(LabelledEnum):
    """How far the registration of a contract (认定登记) has come."""

    PREPARED = "prepared", N_("Sheet prepared")
    FILED = "filed", N_("Filed at the office")
    RETURNED = "returned", N_("Returned by the office")
    REGISTERED = "registered", N_("Contract registered")


class Contract(Entity, Model):
    """What the two sides of a deal agreed in writing; the text is the paper it names.

    ``amount_minor`` is the sum of all fixed payments in minor units of ``currency``.
    """

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("amount_minor >= 0", name="contract_amount_not_negative"),
        CheckConstraint(
            "signed_at IS NULL OR paper_id IS NOT NULL", name="signed_contract_has_a_paper"
        ),
        CheckConstraint(
            "(recorded_on IS NULL) = (recording_number = '')", name="recorded_license_has_a_number"
        ),
        Index(None, "recording_due_on"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"), unique=True)
    kind: Mapped[ContractKind]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3))
    #: SHA-256 of the agreed terms from which the present text was assembled.
    terms_sha256: Mapped[str] = mapped_column(String(64))
    drawn_at: Mapped[datetime]
    #: Counts contracts; the text shows it as HQHT-2026-000012.
    number: Mapped[int] = mapped_column(BigInteger, Identity(), init=False)
    license_kind: Mapped[LicenseKind | None] = mapped_column(default=None)
    paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("paper.id"), default=None)
    signed_at: Mapped[datetime | None] = mapped_column(default=None)
    #: Last day for recording a patent license at the patent office (Patent Rules 15).
    recording_due_on: Mapped[date | None] = mapped_column(default=None)
    recorded_on: Mapped[date | None] = mapped_column(default=None)
    recording_number: Mapped[str] = mapped_column(String(60), default="")

    deal: Mapped[Deal] = relationship(init=False, repr=False, lazy="raise")
    paper: Mapped[Paper | None] = relationship(init=False, repr=False, lazy="raise")

    @property
    def shown_number(self) -> str:
        """Give the number as it stands on papers."""
        return f"HQHT-{self.drawn_at.year}-{self.number:06d}"


class Registration(Entity, Model):
    """A contract's way through the registration office of the supplier's side."""

    __tablename__ = "contract_registration"
    __table_args__ = (
        CheckConstraint(
            "status = 'prepared' OR filed_on IS NOT NULL", name="filed_registration_is_dated"
        ),
        CheckConstraint(
            "status <> 'returned' OR return_reason <> ''", name="returned_registration_has_a_reason"
        ),
        CheckConstraint(
            "(status = 'registered') = (registered_on IS NOT NULL)",
            name="registered_contract_is_dated",
        ),
        CheckConstraint(
            "status <> 'registered' OR number <> ''", name="registered_contract_has_a_number"
        ),
        CheckConstraint(
            "technology_minor IS NULL OR technology_minor >= 0",
            name="technology_amount_not_negative",
        ),
        Index(
            means(
                "one_contract_per_registration_number",
                N_("Another contract carries this registration number already."),
                field="number",
            ),
            "number",
            unique=True,
            postgresql_where=text("number <> ''"),
        ),
    )

    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), unique=True)
    prepared_at: Mapped[datetime]
    prepared_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    office: Mapped[str] = mapped_column(String(120))
    status: Mapped[RegistrationStatus] = mapped_column(default=RegistrationStatus.PREPARED)
    #: Part of the amount that pays for technology, without equipment (技术交易额), in fen.
    technology_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    #: Keys of the checklist's points that were ticked.
    checked: Mapped[list[str]] = mapped_column(default_factory=list)
    filed_on: Mapped[date | None] = mapped_column(default=None)
    #: Day by which the office should answer.
    answer_due_on: Mapped[date | None] = mapped_column(default=None)
    return_reason: Mapped[str] = mapped_column(default="")
    number: Mapped[str] = mapped_column(String(60), default="")
    registered_on: Mapped[date | None] = mapped_column(default=None)

    contract: Mapped[Contract] = relationship(init=False, repr=False, lazy="raise")
