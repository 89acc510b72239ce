"""What payments are for: higher domains say who may see and pay, and hear what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.payments.models import Payment, Purpose

    Predicate = Callable[[Session, Actor, Payment], bool]
    Hearer = Callable[[Session, Payment, datetime], None]


def _nothing(_session: Session, _payment: Payment, _now: datetime) -> None:
    """Hear of it and do nothing."""


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What the domain of a purpose says about its payments.

    ``settled`` runs once, in the transaction that receives the money; RuleBroken from it means
    that the payment can't be honoured (the slot is taken): it is then refunded in full.
    ``ended`` runs when it failed, expired or was cancelled by the payments' own doing.
    ``authorized`` runs when an amount was reserved on a card and waits for ``capture``.
    ``refunded`` runs in the transaction in which ``refunded_minor`` of a paid payment changes: a
    refund is ordered, one fails, a card dispute is lost. It reads the payment and may run again.
    ``may_see`` adds people to the money people of both organizations; ``may_pay`` to those of the
    payer. ``return_url`` gives the path of the page that the payment belongs to.
    """

    may_see: Predicate
    may_pay: Predicate
    settled: Hearer
    ended: Hearer
    return_url: Callable[[Payment], str]
    authorized: Hearer = _nothing
    refunded: Hearer = _nothing


def _never(_session: Session, _actor: Actor, _payment: Payment) -> bool:
    return False


#: For purposes whose domain is not installed: money is kept, nobody is told.
_PLAIN = Rules(
    may_see=_never,
    may_pay=_never,
    settled=_nothing,
    ended=_nothing,
    return_url=lambda payment: f"/payments/{payment.id}",
)

_rules: dict[Purpose, Rules] = {}


def register(purpose: Purpose, rules: Rules) -> None:
    """Let a domain say what its payments mean; done once, in its wiring."""
    _rules[purpose] = rules


def rules_of(purpose: Purpose) -> Rules:
    """Give what the purpose's domain said."""
    return _rules.get(purpose, _PLAIN)
