"""How an institution came to its price, and who decided on what."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model


class PricingMethod(LabelledEnum):
    """The three ways of the Law on Promoting the Conversion of Results, article 18."""

    AGREEMENT = "agreement", N_("By agreement, with a public price notice")
    MARKET = "market", N_("Listing on a technology market")
    AUCTION = "auction", N_("Auction by a licensed house")


class Decision(LabelledEnum):
    """What a body decided."""

    APPROVED = "approved", N_("Approved")
    REFUSED = "refused", N_("Refused")


class Pricing(Entity, Model):
    """The way in which the price of a deal was found; an auction is recorded, never run here."""

    __tablename__ = "pricing"
    __table_args__ = (
        CheckConstraint(
            "method = 'agreement' OR house <> ''", name="market_or_auction_names_its_house"
        ),
        CheckConstraint("amount_minor >= 0", name="pricing_amount_is_not_negative"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"), unique=True)
    method: Mapped[PricingMethod]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    #: The amount that decides on the approval tier.
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    #: Market or licensed house, its permit, the day and the result.
    house: Mapped[str] = mapped_column(String(200), default="")
    permit: Mapped[str] = mapped_column(String(100), default="")
    held_on: Mapped[date | None] = mapped_column(default=None)
    result: Mapped[str] = mapped_column(default="")
    #: Who appraised it and at what, if somebody did.
    appraiser: Mapped[str] = mapped_column(String(200), default="")
    appraised_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    appraised_on: Mapped[date | None] = mapped_column(default=None)
    #: Why this price, in the institution's words.
    basis: Mapped[str] = mapped_column(default="")


class ApprovalTier(Entity, Model):
    """From an amount on, this body of the institution decides."""

    __tablename__ = "approval_tier"
    __table_args__ = (
        UniqueConstraint("organization_id", "from_minor", "is_above", name="one_tier_per_amount"),
        CheckConstraint("from_minor >= 0", name="tier_amount_is_not_negative"),
        CheckConstraint("body <> ''", name="tier_names_its_body"),
    )

    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    from_minor: Mapped[int] = mapped_column(BigInteger)
    is_above: Mapped[bool]
    body: Mapped[str] = mapped_column(String(200))


class ApprovalDecision(Model):
    """Who decided on what and when; rows are only ever added."""

    __tablename__ = "approval_decision"
    __table_args__ = (
        Index(None, "deal_id"),
        CheckConstraint("body <> ''", name="decision_names_its_body"),
        {"info": {"append_only": True}},
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    #: The agreement that was decided on; a newer one needs a decision of its own.
    agreed_id: Mapped[UUID] = mapped_column(ForeignKey("agreed_terms.id"))
    body: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str]
    decision: Mapped[Decision]
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    decided_on: Mapped[date]
    recorded_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid4)
    #: People who took part, as written in the minutes.
    participants: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    minutes_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"), default=None)
