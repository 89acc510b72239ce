"""What a signed contract asks for in fixed payments, and how far each has come."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.deals.models import Deal, DealRole


class MilestoneState(LabelledEnum):
    """How far a milestone has come; the steps between stand in ``rules.milestones``."""

    PLANNED = "planned", N_("Planned")
    PAYABLE = "payable", N_("To be paid")
    PAID = "paid", N_("Milestone paid")
    DELIVERED = "delivered", N_("Delivered")
    CHANGES_REQUESTED = "changes_requested", N_("Changes requested")
    ACCEPTED = "accepted", N_("Work accepted")
    RELEASED = "released", N_("Completed and released")
    REFUNDED = "milestone_refunded", N_("Money given back")
    CANCELLED = "milestone_cancelled", N_("Milestone dropped")
    REPLACED = "milestone_replaced", N_("Taken out by an amendment")


#: States after which nothing is owed, awaited or held any more.
ENDED_MILESTONES = frozenset(
    {
        MilestoneState.RELEASED,
        MilestoneState.REFUNDED,
        MilestoneState.CANCELLED,
        MilestoneState.REPLACED,
    }
)


class Performance(Entity, Model):
    """A signed contract in performance; ``terms`` are the agreed terms as they stand now.

    What an amendment changed stands in ``FormerTerms``.
    """

    __tablename__ = "performance"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="performance_dates_in_order"),)

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"), unique=True)
    contract_id: Mapped[UUID] = mapped_column(ForeignKey("contract.id"), unique=True)
    terms: Mapped[dict[str, Any]]
    currency: Mapped[str] = mapped_column(String(3))
    signed_on: Mapped[date]
    #: First day of the contract's term, from which royalties count.
    starts_on: Mapped[date]
    #: Last day of the term; a contract without a term has no end.
    ends_on: Mapped[date | None] = mapped_column(default=None)
    #: Since when a dispute holds back everything that is unpaid or unreleased.
    frozen_at: Mapped[datetime | None] = mapped_column(default=None)
    is_demo: Mapped[bool] = mapped_column(default=False)

    deal: Mapped[Deal] = relationship(init=False, repr=False, lazy="raise", viewonly=True)


#: Deferred: a contract is judged against all of its milestones at the end of the transaction,
#: without those that an amendment took out.
_SUM = """
CREATE FUNCTION milestones_match_contract() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked uuid;
BEGIN
    IF TG_TABLE_NAME = 'performance' THEN
        checked := NEW.id;
    ELSIF TG_TABLE_NAME = 'contract' THEN
        SELECT id INTO checked FROM performance WHERE contract_id = NEW.id;
    ELSIF TG_OP = 'DELETE' THEN
        checked := OLD.performance_id;
    ELSE
        checked := NEW.performance_id;
    END IF;
    IF EXISTS (
        SELECT 1 FROM performance p JOIN contract c ON c.id = p.contract_id
        WHERE p.id = checked AND c.amount_minor <> (
            SELECT coalesce(sum(m.amount_minor), 0) FROM milestone m
            WHERE m.performance_id = p.id AND m.state <> 'milestone_replaced'
        )
    ) THEN
        RAISE EXCEPTION USING ERRCODE = '23514', CONSTRAINT = 'milestones_sum_to_contract',
            MESSAGE = 'the milestones of a contract sum to its amount';
    END IF;
    RETURN NULL;
END $$
"""
_TRIGGER = """
CREATE CONSTRAINT TRIGGER {table}_milestone_sum AFTER {events} ON {table}
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION milestones_match_contract()
"""


class Milestone(Entity, Model):
    """One fixed payment of a contract, and the work that it pays for."""

    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("performance_id", "position", name="milestones_are_numbered"),
        CheckConstraint("amount_minor > 0", name="milestone_has_an_amount"),
        CheckConstraint(
            "state IN ('planned', 'payable', 'milestone_cancelled', 'milestone_replaced') "
            "OR paid_at IS NOT NULL",
            name="paid_milestone_is_dated",
        ),
        CheckConstraint(
            "(state = 'released') = (released_at IS NOT NULL)", name="released_milestone_is_dated"
        ),
        Index(None, "state", "paid_at"),
        Index(None, "due_on"),
        {
            "info": {
                "after": (
                    _SUM,
                    _TRIGGER.format(table="milestone", events="INSERT OR UPDATE OR DELETE"),
                    _TRIGGER.format(table="performance", events="INSERT"),
                    _TRIGGER.format(table="contract", events="UPDATE OF amount_minor"),
                )
            }
        },
    )

    performance_id: Mapped[UUID] = mapped_column(ForeignKey("performance.id"))
    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(300))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    name_en: Mapped[str] = mapped_column(String(300), default="")
    #: What has to be shown for the work to count as done; empty for a plain fee.
    criterion: Mapped[str] = mapped_column(default="")
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    due_on: Mapped[date | None] = mapped_column(default=None)
    #: Whether something is delivered and accepted; a fee is done with its payment.
    needs_delivery: Mapped[bool] = mapped_column(default=True)
    state: Mapped[MilestoneState] = mapped_column(default=MilestoneState.PLANNED)
    payable_at: Mapped[datetime | None] = mapped_column(default=None)
    paid_at: Mapped[datetime | None] = mapped_column(default=None)
    delivered_at: Mapped[datetime | None] = mapped_column(default=None)
    released_at: Mapped[datetime | None] = mapped_column(default=None)
    #: When both sides were warned that paid money still waits.
    alarmed_at: Mapped[datetime | None] = mapped_column(default=None)
    #: When the wait was too long: no further money is asked for until this one is settled.
    stopped_at: Mapped[datetime | None] = mapped_column(default=None)

    performance: Mapped[Performance] = relationship(
        init=False, repr=False, lazy="raise", viewonly=True
    )


class MilestoneEvent(Model):
    """One step of a milestone; rows are only ever added."""

    __tablename__ = "milestone_event"
    __table_args__ = (Index(None, "milestone_id", "at"), {"info": {"append_only": True}})

    milestone_id: Mapped[UUID] = mapped_column(ForeignKey("milestone.id"))
    at: Mapped[datetime]
    event: Mapped[str] = mapped_column(String(40))
    state: Mapped[MilestoneState]
    role: Mapped[DealRole]
    by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    note: Mapped[str] = mapped_column(default="")
    attachment_id: Mapped[UUID | None] = mapped_column(ForeignKey("attachment.id"), default=None)
    id: Mapped[UUID] = mapped_column(primary_key=True, default_factory=uuid4)
