"""The short way to a place of a slot: few statements, and the same rows as the long way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.bookings.models import Booking, BookingEvent, BookingState, Slot
from marketplace.bookings.rules import SlotTaken
from marketplace.bookings.services import holding, keeping
from marketplace.bookings.services.holding import Wish, hold
from tests.factories.bookings import NOON
from tests.statements import counted

#: Differ by their nature.
OWN = {"id", "idempotency_key", "created_at", "updated_at"}


@pytest.fixture
def wish(slot, organization):
    return Wish(
        resource_id=slot.resource_id,
        organization_id=organization.id,
        slot_id=slot.id,
        places=2,
        samples=3,
    )


def row_of(session, booking_id):
    table = Booking.__table__
    row = session.execute(select(table).where(table.c.id == booking_id)).mappings().one()
    return {name: value for name, value in row.items() if name not in OWN}


def lines_of(session, booking_id):
    found = session.scalars(select(BookingEvent).where(BookingEvent.booking_id == booking_id))
    return [(one.event, one.state, one.actor_id, one.note, one.at) for one in found]


class TestStatements:
    def test_of_a_hold_are_four(self, session, actor, slot, wish):
        slot.capacity = 5
        session.flush()
        with counted() as sent:
            hold(session, actor=actor, wish=wish, key="k", now=NOON)
        # The offer; savepoint with its time limit; place, booking and line; the savepoint's end.
        assert len(sent) == 4, sent

    def test_of_who_comes_too_late_are_two_and_lock_nothing(self, session, make, actor, slot, wish):
        make.booking(slot)
        with counted() as sent, pytest.raises(SlotTaken) as lost:
            hold(session, actor=actor, wish=wish, key="k", now=NOON)
        # The offer; the nearest other slots.
        assert len(sent) == 2, sent
        assert not [one for one in sent if "FOR UPDATE" in one or "SAVEPOINT" in one]
        assert lost.value.full.slot_id == slot.id


class TestRows:
    def test_are_those_of_the_long_way(self, session, actor, slot, wish):
        slot.capacity = 9
        session.flush()
        short = hold(session, actor=actor, wish=wish, key="short", now=NOON)
        long = holding._hold_locked(session, actor=actor, wish=wish, key="long", now=NOON)
        session.flush()
        assert row_of(session, short.id) == row_of(session, long.id)
        assert lines_of(session, short.id) == lines_of(session, long.id)
        session.refresh(slot)
        assert slot.taken == 4

    def test_are_known_to_the_session_without_being_read(self, session, actor, slot, wish):
        slot.capacity = 9
        session.flush()
        with counted() as sent:
            booking = hold(session, actor=actor, wish=wish, key="k", now=NOON)
            before = len(sent)
            assert (booking.state, booking.places, booking.answers) == (BookingState.HELD, 2, [])
            assert len(sent) == before
        booking.purpose = "放大试验"
        session.flush()
        session.expire_all()
        assert session.get_one(Booking, booking.id).purpose == "放大试验"
        assert booking.version == 2


class TestLost:
    """What happened between the look and the statement decides."""

    def change(self, monkeypatch, session, **values):
        original = keeping.keep

        def late(session, booking, *, now):
            session.execute(Slot.__table__.update().values(**values))
            return original(session, booking, now=now)

        monkeypatch.setattr(keeping, "keep", late)

    def test_place_is_not_sold_twice(self, monkeypatch, session, actor, slot, wish):
        slot.capacity = 2
        session.flush()
        self.change(monkeypatch, session, taken=1)
        with pytest.raises(SlotTaken) as lost:
            hold(session, actor=actor, wish=wish, key="k", now=NOON)
        assert lost.value.full is None
        session.refresh(slot)
        assert slot.taken == 1

    def test_closed_slot_is_not_booked(self, monkeypatch, session, actor, slot, wish):
        slot.capacity = 2
        session.flush()
        self.change(monkeypatch, session, closed_at=NOON)
        with pytest.raises(SlotTaken):
            hold(session, actor=actor, wish=wish, key="k", now=NOON)

    def test_slot_that_was_moved_is_judged_again(self, monkeypatch, session, actor, slot, wish):
        slot.capacity = 2
        session.flush()
        moved = slot.starts_at + timedelta(hours=1)
        self.change(monkeypatch, session, starts_at=moved, ends_at=moved + timedelta(hours=1))
        booking = hold(session, actor=actor, wish=wish, key="k", now=NOON)
        assert booking.starts_at == moved

    def test_same_form_meanwhile_is_this_ones_booking(
        self, monkeypatch, session, actor, slot, wish
    ):
        slot.capacity = 9
        session.flush()
        first = hold(session, actor=actor, wish=wish, key="k", now=NOON)
        find = holding.offers.find_offer

        def unknowing(*args, **values):
            return find(*args, **values | {"key": "not yet"})

        monkeypatch.setattr(holding.offers, "find_offer", unknowing)
        again = hold(session, actor=actor, wish=wish, key="k", now=NOON)
        session.refresh(slot)
        assert (again.id, slot.taken) == (first.id, 2)
