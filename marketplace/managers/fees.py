"""What a mandate's fee comes to: pure sums in whole minor units."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from marketplace.core.money import shares
from marketplace.managers.models import FeePayer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from marketplace.managers.claims import AgreedFee
    from marketplace.managers.models import Mandate
    from marketplace.managers.rules import MandateDraft

#: Basis points of a whole.
WHOLE_BP = 10_000


class Bound(StrEnum):
    """Which limit of a mandate decided."""

    FLOOR = "floor"
    CAP = "cap"


@dataclass(frozen=True)
class Commission:
    """A fee and who owes which part of it; the parts add up to the whole."""

    total_minor: int
    client_minor: int
    other_minor: int

    def __iter__(self) -> Iterator[int]:
        """Give client's and other side's part."""
        return iter((self.client_minor, self.other_minor))


@dataclass(frozen=True)
class Working:
    """How a fee came about, step by step in minor units; ``bound`` is what changed the sum."""

    base_minor: int
    share_minor: int
    fixed_minor: int
    total_minor: int
    bound: Bound | None


def share_of(amount_minor: int, basis_points: int) -> int:
    """Give so many basis points of an amount of at least 0, half a unit rounded up."""
    return (amount_minor * basis_points * 2 + WHOLE_BP) // (WHOLE_BP * 2)


def work_out(amount_minor: int, mandate: Mandate | MandateDraft | AgreedFee) -> Working:
    """Work out a contract's fee: share and fixed part, raised to the floor, then cut at the cap.

    Raises ValueError for an amount below 0.
    """
    if amount_minor < 0:
        raise ValueError("a contract's value is at least 0")
    share = share_of(amount_minor, mandate.success_fee_bp)
    total, bound = mandate.fixed_fee_minor + share, None
    if total < mandate.floor_minor:
        total, bound = mandate.floor_minor, Bound.FLOOR
    if mandate.cap_minor is not None and total > mandate.cap_minor:
        total, bound = mandate.cap_minor, Bound.CAP
    return Working(amount_minor, share, mandate.fixed_fee_minor, total, bound)


def commission(amount_minor: int, mandate: Mandate | MandateDraft | AgreedFee) -> Commission:
    """Give the fee for a contract of this value, once it is made (Civil Code 963).

    Of a fee that both sides share, an odd unit falls to the client. Raises ValueError for an
    amount below 0; what is owed without a contract is no fee (Civil Code 964).
    """
    total = work_out(amount_minor, mandate).total_minor
    weights = {FeePayer.CLIENT: (1, 0), FeePayer.OTHER: (0, 1), FeePayer.SHARED: (1, 1)}
    client, other = shares(total, weights[mandate.payer])
    return Commission(total, client, other)
