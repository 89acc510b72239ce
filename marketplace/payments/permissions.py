"""Who may see and do what with payments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, true

from marketplace.core.actor import WRITERS, MemberRole
from marketplace.payments.models import Payment
from marketplace.payments.purposes import rules_of

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.payments.models import Payout

#: Members who see and handle their organization's money.
MONEY_ROLES = WRITERS | {MemberRole.OPERATOR_STAFF}


def handles_money(actor: Actor, organization_id: UUID) -> bool:
    """Whether the actor handles the organization's money."""
    return actor.has_role(organization_id, *MONEY_ROLES)


def money_organizations(actor: Actor) -> frozenset[UUID]:
    """Organizations whose money the actor handles."""
    return frozenset(one for one in actor.memberships if handles_money(actor, one))


def sees_organization(actor: Actor, organization_id: UUID) -> bool:
    """Whether the actor sees the organization's payments and statement."""
    return actor.is_administrator or handles_money(actor, organization_id)


def may_change_account(actor: Actor, organization_id: UUID) -> bool:
    """Owners alone say where their organization is paid."""
    return actor.has_role(organization_id, MemberRole.OWNER)


def may_see(session: Session, actor: Actor, payment: Payment) -> bool:
    """Money people of both sides, administrators, and whom the purpose's domain adds."""
    return (
        actor.is_administrator
        or handles_money(actor, payment.payer_id)
        or handles_money(actor, payment.payee_id)
        or rules_of(payment.purpose).may_see(session, actor, payment)
    )


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Say in SQL which payments a list shows (the purposes' additions open single ones)."""
    if actor.is_administrator:
        return true()
    own = money_organizations(actor)
    return or_(Payment.payer_id.in_(own), Payment.payee_id.in_(own))


def may_pay(session: Session, actor: Actor, payment: Payment) -> bool:
    """Money people of the payer, and whom the purpose's domain adds."""
    return handles_money(actor, payment.payer_id) or rules_of(payment.purpose).may_pay(
        session, actor, payment
    )


def may_confirm(actor: Actor, payment: Payment) -> bool:
    """The payee's money people say whether a bank transfer arrived, never the payer's."""
    own = payment.payer_id == payment.payee_id
    return handles_money(actor, payment.payee_id) and (own or not actor.is_member(payment.payer_id))


def may_refund(actor: Actor, payment: Payment) -> bool:
    """The payee's money people and administrators give money back."""
    return actor.is_administrator or handles_money(actor, payment.payee_id)


def may_prepare_payouts(actor: Actor) -> bool:
    """Administrators prepare payouts."""
    return actor.is_administrator


def may_approve(actor: Actor, payout: Payout) -> bool:
    """Another administrator than the one who prepared it, and not of the payee."""
    return (
        actor.is_administrator
        and actor.user_id != payout.prepared_by
        and not actor.is_member(payout.payee_id)
    )
