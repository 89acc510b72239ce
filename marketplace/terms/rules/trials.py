"""Use first, pay later: the steps of a trial, when it falls due, and what it turns into.

Models seen in the field: Xi'an (due a year after the start or when income appears; instalment,
delayed, conditional or revenue-share payment), Zhejiang (free first), Hubei (small firms).
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from marketplace.core.lifecycle import Lifecycle
from marketplace.core.messages import N_
from marketplace.terms.kinds import (
    ContractKind,
    LicenseKind,
    RoyaltyBase,
    RoyaltyCount,
    RoyaltyForm,
    RoyaltyPeriod,
)
from marketplace.terms.models.trials import TrialPayment, TrialStatus, TrialTrigger
from marketplace.terms.rules.faults import Fault
from marketplace.terms.value import Milestone, RoyaltyStep, Terms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.terms.models.trials import Trial

_S = TrialStatus

LIFECYCLE: Lifecycle[TrialStatus] = Lifecycle(
    {
        "accept": ({_S.PROPOSED}, _S.RUNNING),
        "call_off": ({_S.PROPOSED}, _S.CALLED_OFF),
        "fall_due": ({_S.RUNNING}, _S.DUE),
        "convert": ({_S.RUNNING, _S.DUE}, _S.CONVERTED),
        "give_back": ({_S.RUNNING, _S.DUE}, _S.GIVEN_BACK),
    }
)

#: Days before the decision at which both sides are reminded.
REMIND_AT = (30, 7, 0)
LONGEST_DAYS = 3 * 366
MOST_INSTALMENTS = 24


def faults(trial: Trial) -> Iterator[Fault]:
    """Give what is wrong with a proposed trial."""
    if trial.decide_by <= trial.starts_on:
        yield Fault("decide_by", N_("The decision lies after the start of the trial."))
    if trial.decide_by > trial.starts_on + timedelta(days=LONGEST_DAYS):
        yield Fault("decide_by", N_("A trial lasts three years at most: choose an earlier day."))
    if trial.payment is TrialPayment.INSTALMENT and not (
        2 <= (trial.instalments or 0) <= MOST_INSTALMENTS  # noqa: PLR2004 — one is no instalment
    ):
        yield Fault(
            "instalments",
            N_("Give a number of instalments between 2 and %(most)s."),
            {"most": MOST_INSTALMENTS},
        )
    if trial.payment is TrialPayment.CONDITIONAL and not trial.condition.strip():
        yield Fault("condition", N_("Say which condition makes the price due."))
    if trial.payment is TrialPayment.REVENUE_SHARE:
        if not 1 <= (trial.share_bp or 0) <= 10_000:  # noqa: PLR2004 — the whole in basis points
            yield Fault("share_bp", N_("A share lies above 0 % and at most at 100 %."))
    elif not trial.price_minor or trial.price_minor < 0:
        yield Fault("price_minor", N_("Name the price that is paid after the trial."))


def is_due(trial: Trial, *, today: date) -> bool:
    """Whether the licensee has to decide: the trigger happened or the last day came."""
    if trial.trigger is TrialTrigger.FIRST_INCOME and trial.income_on is not None:
        return trial.income_on <= today
    return trial.decide_by <= today


def reminder(trial: Trial, *, today: date) -> int | None:
    """Give the mark (days before the decision) to remind of today; None when none is new."""
    left = (trial.decide_by - today).days
    reached = [mark for mark in REMIND_AT if left <= mark]
    if not reached:
        return None
    mark = min(reached)
    if trial.reminded_at_days is not None and trial.reminded_at_days <= mark:
        return None
    return mark


def terms_after(trial: Trial, *, subject: str, today: date) -> Terms:
    """Make the license that the trial promised, as a draft for the receiving side to offer."""
    price = trial.price_minor or 0
    common = {
        "contract_kind": ContractKind.LICENSE,
        "license_kind": LicenseKind.NON_EXCLUSIVE,
        "subject": subject,
        "fields_of_use": trial.scope,
        "starts_on": today,
    }
    if trial.payment is TrialPayment.REVENUE_SHARE:
        return Terms(
            **common,  # type: ignore[arg-type]
            royalty_base=RoyaltyBase.SALES,
            royalty_form=RoyaltyForm.FIXED,
            royalty_steps=(RoyaltyStep(from_minor=0, rate_bp=trial.share_bp or 1),),
            royalty_count=RoyaltyCount.YEARLY,
            royalty_period=RoyaltyPeriod.HALF_YEAR,
            inspects_books=True,
        )
    if trial.payment is TrialPayment.DELAYED:
        return Terms(**common, upfront_fee_minor=price)  # type: ignore[arg-type]
    if trial.payment is TrialPayment.CONDITIONAL:
        met = Milestone(
            name="条件成就 (condition met)", criterion=trial.condition, amount_minor=price
        )
        return Terms(**common, milestones=(met,))  # type: ignore[arg-type]
    count = trial.instalments or 1
    share, rest = divmod(price, count)
    return Terms(
        **common,  # type: ignore[arg-type]
        milestones=tuple(
            Milestone(
                name=f"第{number}期 (instalment {number})",
                criterion="按期支付 (on the due date)",
                amount_minor=share + (1 if number <= rest else 0),
                due_on=today + timedelta(days=30 * number),
            )
            for number in range(1, count + 1)
        ),
    )
