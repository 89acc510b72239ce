"""Keeping a place of a published slot in a crowd: what is judged is read first, then one statement.

The statement locks the slot by changing it, takes the places only where they are, and adds the
booking with its first line only where it took them. It says again which times were judged, so that
a slot that was moved in between is not taken. ``holding`` says when this way may be gone.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb
from sqlalchemy import bindparam, insert, literal, select
from sqlalchemy.dialects.postgresql import JSONB, TIMESTAMP
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict
from sqlalchemy.types import Uuid

from marketplace.bookings.models import Booking, BookingEvent, Slot
from marketplace.bookings.rules import SlotTaken
from marketplace.bookings.services import capacity
from marketplace.bookings.services.locks import WAIT_MS, is_lost
from marketplace.core.swift import Swift, connection

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

_BOOKING: Any = Booking.__table__
_EVENT: Any = BookingEvent.__table__
_SLOT: Any = Slot.__table__

_MAY_BE_NULL = frozenset({"slot_id", "deadline_at", "samples", "listing_id"})
#: What a new booking is inserted with; the rest is unknown yet, or the database's to say.
_COLUMNS = [
    column
    for column in _BOOKING.columns
    if column.server_default is None and (not column.nullable or column.key in _MAY_BE_NULL)
]
_NAMES = [column.key for column in _COLUMNS if column.key != "version"]
_JSON = [column.key for column in _COLUMNS if isinstance(column.type, JSONB)]


def _statement() -> Swift:
    moment = TIMESTAMP(timezone=True)
    taken = (
        capacity.taking(bindparam("slot_id", type_=Uuid()), bindparam("places"))
        .where(
            _SLOT.c.starts_at == bindparam("starts_at", type_=moment),
            _SLOT.c.ends_at == bindparam("ends_at", type_=moment),
        )
        .returning(_SLOT.c.id)
        .cte("taken")
    )
    # A reference has the type of a row that may not be known yet; all are UUIDs.
    values = [
        bindparam(column.key, type_=Uuid() if column.foreign_keys else column.type)
        for column in _COLUMNS
    ]
    booked = (
        insert(_BOOKING)
        .from_select(_COLUMNS, select(*values).select_from(taken), include_defaults=False)
        .returning(_BOOKING.c.id)
        .cte("booked")
    )
    names = ("booking_id", "at", "event", "state", "actor_id", "note")
    line = (
        booked.c.id,
        bindparam("at", type_=moment),
        literal("hold"),
        bindparam("state", type_=_BOOKING.c.state.type),
        bindparam("person_id", type_=Uuid()),
        literal(""),
    )
    return Swift(
        insert(_EVENT)
        .from_select(names, select(*line).select_from(booked), include_defaults=False)
        .returning(_EVENT.c.number)
    )


KEEP = _statement()


def keep(session: Session, booking: Booking, *, now: datetime) -> bool:
    """Take the places of a new booking's slot and insert it with its line; False for too few.

    The booking is the session's afterwards, as if it had been flushed. Raises SlotTaken for a lost
    race, and IntegrityError when the same form has booked meanwhile.
    """
    session.flush()
    row = {name: getattr(booking, name) for name in _NAMES} | {"version": 1}
    values = row | {name: Jsonb(row[name]) for name in _JSON} | {"at": now}
    with _guarded(session):
        kept = KEEP(session, values).fetchone() is not None
    capacity.forget(session, row["slot_id"])
    if kept:
        # Defaults stand in the class alone; without this they would be asked of the database.
        instance_dict(booking).update(row)
        make_transient_to_detached(booking)
        session.add(booking)
    return kept


@contextmanager
def _guarded(session: Session) -> Iterator[None]:
    """Do what ``locks.guarded`` does where the session itself has nothing to take back."""
    driver = connection(session)
    driver.execute(f"SAVEPOINT keep; SET LOCAL lock_timeout = {WAIT_MS}")
    try:
        yield
    except DBAPIError as error:
        driver.execute("ROLLBACK TO SAVEPOINT keep")
        if not is_lost(error):
            raise
        raise SlotTaken from error
    finally:
        driver.execute("RELEASE SAVEPOINT keep")
