"""The tables of states: what they allow is exactly this, and the shares of a release add up."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.payments.models import (
    DisputeState,
    PaymentState,
    PayoutState,
    RefundState,
    SlipState,
)
from marketplace.payments.rules import (
    DISPUTE,
    PAYMENT,
    PAYOUT,
    REFUND,
    SLIP,
    parts_of,
    recalled_parts,
    shown,
)
from marketplace.payments.services.accounts import require_tax_number
from tests.factories.organizations import credit_code

#: State → the steps that start in it.
PAYMENTS = {
    "created": {"open", "process", "authorize", "capture", "fail", "expire", "cancel"},
    "session_open": {
        "open",
        "close_session",
        "process",
        "authorize",
        "capture",
        "fail",
        "expire",
        "cancel",
    },
    "processing": {"authorize", "capture", "fail", "expire", "cancel"},
    "authorized": {"capture", "fail", "expire", "cancel"},
    "captured": {"refund_none", "refund_part", "refund_all", "dispute"},
    "partially_refunded": {"refund_none", "refund_part", "refund_all", "dispute"},
    "refunded": {"refund_none", "refund_part", "refund_all", "dispute"},
    "failed": {"capture"},
    "expired": {"capture"},
    "cancelled": {"capture"},
    "disputed": {"refund_none", "refund_part", "refund_all", "lose"},
    "lost": set(),
}
REFUNDS = {
    "requested": {"accept", "succeed", "fail"},
    "pending": {"succeed", "fail"},
    "succeeded": {"fail"},
    "failed": set(),
    "by_hand": {"succeed"},
}
DISPUTES = {"dispute_open": {"win", "lose"}, "dispute_won": set(), "dispute_lost": set()}
SLIPS = {"slip_waiting": {"confirm", "refuse"}, "slip_confirmed": set(), "slip_refused": set()}
PAYOUTS = {
    "payout_prepared": {"approve", "refuse"},
    "payout_approved": {"refuse", "send", "pay"},
    "payout_sent": {"pay", "return"},
    "payout_paid": {"return"},
    "payout_returned": set(),
    "payout_refused": set(),
}


@pytest.mark.parametrize(
    ("table", "states", "lifecycle"),
    [
        (PAYMENTS, PaymentState, PAYMENT),
        (REFUNDS, RefundState, REFUND),
        (DISPUTES, DisputeState, DISPUTE),
        (SLIPS, SlipState, SLIP),
        (PAYOUTS, PayoutState, PAYOUT),
    ],
)
def test_every_state_allows_exactly_its_steps(table, states, lifecycle):
    assert {state.value: set(lifecycle.possible(state)) for state in states} == table
    for state in states:
        for event in lifecycle.events - lifecycle.possible(state):
            with pytest.raises(StepNotAllowed):
                lifecycle.next(state, event)


RATES = st.integers(0, 10_000)
AMOUNTS = st.integers(0, 10**13)


class TestParts:
    @given(AMOUNTS, RATES, RATES)
    def test_add_up_and_are_never_negative(self, amount, commission, tax):
        parts = parts_of(amount, commission_bp=commission, tax_bp=tax)
        assert parts.net_minor + parts.commission_minor + parts.tax_minor == amount
        assert min(parts.net_minor, parts.commission_minor, parts.tax_minor) >= 0

    @given(st.lists(st.integers(1, 10**9), max_size=8), RATES, RATES)
    def test_many_small_ones_take_what_one_large_one_takes(self, amounts, commission, tax):
        rates = {"commission_bp": commission, "tax_bp": tax}
        before, found = 0, [0, 0, 0]
        for amount in amounts:
            parts = recalled_parts(before, amount, **rates)
            before += amount
            for place, value in enumerate(
                (parts.net_minor, parts.commission_minor, parts.tax_minor)
            ):
                found[place] += value
        whole = parts_of(sum(amounts), **rates)
        assert found == [whole.net_minor, whole.commission_minor, whole.tax_minor]

    def test_of_an_example(self):
        parts = parts_of(100_000, commission_bp=500, tax_bp=600)
        assert (parts.net_minor, parts.commission_minor, parts.tax_minor) == (95_000, 4_717, 283)


@pytest.mark.parametrize(
    ("minor", "figure"),
    [(0, "0.00"), (5, "0.05"), (123_450, "1,234.50"), (-123_450, "-1,234.50")],
)
def test_shows_amounts_to_the_fen_in_both_languages(minor, figure):
    assert shown(minor) == {"zh": f"{figure} 元", "en": f"{figure} CNY"}
    assert shown(minor, "USD") == {"zh": f"{figure} USD", "en": f"{figure} USD"}


class TestTaxNumber:
    def test_takes_good_ones(self):
        code = credit_code(77)
        assert require_tax_number(f" {code.lower()} ") == code
        assert require_tax_number("420111198001011234"[:15]) == "420111198001011"
        assert require_tax_number("A" * 20) == "A" * 20

    @pytest.mark.parametrize("number", ["", "1" * 17, "1" * 18, "９" * 18, "A-" * 9])
    def test_refuses_others(self, number):
        with pytest.raises(RuleBroken) as refused:
            require_tax_number(number)
        assert refused.value.field == "tax_number"
