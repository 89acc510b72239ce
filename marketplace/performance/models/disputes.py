"""A quarrel of the two sides of a contract, which holds back what is unpaid."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.deals.models import DealRole


class DealDisputeState(LabelledEnum):
    """How a dispute stands."""

    OPEN = "deal_dispute_open", N_("Dispute is open")
    PROPOSED = "deal_dispute_proposed", N_("An outcome is proposed")
    RESOLVED = "deal_dispute_resolved", N_("Dispute is settled")
    WITHDRAWN = "deal_dispute_withdrawn", N_("Dispute withdrawn")


class DisputeOutcome(LabelledEnum):
    """What both sides come to, or a court decides."""

    CONTINUE = "continue", N_("The contract goes on as it is")
    TERMINATE = "terminate", N_("The contract is terminated")


class DealDispute(Entity, Model):
    """One dispute about a deal: reason, proposed outcome, and who agreed to it."""

    __tablename__ = "deal_dispute"
    __table_args__ = (
        CheckConstraint("reason <> ''", name="deal_dispute_has_a_reason"),
        CheckConstraint(
            "state <> 'deal_dispute_proposed' OR (outcome IS NOT NULL AND proposed_by IS NOT NULL)",
            name="proposed_outcome_is_known",
        ),
        CheckConstraint(
            "state <> 'deal_dispute_resolved' OR (outcome IS NOT NULL AND outcome_note <> '')",
            name="settled_deal_dispute_has_an_outcome",
        ),
        CheckConstraint(
            "(state IN ('deal_dispute_resolved', 'deal_dispute_withdrawn')) = "
            "(resolved_at IS NOT NULL)",
            name="settled_deal_dispute_is_dated",
        ),
        Index(
            means("one_open_deal_dispute", N_("A dispute about this deal is open already.")),
            "deal_id",
            unique=True,
            postgresql_where=text("state IN ('deal_dispute_open', 'deal_dispute_proposed')"),
        ),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    role: Mapped[DealRole]
    opened_by: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    opened_at: Mapped[datetime]
    reason: Mapped[str]
    state: Mapped[DealDisputeState] = mapped_column(default=DealDisputeState.OPEN)
    outcome: Mapped[DisputeOutcome | None] = mapped_column(default=None)
    outcome_note: Mapped[str] = mapped_column(default="")
    proposed_by: Mapped[DealRole | None] = mapped_column(default=None)
    resolved_at: Mapped[datetime | None] = mapped_column(default=None)
    resolved_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    #: Decided by a court or arbitration, not by the two sides.
    by_judgment: Mapped[bool] = mapped_column(default=False)
