"""What is proposed as a change of a signed contract, and what became of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.deals.models import Deal, DealRole
from marketplace.papers.models import Paper


class AmendmentState(LabelledEnum):
    """How far an amendment has come."""

    PROPOSED = "amendment_proposed", N_("Amendment waits for signatures")
    IN_FORCE = "amendment_in_force", N_("Amendment in force")
    REFUSED = "amendment_refused", N_("Amendment refused")
    WITHDRAWN = "amendment_withdrawn", N_("Amendment withdrawn")


class Amendment(Entity, Model):
    """Changed terms of a signed contract; ``before`` and ``content`` never change once proposed.

    ``content`` holds the whole terms as they would stand and the rows of the coming plan, so that
    nothing has to be guessed on the day of signing. Amounts are minor units of the contract.
    """

    __tablename__ = "amendment"
    __table_args__ = (
        CheckConstraint("number > 0", name="amendment_is_numbered"),
        CheckConstraint("amount_minor >= 0", name="amended_amount_not_negative"),
        CheckConstraint(
            "(state = 'amendment_in_force') = (effective_on IS NOT NULL)",
            name="amendment_in_force_is_dated",
        ),
        CheckConstraint(
            "(state = 'amendment_proposed') = (ended_at IS NULL)",
            name="ended_amendment_is_dated",
        ),
        CheckConstraint(
            "state <> 'amendment_refused' OR reason <> ''", name="refused_amendment_has_a_reason"
        ),
        CheckConstraint(
            "(recorded_on IS NULL) = (recorded_number = '')", name="recorded_change_has_a_number"
        ),
        Index(
            means(
                "one_open_amendment_per_deal",
                N_("An amendment of this contract is proposed already: sign or end it first."),
            ),
            "deal_id",
            unique=True,
            postgresql_where=text("state = 'amendment_proposed'"),
        ),
        # A number that was withdrawn or refused is free again, so that signed ones have no gaps.
        Index(
            "amendments_are_numbered",
            "deal_id",
            "number",
            unique=True,
            postgresql_where=text("state IN ('amendment_proposed', 'amendment_in_force')"),
        ),
        Index(None, "deal_id", "proposed_at"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"))
    number: Mapped[int]
    #: Who proposed it: a side, or the technology manager, who signs for nobody.
    role: Mapped[DealRole]
    proposed_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    before: Mapped[dict[str, Any]]
    content: Mapped[dict[str, Any]]
    #: The contract's amount once it is in force.
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    #: Why the change is wanted; both sides read it, the paper quotes it.
    grounds: Mapped[str]
    state: Mapped[AmendmentState] = mapped_column(default=AmendmentState.PROPOSED)
    paper_id: Mapped[UUID | None] = mapped_column(ForeignKey("paper.id"), default=None)
    #: Why it was refused or withdrawn.
    reason: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[datetime | None] = mapped_column(default=None)
    ended_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    effective_on: Mapped[date | None] = mapped_column(default=None)
    #: Day by which the change should be recorded where the contract is registered.
    record_by: Mapped[date | None] = mapped_column(default=None)
    recorded_on: Mapped[date | None] = mapped_column(default=None)
    recorded_number: Mapped[str] = mapped_column(String(60), default="")
    is_demo: Mapped[bool] = mapped_column(default=False)

    deal: Mapped[Deal] = relationship(init=False, repr=False, lazy="raise", viewonly=True)
    paper: Mapped[Paper | None] = relationship(init=False, repr=False, lazy="raise", viewonly=True)
