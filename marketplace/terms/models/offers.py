"""Offers and what became of them: rows are only ever added."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.terms.kinds import Side


class OfferFate(LabelledEnum):
    """What ended an offer; one without a fate is open until its last day."""

    ACCEPTED = "accepted", N_("Accepted")
    COUNTERED = "countered", N_("Answered by a counter-offer")
    REPLACED = "replaced", N_("Replaced by a newer offer of the same side")
    DECLINED = "declined", N_("Declined")
    WITHDRAWN = "withdrawn", N_("Withdrawn")


class TermsOffer(Model):
    """What one side offered at a moment; its content never changes."""

    __tablename__ = "terms_offer"
    __table_args__ = (
        UniqueConstraint(
            "deal_id",
            "number",
            name=means(
                "one_offer_per_number",
                N_("Somebody sent an offer at the same moment: look at it first."),
            ),
        ),
        CheckConstraint("number >= 1", name="offers_count_from_one"),
        {"info": {"append_only": True}},
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    number: Mapped[int]
    side: Mapped[Side]
    organization_id: Mapped[UUID] = mapped_column(ForeignKey("organization.id"))
    #: Empty for a declaration that was made to everybody (open license).
    offered_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    offered_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    #: Last day on which it may be accepted, in Beijing.
    valid_until: Mapped[date]
    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid4)
    message: Mapped[str] = mapped_column(default="")
    #: The offer that this one answers or replaces.
    follows_id: Mapped[UUID | None] = mapped_column(ForeignKey("terms_offer.id"), default=None)
    #: Who wrote it for the party, when a technology manager prepared it.
    prepared_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)


class OfferOutcome(Model):
    """How an offer ended: one row for each, and never a second."""

    __tablename__ = "offer_outcome"
    __table_args__ = ({"info": {"append_only": True}},)

    offer_id: Mapped[UUID] = mapped_column(ForeignKey("terms_offer.id"), primary_key=True)
    fate: Mapped[OfferFate]
    at: Mapped[datetime]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(default="")


class AgreedTerms(Model):
    """Terms that both sides stand behind, copied from the accepted offer; the newest counts."""

    __tablename__ = "agreed_terms"
    __table_args__ = (
        UniqueConstraint("deal_id", "number", name="agreements_are_numbered"),
        {"info": {"append_only": True}},
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    number: Mapped[int]
    offer_id: Mapped[UUID] = mapped_column(ForeignKey("terms_offer.id"), unique=True)
    content: Mapped[dict[str, Any]]
    sha256: Mapped[str] = mapped_column(String(64))
    agreed_at: Mapped[datetime]
    accepted_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid4)


class OfferDraft(Entity, Model):
    """An unsent offer: one for each side of a deal, written by the side or for it."""

    __tablename__ = "offer_draft"
    __table_args__ = (
        UniqueConstraint("deal_id", "side", name="one_draft_per_side"),
        Index(None, "deal_id"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    side: Mapped[Side]
    content: Mapped[dict[str, Any]]
    written_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    written_at: Mapped[datetime]
    message: Mapped[str] = mapped_column(default="")
    valid_until: Mapped[date | None] = mapped_column(default=None)
    #: Whether the deal's technology manager wrote it last.
    is_prepared: Mapped[bool] = mapped_column(default=False)
