"""Every state, step and side of a booking; windows of time; what leaving costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from uuid import uuid4

import pytest

from marketplace.bookings import rules
from marketplace.bookings.models import COUNTING, ENDS, TIMED, BookingState
from marketplace.bookings.permissions import parties_of
from marketplace.bookings.rules import ACTORS, LIFECYCLE, Party
from marketplace.core.actor import Actor, MemberRole
from marketplace.core.errors import RuleBroken, StepNotAllowed

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)

#: Event → (states it starts from, state it leads to, sides that may take it).
TABLE = {
    "request": ("held", "pending_approval", "buyer"),
    "reserve": ("held", "awaiting_payment", "buyer"),
    "approve": ("pending_approval", "awaiting_payment", "provider"),
    "reject": ("pending_approval", "rejected", "provider"),
    "propose": ("pending_approval", "pending_approval", "provider"),
    "accept_proposal": ("pending_approval", "awaiting_payment", "buyer"),
    "decline_proposal": ("pending_approval", "pending_approval", "buyer"),
    "settle": ("awaiting_payment", "confirmed", "system"),
    "revive": ("expired", "confirmed", "system"),
    "expire": ("held pending_approval awaiting_payment", "expired", "system"),
    "cancel": (
        "held pending_approval awaiting_payment confirmed",
        "cancelled_by_buyer",
        "buyer",
    ),
    "call_off": (
        "held pending_approval awaiting_payment confirmed in_service",
        "cancelled_by_provider",
        "provider system",
    ),
    "start": ("confirmed", "in_service", "provider"),
    "complete": ("in_service", "completed", "provider"),
    "no_show": ("confirmed", "no_show", "provider"),
}


class TestLifecycle:
    def test_has_exactly_these_steps(self):
        assert LIFECYCLE.events == set(TABLE) == set(ACTORS)

    @pytest.mark.parametrize("event", sorted(TABLE))
    @pytest.mark.parametrize("state", list(BookingState))
    @pytest.mark.parametrize("party", list(Party))
    def test_allows_what_the_table_says(self, event, state, party):
        sources, target, sides = TABLE[event]
        allowed = state.value in sources.split()
        assert (party in ACTORS[event]) == (party.value in sides.split())
        assert LIFECYCLE.allows(state, event) == allowed
        if allowed:
            assert LIFECYCLE.next(state, event) == target
        else:
            with pytest.raises(StepNotAllowed):
                LIFECYCLE.next(state, event)

    def test_counts_from_the_hold_to_the_use(self):
        assert {state.value for state in COUNTING} == {
            "held",
            "pending_approval",
            "awaiting_payment",
            "confirmed",
            "in_service",
        }
        assert set(COUNTING) | set(ENDS) == set(BookingState)
        assert not set(COUNTING) & set(ENDS)
        assert set(TIMED) < set(COUNTING)

    def test_no_ended_booking_goes_on_but_by_late_money(self):
        for state in ENDS:
            expected = {"revive"} if state is BookingState.EXPIRED else set()
            assert LIFECYCLE.possible(state) == expected


class TestParties:
    def sides(self, *, user=True, buyer_role=None, provider_role=None):
        person, buyer, provider = uuid4(), uuid4(), uuid4()
        memberships = {}
        if buyer_role:
            memberships[buyer] = frozenset({buyer_role})
        if provider_role:
            memberships[provider] = frozenset({provider_role})
        booking = SimpleNamespace(person_id=person, organization_id=buyer, provider_id=provider)
        actor = Actor(user_id=person if user else uuid4(), memberships=memberships)
        return parties_of(actor, booking)

    @pytest.mark.parametrize(
        ("values", "expected"),
        [
            ({"buyer_role": MemberRole.TECHNOLOGY_MANAGER}, {Party.BUYER}),
            ({"user": False, "buyer_role": MemberRole.TECHNOLOGY_MANAGER}, set()),
            ({"user": False, "buyer_role": MemberRole.EDITOR}, {Party.BUYER}),
            ({}, set()),
            ({"user": False, "provider_role": MemberRole.OPERATOR_STAFF}, {Party.PROVIDER}),
            ({"user": False, "provider_role": MemberRole.TTO_OFFICER}, set()),
            (
                {"buyer_role": MemberRole.OWNER, "provider_role": MemberRole.OWNER},
                {Party.BUYER, Party.PROVIDER},
            ),
        ],
    )
    def test_follow_membership(self, values, expected):
        assert self.sides(**values) == expected


def resource(**values):
    base = {
        "minimum_notice_hours": 24,
        "horizon_days": 90,
        "minimum_minutes": 60,
        "maximum_minutes": 480,
        "step_minutes": 30,
        "request_hours": 48,
        "payment_minutes": 30,
    }
    return SimpleNamespace(**(base | values))


class TestWindows:
    def test_request_ends_before_the_start(self):
        soon = NOON + timedelta(hours=30)
        assert rules.request_deadline(resource(), starts_at=soon, now=NOON) == soon
        later = NOON + timedelta(days=9)
        assert rules.request_deadline(resource(), starts_at=later, now=NOON) == NOON + timedelta(
            hours=48
        )

    def test_offer_is_kept_for_hours_and_never_beyond_the_start(self):
        later = NOON + timedelta(days=9)
        assert rules.offer_deadline(starts_at=later, now=NOON) == NOON + rules.OFFER
        soon = NOON + timedelta(hours=1)
        assert rules.offer_deadline(starts_at=soon, now=NOON) == soon

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            (timedelta(0), timedelta(hours=1)),
            (timedelta(hours=2), timedelta(hours=1)),
            (timedelta(hours=1), timedelta(hours=1)),
            (timedelta(days=729, hours=23), timedelta(days=730, hours=1)),
        ],
    )
    def test_future_refuses_nonsense(self, start, end):
        with pytest.raises(RuleBroken):
            rules.require_future(NOON + start, NOON + end, NOON)

    def test_edges_of_notice_and_horizon_are_inside(self):
        for start in (timedelta(hours=24), timedelta(days=90)):
            rules.require_window(
                resource(),
                starts_at=NOON + start,
                ends_at=NOON + start + timedelta(hours=1),
                now=NOON,
            )

    def test_clock_that_reached_the_deadline_has_run_out(self):
        booking = SimpleNamespace(deadline_at=NOON)
        assert rules.has_run_out(booking, NOON)
        assert not rules.has_run_out(booking, NOON - timedelta(microseconds=1))
        assert not rules.has_run_out(SimpleNamespace(deadline_at=None), NOON)


class TestLeaving:
    def booking(self, state=BookingState.CONFIRMED, **values):
        base = {
            "state": state,
            "starts_at": NOON + timedelta(hours=48),
            "free_cancel_hours": 24,
            "late_fee_percent": 30,
            "price_minor": 999,
            "outside_since": None,
        }
        return SimpleNamespace(**(base | values))

    @pytest.mark.parametrize(
        ("hours", "fee"), [(0, 0), (24, 0), (24.001, 299), (48, 299), (60, 299)]
    )
    def test_costs_a_share_after_the_free_time(self, hours, fee):
        assert rules.leaving_fee(self.booking(), NOON + timedelta(hours=hours)) == fee

    @pytest.mark.parametrize("state", [*TIMED, BookingState.EXPIRED])
    def test_costs_nothing_before_the_confirmation(self, state):
        assert rules.leaving_fee(self.booking(state), NOON + timedelta(hours=47)) == 0

    def test_costs_nothing_once_the_hours_changed(self):
        late = NOON + timedelta(hours=47)
        assert rules.leaving_fee(self.booking(outside_since=NOON), late) == 0

    @pytest.mark.parametrize("percent", [0, 100])
    def test_reaches_from_nothing_to_all(self, percent):
        fee = rules.late_fee(self.booking(late_fee_percent=percent))
        assert fee == 999 * percent // 100


class TestRequireEarly:
    def booking(self, early_from=None):
        return SimpleNamespace(starts_at=NOON, early_from=early_from)

    @pytest.mark.parametrize("minutes", [-60, 0, 29, 30])
    def test_lets_in_shortly_before_the_time(self, minutes):
        rules.require_early(self.booking(), NOON - timedelta(minutes=minutes), 30)

    def test_refuses_before_that(self):
        with pytest.raises(RuleBroken, match="agree") as broken:
            rules.require_early(self.booking(), NOON - timedelta(minutes=31), 30)
        assert broken.value.values == {"minutes": 30}

    def test_lets_in_when_the_user_agreed_and_no_earlier(self):
        booking = self.booking(NOON - timedelta(hours=2))
        rules.require_early(booking, NOON - timedelta(hours=2), 30)
        with pytest.raises(RuleBroken):
            rules.require_early(booking, NOON - timedelta(hours=2, seconds=1), 30)
