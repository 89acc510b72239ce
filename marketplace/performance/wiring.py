"""Binds performance to deals, payments, contracts, files and pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template, url_for
from sqlalchemy import select

from marketplace.accounts.services import personal_data
from marketplace.contracts import receipts as contract_receipts
from marketplace.core.messages import N_
from marketplace.deals import effects, guards, tabs
from marketplace.deals.models import DealStage
from marketplace.deals.permissions import may_see
from marketplace.deals.queries.deals import load_deal
from marketplace.files import permissions as file_permissions
from marketplace.payments import purposes
from marketplace.performance import panels as shown
from marketplace.performance import permissions, receipts
from marketplace.performance.models import (
    AwardObjection,
    IncomeSplit,
    Milestone,
    RoyaltyStatement,
    SplitShare,
)
from marketplace.performance.queries import figures, plans
from marketplace.performance.routes.blueprint import name_of
from marketplace.performance.services import callbacks, refunds
from marketplace.performance.services import plans as services
from marketplace.performance.services.milestones import FILE_KIND as MILESTONE_FILE
from marketplace.performance.services.royalties import FILE_KIND as STATEMENT_FILE
from marketplace.performance.services.splits import FILE_KIND as SPLIT_FILE
from marketplace.web import panels
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.deals.models import Deal
    from marketplace.payments.models import Payment

#: Stages from which on there is something to perform or to simulate.
_EARLY = frozenset({DealStage.INQUIRY, DealStage.CONFIDENTIALITY})


def _part_page(payment: Payment) -> str:
    return url_for("performance.part", part_id=payment.purpose_id)


def _sees_deal_of(table: type[Milestone | RoyaltyStatement]) -> Any:  # noqa: ANN401 — a predicate of files
    def sees(session: Session, actor: Actor, object_id: UUID) -> bool:
        row: Any = session.get(table, object_id)
        return row is not None and may_see(actor, load_deal(session, row.deal_id))

    return sees


def _sees_split(session: Session, actor: Actor, split_id: UUID) -> bool:
    row = session.get(IncomeSplit, split_id)
    return row is not None and permissions.may_read_income(actor, row.organization_id)


def deal_panel(deal: Deal, actor: Actor) -> str | None:
    """Say on the deal's page how its milestones and statements stand."""
    performance = plans.find_performance(db.session, deal.id)
    if performance is None or not may_see(actor, deal):
        return None
    milestones = plans.list_milestones(db.session, deal.id)
    ids = [one.id for one in milestones]
    return render_template(
        "performance/_panel.html",
        deal=deal,
        milestones=milestones,
        standing=figures.standings(db.session, figures.MILESTONE, ids),
        statements=plans.list_statements(db.session, performance.id)[-4:],
        frozen=performance.frozen_at is not None,
        name_of=name_of,
    )


def _written_by(session: Session, user_id: UUID) -> list[dict[str, Any]]:
    """List a person's shares and objections."""
    return personal_data.plain_rows(
        [
            *session.scalars(select(SplitShare).where(SplitShare.person_id == user_id)),
            *session.scalars(select(AwardObjection).where(AwardObjection.raised_by == user_id)),
        ]
    )


def install(app: Flask) -> None:  # noqa: ARG001 — the signature of every wiring
    """Answer guards, follow effects, hear of payments, and show it on pages."""
    for name, check in services.GUARDS.items():
        guards.register(name, check)
    for name, effect in services.EFFECTS.items():
        effects.register(name, effect)
    for purpose in callbacks.PURPOSES:
        purposes.register(
            purpose,
            purposes.Rules(
                may_see=callbacks.may_see_payment,
                may_pay=callbacks.may_pay,
                settled=callbacks.settled,
                ended=callbacks.ended,
                refunded=refunds.follow,
                return_url=_part_page,
            ),
        )
    contract_receipts.register(receipts.of_deal)
    file_permissions.register(MILESTONE_FILE, _sees_deal_of(Milestone))
    file_permissions.register(STATEMENT_FILE, _sees_deal_of(RoyaltyStatement))
    file_permissions.register(SPLIT_FILE, _sees_split)
    tabs.register(
        "performance.show",
        N_("Performance and money"),
        60,
        shown=lambda deal: deal.stage not in _EARLY,
    )
    panels.fill("deal.money", deal_panel)
    panels.fill("desk", shown.desk, rank=-1)
    personal_data.register("performance", _written_by)
