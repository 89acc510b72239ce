"""Use first, pay later: a trial that ends in a license or in a return."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.constraints import means
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.model import Entity, Model
from marketplace.terms.kinds import Side


class TrialTrigger(LabelledEnum):
    """What makes the payment due."""

    DATE = "date", N_("A date")
    FIRST_INCOME = "first_income", N_("The first income from the technology")


class TrialPayment(LabelledEnum):
    """How the price is paid once it is due."""

    INSTALMENT = "instalment", N_("In instalments")
    DELAYED = "delayed", N_("In one sum, later")
    CONDITIONAL = "conditional", N_("When a condition is met")
    REVENUE_SHARE = "revenue_share", N_("As a share of revenue")


class TrialStatus(LabelledEnum):
    """How far a trial has come; the steps stand in ``rules.trials``."""

    PROPOSED = "proposed", N_("Trial proposed")
    RUNNING = "running", N_("Trial running")
    DUE = "due", N_("Decision due: license or return")
    CONVERTED = "converted", N_("Turned into a license")
    GIVEN_BACK = "given_back", N_("Technology returned")
    CALLED_OFF = "called_off", N_("Trial called off")


class Trial(Entity, Model):
    """A use that is free at first; at the trigger the licensee takes a license or gives it back."""

    __tablename__ = "trial"
    __table_args__ = (
        Index(
            means("one_living_trial", N_("This deal has a trial already.")),
            "deal_id",
            unique=True,
            postgresql_where=text("status IN ('proposed', 'running', 'due')"),
        ),
        CheckConstraint("decide_by >= starts_on", name="trial_ends_after_its_start"),
        CheckConstraint(
            "payment <> 'instalment' OR instalments >= 2", name="instalments_are_several"
        ),
        CheckConstraint("payment <> 'conditional' OR condition <> ''", name="condition_is_named"),
        CheckConstraint(
            "payment <> 'revenue_share' OR share_bp BETWEEN 1 AND 10000",
            name="revenue_share_is_a_share",
        ),
        CheckConstraint("price_minor IS NULL OR price_minor > 0", name="trial_price_is_positive"),
    )

    deal_id: Mapped[UUID] = mapped_column(ForeignKey("deal.id"))
    proposed_by_side: Mapped[Side]
    proposed_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    starts_on: Mapped[date]
    trigger: Mapped[TrialTrigger]
    #: The trigger's date, or with a first income the day on which the trial ends without one.
    decide_by: Mapped[date]
    payment: Mapped[TrialPayment]
    price_minor: Mapped[int | None] = mapped_column(BigInteger, default=None)
    instalments: Mapped[int | None] = mapped_column(default=None)
    share_bp: Mapped[int | None] = mapped_column(default=None)
    condition: Mapped[str] = mapped_column(default="")
    scope: Mapped[str] = mapped_column(default="")
    #: Who answers for damage or theft during the trial: guarantee, insurance.
    security: Mapped[str] = mapped_column(default="")
    status: Mapped[TrialStatus] = mapped_column(default=TrialStatus.PROPOSED)
    accepted_at: Mapped[datetime | None] = mapped_column(default=None)
    accepted_by: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), default=None)
    #: When the licensee told of its first income, and what it was.
    income_on: Mapped[date | None] = mapped_column(default=None)
    income_note: Mapped[str] = mapped_column(default="")
    ended_on: Mapped[date | None] = mapped_column(default=None)
    end_note: Mapped[str] = mapped_column(default="")
    #: Days before the decision at which the sides were reminded last.
    reminded_at_days: Mapped[int | None] = mapped_column(default=None)
    is_demo: Mapped[bool] = mapped_column(default=False)
