"""Deals as the city counts them: by stage, kind, district, industry and amount."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, case, cast, func, literal, select
from sqlalchemy.orm import aliased, contains_eager

from marketplace.contracts.models import Contract, Registration, RegistrationStatus
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.paging import Page, page_of
from marketplace.deals.models import Deal, DealStage
from marketplace.needs.models import Need, NeedStatus
from marketplace.organizations.models import Organization

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

#: Stages in which a contract stands.
SIGNED = (DealStage.SIGNED, DealStage.PERFORMING, DealStage.CLOSED)
#: Shown where a deal has no value of a dimension.
NONE = "none"
PAGE = 50

Licensee = aliased(Organization)
Licensor = aliased(Organization)


class Dimension(LabelledEnum):
    """What deals are counted by."""

    STAGE = "stage", N_("Stage")
    KIND = "kind", N_("Kind of contract")
    DISTRICT = "district", N_("District of the taker")
    INDUSTRY = "industry", N_("Industry of the taker")
    BAND = "band", N_("Amount of the contract")


class Band(LabelledEnum):
    """Bands of contract amounts in yuan."""

    UNDER_100K = "under_100k", N_("below CN¥100,000")
    UNDER_1M = "under_1m", N_("CN¥100,000 to 1 million")
    UNDER_10M = "under_10m", N_("CN¥1 to 10 million")
    FROM_10M = "from_10m", N_("CN¥10 million and more")


#: Upper bounds in fen, exclusive; the last band has none.
BOUNDS = ((Band.UNDER_100K, 100_000_00), (Band.UNDER_1M, 1_000_000_00), (Band.UNDER_10M, 10**9))


@dataclass(frozen=True)
class Count:
    """How many deals have one value of a dimension, and what their contracts come to (fen)."""

    key: str
    deals: int
    minor: int


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How many of the published needs ended well, and what came of them."""

    needs: int
    met: int
    deals: int
    signed: int
    closed: int
    lapsed: int
    registered: int
    registered_minor: int

    @property
    def finished_permille(self) -> int | None:
        """Finished needs per thousand published ones, rounded down; None without needs.

        The platform 天网 publishes this share of its own needs (26.9 %).
        """
        return self.met * 1000 // self.needs if self.needs else None


def band_of(minor: int | None) -> Band | None:
    """Give the band of an amount in fen; None where there is no contract."""
    if minor is None:
        return None
    return next((band for band, bound in BOUNDS if minor < bound), Band.FROM_10M)


def _band() -> ColumnElement[str]:
    """Give ``band_of`` as an expression."""
    return case(
        (Contract.amount_minor.is_(None), literal(NONE)),
        *((Contract.amount_minor < bound, literal(band.value)) for band, bound in BOUNDS),
        else_=literal(Band.FROM_10M.value),
    )


def _key(dimension: Dimension) -> Any:  # noqa: ANN401 — a column or an expression
    columns: dict[Dimension, Any] = {
        Dimension.STAGE: cast(Deal.stage, Text),
        Dimension.KIND: func.coalesce(cast(Contract.kind, Text), NONE),
        Dimension.DISTRICT: func.coalesce(Licensee.district_code, NONE),
        Dimension.INDUSTRY: func.coalesce(Licensee.industry_code, NONE),
        Dimension.BAND: _band(),
    }
    return columns[dimension]


#: Dimensions whose values follow upon each other.
_ORDERED: dict[Dimension, type[LabelledEnum]] = {Dimension.STAGE: DealStage, Dimension.BAND: Band}


def count_deals(session: Session, dimension: Dimension) -> list[Count]:
    """Count all deals by one dimension; amounts are those of signed contracts.

    Stages and bands stand in their own order, other values with the most first.
    """
    key = _key(dimension)
    signed = case((Contract.signed_at.is_not(None), Contract.amount_minor), else_=0)
    rows = session.execute(
        select(key, func.count(), func.coalesce(func.sum(signed), 0))
        .select_from(Deal)
        .outerjoin(Contract, Contract.deal_id == Deal.id)
        .join(Licensee, Licensee.id == Deal.licensee_id)
        .group_by(key)
        .order_by(func.count().desc(), key)
    )
    found = [Count(key, count, int(minor)) for key, count, minor in rows]
    order = {member.value: place for place, member in enumerate(_ORDERED.get(dimension, ()))}
    return sorted(found, key=lambda count: order.get(count.key, len(order)))


def outcome(session: Session) -> Outcome:
    """Give the figures that tell whether needs and deals come to an end."""
    needs, met = session.execute(
        select(func.count(), func.count().filter(Need.status == NeedStatus.MET)).where(
            Need.published_at.is_not(None)
        )
    ).one()
    stages = {count.key: count.deals for count in count_deals(session, Dimension.STAGE)}
    registered, minor = session.execute(
        select(func.count(), func.coalesce(func.sum(Contract.amount_minor), 0))
        .select_from(Registration)
        .join(Contract, Contract.id == Registration.contract_id)
        .where(Registration.status == RegistrationStatus.REGISTERED)
    ).one()
    return Outcome(
        needs=needs,
        met=met,
        deals=sum(stages.values()),
        signed=sum(stages.get(stage, 0) for stage in SIGNED),
        closed=stages.get(DealStage.CLOSED, 0),
        lapsed=stages.get(DealStage.LAPSED, 0),
        registered=registered,
        registered_minor=int(minor),
    )


def registered_since(session: Session, first: date) -> tuple[int, int]:
    """Give how many contracts were registered from a day on, and their amounts in fen."""
    count, minor = session.execute(
        select(func.count(), func.coalesce(func.sum(Contract.amount_minor), 0))
        .select_from(Registration)
        .join(Contract, Contract.id == Registration.contract_id)
        .where(
            Registration.status == RegistrationStatus.REGISTERED,
            Registration.registered_on >= first,
        )
    ).one()
    return count, int(minor)


@dataclass(frozen=True, kw_only=True)
class Row:
    """A deal as the city reads it: parties only where the contract is registered."""

    number: int
    stage: DealStage
    opened_at: Any
    licensor: Organization | None
    licensee: Organization | None
    district: str | None
    industry: str | None
    kind: Any
    amount_minor: int | None
    registered_on: Any
    registration: str
    is_demo: bool


def _deals(dimension: Dimension | None, key: str) -> Select[Deal]:
    statement = (
        select(Deal)
        .join(Licensee, Licensee.id == Deal.licensee_id)
        .join(Licensor, Licensor.id == Deal.licensor_id)
        .outerjoin(Contract, Contract.deal_id == Deal.id)
        .options(
            contains_eager(Deal.licensee.of_type(Licensee)),
            contains_eager(Deal.licensor.of_type(Licensor)),
        )
        .order_by(Deal.opened_at.desc(), Deal.id)
    )
    return statement if dimension is None else statement.where(_key(dimension) == key)


def list_deals(
    session: Session, dimension: Dimension | None = None, key: str = "", *, number: int = 1
) -> Page[Row]:
    """Give the deals behind a figure, the newest first."""
    page = page_of(session, _deals(dimension, key), number=number, size=PAGE)
    return Page(
        items=_rows(session, page.items), total=page.total, number=page.number, size=page.size
    )


def _rows(session: Session, deals: Sequence[Deal]) -> list[Row]:
    found = {
        contract.deal_id: (contract, registration)
        for contract, registration in session.execute(
            select(Contract, Registration)
            .outerjoin(Registration, Registration.contract_id == Contract.id)
            .where(Contract.deal_id.in_([deal.id for deal in deals]))
        )
    }
    return [_row(deal, *found.get(deal.id, (None, None))) for deal in deals]


def _row(deal: Deal, contract: Contract | None, registration: Registration | None) -> Row:
    # Registration reports parties and amount to the city anyway; what only two sides know of is
    # counted without their names.
    is_registered = (
        registration is not None and registration.status is RegistrationStatus.REGISTERED
    )
    return Row(
        number=deal.number,
        stage=deal.stage,
        opened_at=deal.opened_at,
        licensor=deal.licensor if is_registered else None,
        licensee=deal.licensee if is_registered else None,
        district=deal.licensee.district_code,
        industry=deal.licensee.industry_code,
        kind=contract.kind if contract is not None else None,
        amount_minor=contract.amount_minor if contract is not None and is_registered else None,
        registered_on=registration.registered_on if is_registered and registration else None,
        registration=registration.number if is_registered and registration else "",
        is_demo=deal.is_demo,
    )
