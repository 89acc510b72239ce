"""Records of use: written by the operator, answered by the user, charged within the price."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.bookings.models import BookingState
from marketplace.core.errors import Denied, NotFound, RuleBroken, StepNotAllowed
from marketplace.payments.models import Purpose
from marketplace.reports.models import UseState
from marketplace.reports.services import uses
from marketplace.reports.services.uses import UseInput
from tests.factories.bookings import WEDNESDAY
from tests.jobs import topics

AFTER = WEDNESDAY + timedelta(hours=4)


def given(**values):
    kept = {"started_at": WEDNESDAY, "ended_at": WEDNESDAY + timedelta(hours=3)} | values
    return UseInput(**kept)


@pytest.fixture
def record(session, operator, booking):
    def write(**values):
        return uses.record_use(
            session, actor=operator, booking_id=booking.id, given=given(**values), now=AFTER
        )

    return write


@pytest.fixture
def paid(session, make, booking):
    """The money that confirms the booking."""
    booking.state, booking.deadline_at = BookingState.AWAITING_PAYMENT, AFTER
    session.flush()
    payment = make.paid(purpose=Purpose.BOOKING, purpose_id=booking.id, amount_minor=100_000)
    session.refresh(booking)
    assert booking.state is BookingState.CONFIRMED
    return payment


class TestRecordUse:
    def test_ends_the_use_at_the_agreed_price(self, session, booking, record, paid):
        found = record(samples=12, consumables=[{"name": "溶剂", "amount": "2", "unit": "L"}])
        assert booking.state is BookingState.COMPLETED
        assert (found.charge_minor, found.minutes, found.state) == (
            100_000,
            180,
            UseState.RECORDED,
        )
        session.refresh(paid)
        assert (paid.refunded_minor, paid.released_minor) == (0, 100_000)
        assert "use.recorded" in topics(session)

    def test_gives_back_what_is_not_charged(self, session, record, paid):
        found = record(charge_minor=40_000, adjust_reason="设备停机一小时")
        session.refresh(paid)
        assert (paid.refunded_minor, paid.released_minor) == (60_000, 40_000)
        assert found.adjust_reason == "设备停机一小时"

    @pytest.mark.parametrize(
        "values",
        [
            {"charge_minor": 100_001},
            {"charge_minor": 1},
            {"samples": -1},
            {"ended_at": AFTER + timedelta(hours=1)},
        ],
    )
    def test_refuses_what_does_not_fit(self, booking, record, values):
        with pytest.raises(RuleBroken):
            record(**values)
        assert booking.state is BookingState.CONFIRMED

    def test_happens_once(self, record):
        record()
        with pytest.raises(StepNotAllowed):
            record()

    def test_is_the_operators(self, session, make, user, booking):
        for actor, error in (
            (make.actor(user), Denied),
            (make.member_of(make.organization()), NotFound),
        ):
            with pytest.raises(error):
                uses.record_use(
                    session, actor=actor, booking_id=booking.id, given=given(), now=AFTER
                )


class TestAnswer:
    def test_the_user_confirms(self, session, make, user, booking, record):
        found = record()
        uses.confirm_use(session, actor=make.actor(user), booking_id=booking.id, now=AFTER)
        assert (found.state, found.answered_by) == (UseState.CONFIRMED, user.id)
        with pytest.raises(StepNotAllowed):
            uses.confirm_use(session, actor=make.actor(user), booking_id=booking.id, now=AFTER)

    def test_the_operator_can_not(self, session, operator, booking, record):
        record()
        with pytest.raises(Denied):
            uses.confirm_use(session, actor=operator, booking_id=booking.id, now=AFTER)
        with pytest.raises(Denied):
            uses.dispute_use(session, actor=operator, booking_id=booking.id, reason="x", now=AFTER)

    def test_without_a_record_there_is_nothing_to_confirm(self, session, make, user, booking):
        with pytest.raises(NotFound):
            uses.confirm_use(session, actor=make.actor(user), booking_id=booking.id, now=AFTER)

    def test_an_objection_can_lower_the_charge(
        self, session, make, user, operator, booking, record, paid
    ):
        found = record()
        uses.dispute_use(
            session, actor=make.actor(user), booking_id=booking.id, reason="只用了两小时", now=AFTER
        )
        assert (found.state, found.dispute_reason) == (UseState.DISPUTED, "只用了两小时")
        uses.lower_charge(
            session,
            actor=operator,
            booking_id=booking.id,
            charge_minor=70_000,
            reason="按两小时计",
            now=AFTER,
        )
        session.refresh(paid)
        assert (found.charge_minor, paid.refunded_minor) == (70_000, 30_000)
        uses.confirm_use(session, actor=make.actor(user), booking_id=booking.id, now=AFTER)
        assert found.state is UseState.CONFIRMED

    @pytest.mark.parametrize("charge", [100_000, 100_001, -1])
    def test_a_lower_charge_is_lower(self, session, operator, booking, record, charge):
        record()
        with pytest.raises(RuleBroken, match="below"):
            uses.lower_charge(
                session,
                actor=operator,
                booking_id=booking.id,
                charge_minor=charge,
                reason="x",
                now=AFTER,
            )
