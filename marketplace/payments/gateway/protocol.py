"""What payments ask of a provider and what they are told, as plain values without its library."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime


class GatewayError(Exception):
    """The provider did not do what was asked."""


class Refused(GatewayError):
    """The provider said no; nothing happened there. ``code`` is its own word for why."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class OutcomeUnknown(GatewayError):
    """No answer, or none that says whether it happened: it must be looked up.

    ``answered`` says that a failure was answered, which the provider keeps for the key.
    """

    def __init__(self, message: str, *, answered: bool = False) -> None:
        super().__init__(message)
        self.answered = answered


class Busy(GatewayError):
    """The provider asks for patience; nothing happened there."""


class Forged(GatewayError):
    """An event's signature is wrong, too old, or missing."""


@dataclass(frozen=True, kw_only=True)
class SessionOrder:
    """A hosted page that is asked for; amounts in minor units."""

    payment: str
    session_no: int
    title: str
    amount_minor: int
    currency: str
    methods: tuple[str, ...]
    hold: bool
    language: str
    success_url: str
    cancel_url: str
    expires_at: int


@dataclass(frozen=True, kw_only=True)
class Session:
    """A hosted page: ``status`` is open, complete or expired."""

    id: str
    status: str
    url: str | None
    intent_id: str | None
    expires_at: datetime
    payment: str
    session_no: int


@dataclass(frozen=True, kw_only=True)
class Intent:
    """One payment at the provider, with what its charge says."""

    id: str
    status: str
    amount_minor: int
    received_minor: int
    currency: str
    payment: str
    charge_id: str | None = None
    method: str | None = None
    fee_minor: int | None = None
    capture_before: datetime | None = None
    failure: str = ""


@dataclass(frozen=True, kw_only=True)
class Refund:
    """``status`` is pending, requires_action, succeeded, failed or canceled."""

    id: str
    status: str
    amount_minor: int
    intent_id: str | None
    refund: str
    failure: str = ""


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """``status`` is the provider's; won, lost and warning_closed end it."""

    id: str
    status: str
    amount_minor: int
    fee_minor: int
    currency: str
    reason: str
    made_at: datetime
    answer_by: datetime | None


@dataclass(frozen=True, kw_only=True)
class Transfer:
    """Money moved to a payee's account at the provider."""

    id: str
    amount_minor: int
    reversed: bool
    payout: str


@dataclass(frozen=True, kw_only=True)
class Account:
    """A payee's account; ``ready`` when it can receive transfers."""

    id: str
    ready: bool


@dataclass(frozen=True, kw_only=True)
class Movement:
    """A movement on our balance at the provider, in minor units; net = amount - fee."""

    id: str
    type: str
    source: str
    amount_minor: int
    fee_minor: int
    net_minor: int
    currency: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened there; only a reason to look again."""

    id: str
    type: str
    made_at: datetime
    object: Mapping[str, Any] = field(default_factory=dict)


class Gateway(Protocol):
    """A payment provider. Every call raises GatewayError; none is made inside a transaction."""

    #: Whether no real money moves.
    is_test: bool
    #: Origins of the pages to which payers and payees are sent.
    origins: tuple[str, ...]

    def open_session(self, order: SessionOrder, *, key: str) -> Session:
        """Make a hosted page."""
        ...

    def session(self, session_id: str) -> Session:
        """Fetch a hosted page."""
        ...

    def find_session(self, payment: str, session_no: int, *, since: int) -> Session | None:
        """Look a hosted page up by what it was made for, among those since a moment."""
        ...

    def expire_session(self, session_id: str) -> Session:
        """Close a hosted page; a complete one is given as it is."""
        ...

    def intent(self, intent_id: str) -> Intent:
        """Fetch a payment with its charge."""
        ...

    def capture(self, intent_id: str, amount_minor: int, *, key: str) -> Intent:
        """Take a reserved sum; a taken one is given as it is."""
        ...

    def cancel_intent(self, intent_id: str) -> Intent:
        """Let a reserved sum go; one that has ended is given as it is."""
        ...

    def refund(self, request: Mapping[str, Any], *, key: str) -> Refund:
        """Give money back: ``intent``, ``amount``, ``payment``, ``refund``."""
        ...

    def refunds(self, intent_id: str) -> list[Refund]:
        """Fetch all refunds of a payment."""
        ...

    def disputes(self, intent_id: str) -> list[Dispute]:
        """Fetch all disputes of a payment."""
        ...

    def transfer(self, request: Mapping[str, Any], *, key: str) -> Transfer:
        """Move money to a payee: ``account``, ``amount``, ``currency``, ``payout``."""
        ...

    def find_transfer(self, account_id: str, payout: str) -> Transfer | None:
        """Look a transfer up by the payout it was made for."""
        ...

    def open_account(self, request: Mapping[str, Any], *, key: str) -> Account:
        """Open a payee's account: ``organization``, ``name``."""
        ...

    def account(self, account_id: str) -> Account:
        """Fetch a payee's account."""
        ...

    def account_link(self, account_id: str, *, refresh_url: str, return_url: str) -> str:
        """Give the address where the payee gives its details; it lives for minutes."""
        ...

    def movements(self, since: datetime, until: datetime) -> Iterator[Movement]:
        """Give every movement on our balance in a span of time, the oldest last."""
        ...

    def missed_events(self, since: datetime) -> Iterator[Event]:
        """Give the events that could not be delivered."""
        ...

    def read_event(self, body: bytes, signature: str) -> Event:
        """Verify and read a delivered event; raises Forged."""
        ...
