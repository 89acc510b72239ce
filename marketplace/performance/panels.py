"""What performance shows on the desk: a manager's fees, income, debts, shares, what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template
from sqlalchemy import select

from marketplace.deals.routes.blueprint import title_of
from marketplace.ledger.models import Account
from marketplace.ledger.queries import balance
from marketplace.managers.queries.register import find_own
from marketplace.organizations.models import Organization, OrganizationKind
from marketplace.performance import permissions
from marketplace.performance.models import Consent, SplitState
from marketplace.performance.queries import due, expected, figures, income, late
from marketplace.performance.queries.splits import list_own_shares
from marketplace.performance.routes.blueprint import is_english, today
from marketplace.performance.services import commissions
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from marketplace.core.actor import Actor
    from marketplace.performance.models import SplitShare

#: Organizations whose people get a part of what their results bring in.
INVENTING = (OrganizationKind.UNIVERSITY, OrganizationKind.INSTITUTE)
#: Sums of an institution that its desk names.
_SUMMED = ("earned_minor", "open_minor", "unshared_minor", "awards_minor")


def desk(_thing: Any, actor: Actor) -> str | None:  # noqa: ANN401 — the desk is about no object
    """Show expected and earned fees, income, what is owed and late, and the person's shares."""
    if actor.is_visitor:
        return None
    facts = {
        **_fees(actor),
        **_awards(list_own_shares(db.session, actor=actor)),
        "offices": _offices(actor),
        "late": late.list_late(db.session, actor=actor, today=today()),
        "dues": due.list_due(
            db.session, [one for one in actor.organization_ids if actor.may_write_for(one)]
        ),
    }
    simulates = bool(facts["shares"]) or _may_invent(actor)
    if not simulates and not any(facts.values()):
        return None
    return render_template(
        "performance/_desk.html",
        **facts,
        simulates=simulates,
        owed=sum(row.open_minor for row in facts["dues"] if row.currency == "CNY"),
        title_of=title_of,
        is_english=is_english(),
    )


def _may_invent(actor: Actor) -> bool:
    """Whether the actor belongs to an institution whose people invent: they may want to reckon."""
    return (
        db.session.scalar(
            select(Organization.id)
            .where(Organization.id.in_(actor.organization_ids), Organization.kind.in_(INVENTING))
            .limit(1)
        )
        is not None
    )


def _fees(actor: Actor) -> dict[str, Any]:
    """Give a manager's outlook, and open commissions by who owes them."""
    profile = find_own(db.session, actor)
    rows = [
        row
        for row in income.list_commissions(db.session, actor=actor)
        if row.state in commissions.OPEN
    ]
    own = [row for row in rows if profile is not None and row.manager_id == profile.id]
    outlook = expected.find_outlook(db.session, actor=actor, today=today())
    received = balance(db.session, Account.FEE_CASH, owner_id=profile.person_id) if profile else 0
    if outlook is not None and not (outlook.rows or outlook.uncovered or own or received):
        outlook = None
    standing = figures.standings(db.session, figures.COMMISSION, [row.id for row in own])
    return {
        "outlook": outlook,
        "received": received,
        # What is not invoiced yet is earned in full; of an invoice, what is still open.
        "earned_open": sum(
            standing[row.id].open_minor if row.invoiced_at else row.amount_minor
            for row in own
            if row.currency == "CNY"
        ),
        "own_commissions": own,
        "commissions_owed": [row for row in rows if row not in own],
    }


def _awards(shares: Sequence[SplitShare]) -> dict[str, Any]:
    owed = figures.award_owed(db.session, [share.id for share in shares])
    return {
        "shares": shares,
        "consents": sum(
            share.consent is Consent.WAITING and share.split.state is SplitState.CONSENTING
            for share in shares
        ),
        "awarded": sum(
            share.amount_minor
            for share in shares
            if share.split.state in {SplitState.BOOKED, SplitState.PAID_OUT}
        ),
        "award_open": sum(owed.values()),
    }


def _offices(actor: Actor) -> list[tuple[Organization, Mapping[str, int]]]:
    """Give the institutions whose income the actor reads, with its sums in fen."""
    ids = [one for one in actor.organization_ids if permissions.is_office(actor, one)]
    named = db.session.scalars(
        select(Organization).where(Organization.id.in_(ids)).order_by(Organization.name)
    )
    found: list[tuple[Organization, Mapping[str, int]]] = []
    for organization in named:
        rows = [
            row for row in income.list_income(db.session, organization.id) if row.currency == "CNY"
        ]
        if rows:
            sums = {name: sum(getattr(row, name) for row in rows) for name in _SUMMED}
            found.append((organization, sums))
    return found
