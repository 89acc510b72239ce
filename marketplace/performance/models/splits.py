"""How an institution shares out what a deal brought in."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

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
from marketplace.deals.models import Deal

_WHOLE = "inventors_bp + staff_bp + college_bp + university_bp = 10000"
_PARTS = "least(inventors_bp, staff_bp, college_bp, university_bp) >= 0"


class SplitState(LabelledEnum):
    """How far the sharing of an income has come."""

    DRAFT = "split_draft", N_("Split being prepared")
    CONSENTING = "split_consenting", N_("Waits for consent")
    NOTICED = "split_noticed", N_("Award notice runs")
    BOOKED = "split_booked", N_("Split in the books")
    PAID_OUT = "split_paid_out", N_("Awards paid out")


class SplitBasis(LabelledEnum):
    """What is shared out."""

    INCOME = "split_of_income", N_("Income in money")
    EQUITY = "split_of_equity", N_("Shares received for the technology")


class Pool(LabelledEnum):
    """Out of which pool a person is paid."""

    INVENTOR = "inventor", N_("Inventor")
    STAFF = "staff", N_("Transfer staff")


class Consent(LabelledEnum):
    """What a person said to their share."""

    WAITING = "consent_waiting", N_("No answer yet")
    AGREED = "consent_agreed", N_("Agreed to the share")
    REFUSED = "consent_refused", N_("Refused the share")


class SplitPolicy(Model):
    """An institution's rule of sharing net income, in basis points; the newest row counts."""

    __tablename__ = "split_policy"
    __table_args__ = (
        CheckConstraint(_WHOLE, name="policy_shares_out_the_whole"),
        CheckConstraint(_PARTS, name="policy_shares_not_negative"),
        CheckConstraint("source <> ''", name="policy_has_a_source"),
        Index(None, "organization_id", "adopted_at"),
        {"info": {"append_only": True}},
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    inventors_bp: Mapped[int]
    staff_bp: Mapped[int]
    college_bp: Mapped[int]
    university_bp: Mapped[int]
    #: Document of the institution that says so.
    source: Mapped[str] = mapped_column(String(300))
    adopted_at: Mapped[datetime]
    adopted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid4)


class IncomeSplit(Entity, Model):
    """One sharing of what a deal brought: gross, direct costs, and the four pools of the net.

    Amounts are minor units of money; of equity they are whole shares (or units of registered
    capital) and ``equity_bp`` says which part of the company all of them together are.
    """

    __tablename__ = "income_split"
    __table_args__ = (
        UniqueConstraint("deal_id", "number", name="splits_are_numbered"),
        CheckConstraint("gross_minor >= 0", name="split_gross_not_negative"),
        CheckConstraint(_WHOLE, name="split_shares_out_the_whole"),
        CheckConstraint(_PARTS, name="split_shares_not_negative"),
        CheckConstraint(
            "state NOT IN ('split_noticed', 'split_booked', 'split_paid_out') "
            "OR (notice_from IS NOT NULL AND notice_to >= notice_from)",
            name="noticed_split_is_dated",
        ),
        CheckConstraint(
            "(basis = 'split_of_equity') = (equity_bp IS NOT NULL)",
            name="equity_split_names_its_part",
        ),
        CheckConstraint("equity_bp BETWEEN 1 AND 10000", name="equity_part_within_the_company"),
        Index(
            means(
                "one_open_split_per_deal",
                N_("A split of this deal is being prepared already. Finish it first."),
            ),
            "deal_id",
            "basis",
            unique=True,
            postgresql_where=text("state IN ('split_draft', 'split_consenting', 'split_noticed')"),
        ),
        # The contract brings its shares once, so they are shared out once.
        Index(
            means(
                "one_equity_split_per_deal",
                N_("The shares of this deal are shared out already."),
            ),
            "deal_id",
            unique=True,
            postgresql_where=text("basis = 'split_of_equity'"),
        ),
        Index(None, "organization_id", "state"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    number: Mapped[int]
    gross_minor: Mapped[int] = mapped_column(BigInteger)
    inventors_bp: Mapped[int]
    staff_bp: Mapped[int]
    college_bp: Mapped[int]
    university_bp: Mapped[int]
    prepared_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    #: Name of the college or department that gets its part.
    college: Mapped[str] = mapped_column(String(120), default="")
    note: Mapped[str] = mapped_column(default="")
    state: Mapped[SplitState] = mapped_column(default=SplitState.DRAFT)
    notice_from: Mapped[date | None] = mapped_column(default=None)
    #: Last day of the public notice.
    notice_to: Mapped[date | None] = mapped_column(default=None)
    booked_at: Mapped[datetime | None] = mapped_column(default=None)
    is_demo: Mapped[bool] = mapped_column(default=False)
    basis: Mapped[SplitBasis] = mapped_column(default=SplitBasis.INCOME)
    #: Basis points of the company that the shares are; none for money.
    equity_bp: Mapped[int | None] = mapped_column(default=None)

    deal: Mapped[Deal] = relationship(init=False, repr=False, lazy="raise", viewonly=True)


class SplitShare(Entity, Model):
    """A person's part of a pool; ``weight`` is their share among those of the same pool."""

    __tablename__ = "split_share"
    __table_args__ = (
        CheckConstraint("weight > 0", name="share_has_a_weight"),
        CheckConstraint("amount_minor >= 0", name="share_not_negative"),
        CheckConstraint(
            "(consent = 'consent_waiting') = (answered_at IS NULL)", name="answered_share_is_dated"
        ),
        CheckConstraint(
            "consent <> 'consent_refused' OR reason <> ''", name="refused_share_has_a_reason"
        ),
        Index(None, "person_id"),
        Index(None, "email"),
        Index(None, "split_id"),
    )

    split_id: Mapped[UUID] = mapped_column(ForeignKey("income_split.id", ondelete="CASCADE"))
    pool: Mapped[Pool]
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    weight: Mapped[int]
    #: By which a person who registers later finds the share.
    email: Mapped[str] = mapped_column(String(254), default="")
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    amount_minor: Mapped[int] = mapped_column(BigInteger, default=0)
    consent: Mapped[Consent] = mapped_column(default=Consent.WAITING)
    answered_at: Mapped[datetime | None] = mapped_column(default=None)
    reason: Mapped[str] = mapped_column(default="")

    split: Mapped[IncomeSplit] = relationship(init=False, repr=False, lazy="raise", viewonly=True)


class DirectCost(Entity, Model):
    """What a deal cost the institution directly, taken off before sharing."""

    __tablename__ = "direct_cost"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="direct_cost_has_an_amount"),
        CheckConstraint("note <> ''", name="direct_cost_has_a_note"),
        Index(None, "split_id"),
    )

    split_id: Mapped[UUID] = mapped_column(ForeignKey("income_split.id", ondelete="CASCADE"))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    note: Mapped[str] = mapped_column(String(300))
    entered_at: Mapped[datetime]
    entered_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    attachment_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"), default=None)


class AwardObjection(Entity, Model):
    """An objection against an award notice; it stops the booking until it is settled."""

    __tablename__ = "award_objection"
    __table_args__ = (
        CheckConstraint("text <> ''", name="award_objection_has_a_text"),
        CheckConstraint(
            "(settled_at IS NULL) = (outcome = '')", name="settled_award_objection_has_an_outcome"
        ),
        Index(None, "split_id"),
    )

    split_id: Mapped[UUID] = mapped_column(ForeignKey("income_split.id", ondelete="CASCADE"))
    raised_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    raised_at: Mapped[datetime]
    text: Mapped[str]
    settled_at: Mapped[datetime | None] = mapped_column(default=None)
    settled_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    outcome: Mapped[str] = mapped_column(default="")


class AwardPayout(Model):
    """Money that a person received out of their share; rows are only ever added."""

    __tablename__ = "award_payout"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="award_payout_has_an_amount"),
        CheckConstraint("tax_minor BETWEEN 0 AND amount_minor", name="award_tax_within_the_payout"),
        UniqueConstraint(
            "share_id",
            "reference",
            name=means(
                "award_payout_once",
                N_("A payout with this reference was recorded already."),
                field="reference",
            ),
        ),
        {"info": {"append_only": True}},
    )

    share_id: Mapped[UUID] = mapped_column(ForeignKey("split_share.id"))
    #: Before tax.
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    #: Income tax that the institution withheld.
    tax_minor: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    reference: Mapped[str] = mapped_column(String(100))
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    tax_note: Mapped[str] = mapped_column(String(300), default="")
    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid4)
