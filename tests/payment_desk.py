"""A purpose of payments for tests: it notes what it hears, and may say that a slot is taken."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.payments import purposes
from marketplace.payments.models import Purpose


@dataclass
class Desk:
    """The domain of bookings as payments see it."""

    heard: list[tuple[str, object]] = field(default_factory=list)
    taken: bool = False

    def settled(self, session, payment, now):
        if self.taken:
            raise RuleBroken("This slot was just taken.")
        self.heard.append(("settled", payment.id))

    def ended(self, session, payment, now):
        self.heard.append(("ended", payment.id))

    def authorized(self, session, payment, now):
        self.heard.append(("authorized", payment.id))

    @property
    def names(self):
        return [name for name, _ in self.heard]


@pytest.fixture
def desk(monkeypatch):
    desk = Desk()
    rules = purposes.Rules(
        may_see=lambda *_: False,
        may_pay=lambda *_: False,
        settled=desk.settled,
        ended=desk.ended,
        authorized=desk.authorized,
        return_url=lambda payment: f"/bookings/{payment.purpose_id}",
    )
    monkeypatch.setitem(purposes._rules, Purpose.BOOKING, rules)
    return desk
