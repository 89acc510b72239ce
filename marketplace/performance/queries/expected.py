"""The fees that a manager may expect of running deals, by the mandates that cover them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.deals.models import RUNNING, Deal, DealStage
from marketplace.managers import fees
from marketplace.managers.queries.mandates import list_signed_of
from marketplace.managers.queries.register import find_own
from marketplace.performance.models import Performance
from marketplace.performance.rules.covering import covering
from marketplace.terms.queries.offers import standing_terms

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.managers.fees import Working
    from marketplace.managers.models import ManagerProfile, Mandate
    from marketplace.terms.value import Terms


class Basis(LabelledEnum):
    """What an expected fee is worked out from, the surest first."""

    AGREED = "fee_of_agreed_terms", N_("Terms agreed by both sides")
    OFFERED = "fee_of_an_offer", N_("Offer on the table")
    ESTIMATE = "fee_of_an_estimate", N_("Value that the sides expect")
    NOTHING = "fee_without_amount", N_("No amount named yet")


@dataclass(frozen=True, kw_only=True)
class Expected:
    """One mandate's fee for one running deal, in minor units of ``currency``."""

    deal: Deal
    mandate: Mandate
    basis: Basis
    working: Working
    currency: str

    @property
    def fee_minor(self) -> int:
        """The whole fee, whoever pays which part of it."""
        return self.working.total_minor


@dataclass(frozen=True)
class Outlook:
    """A manager's expected fees, the highest first, and deals that no mandate covers."""

    rows: Sequence[Expected]
    uncovered: Sequence[Deal]

    def total(self, *bases: Basis) -> int:
        """Sum the fees in fen of these bases, or of all; other currencies stand in the list."""
        return sum(
            row.fee_minor
            for row in self.rows
            if row.currency == "CNY" and (not bases or row.basis in bases)
        )

    def by_stage(self) -> list[tuple[DealStage, int, int]]:
        """Give stage, deals and fees in fen, in the order in which stages are passed."""
        deals: dict[DealStage, set[UUID]] = defaultdict(set)
        fen: dict[DealStage, int] = defaultdict(int)
        for row in self.rows:
            deals[row.deal.stage].add(row.deal.id)
            fen[row.deal.stage] += row.fee_minor if row.currency == "CNY" else 0
        return [(stage, len(deals[stage]), fen[stage]) for stage in RUNNING if stage in deals]


def find_outlook(session: Session, *, actor: Actor, today: date) -> Outlook | None:
    """Work out what a manager may expect of deals without a signed contract; None for others.

    A signed contract's fee is a commission already and stands among those.
    """
    profile = find_own(session, actor)
    if profile is None:
        return None
    deals = _running(session, profile)
    mandates = _by_record(session, profile)
    standing = standing_terms(session, deals)
    rows, uncovered = [], []
    for deal in deals:
        named = {
            mandate.id: mandate
            for one in (deal.listing_id, deal.need_id)
            if one is not None
            for mandate in mandates.get(one, ())
        }
        own = list(covering(deal, named.values(), today))
        rows += [_expected(deal, mandate, standing.get(deal.id)) for mandate in own]
        if not own:
            uncovered.append(deal)
    rows.sort(key=lambda row: (-row.fee_minor, row.deal.number))
    return Outlook(rows, uncovered)


def _running(session: Session, profile: ManagerProfile) -> Sequence[Deal]:
    signed = select(Performance.deal_id)
    return session.scalars(
        select(Deal)
        .options(joinedload(Deal.licensor), joinedload(Deal.licensee))
        .where(
            Deal.manager_person_id == profile.person_id,
            Deal.manager_accepted_at.is_not(None),
            Deal.stage.in_(RUNNING),
            Deal.id.not_in(signed),
        )
        .order_by(Deal.number)
    ).all()


def _by_record(session: Session, profile: ManagerProfile) -> Mapping[UUID, list[Mandate]]:
    found: dict[UUID, list[Mandate]] = defaultdict(list)
    for mandate in list_signed_of(session, profile.id):
        for record in mandate.records:
            found[record.object_id].append(mandate)
    return found


def _expected(deal: Deal, mandate: Mandate, standing: tuple[Terms, bool] | None) -> Expected:
    if standing is not None:
        terms, agreed = standing
        basis = Basis.AGREED if agreed else Basis.OFFERED
        amount, currency = terms.fixed_total_minor, terms.currency
    else:
        basis = Basis.NOTHING if deal.value_minor is None else Basis.ESTIMATE
        amount, currency = deal.value_minor or 0, deal.currency
    return Expected(
        deal=deal,
        mandate=mandate,
        basis=basis,
        working=fees.work_out(amount, mandate),
        currency=currency,
    )
