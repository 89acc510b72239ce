"""Money that came in for a deal, told by who keeps it (performance): contracts only read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    Reader = Callable[[Session, UUID], Sequence["Receipt"]]


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """A confirmed payment to the supplier: minor units, day, bank reference, slips."""

    amount_minor: int
    on: date
    reference: str = ""
    currency: str = "CNY"
    title: str = ""
    attachment_ids: tuple[UUID, ...] = ()


_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Let a domain say which confirmed payments the supplier of a deal received."""
    if reader not in _readers:
        _readers.append(reader)


def of_deal(session: Session, deal_id: UUID) -> list[Receipt]:
    """Give all receipts of a deal, the oldest first."""
    found = [receipt for reader in _readers for receipt in reader(session, deal_id)]
    return sorted(found, key=lambda receipt: receipt.on)
