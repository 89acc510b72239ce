"""Where an organization is paid, and what its invoices (fapiao) say."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from stdnum.cn import ric, uscc

from marketplace.accounts.services.sign_in import require_password
from marketplace.core import audit
from marketplace.core.actor import Actor, require
from marketplace.core.errors import Denied, RuleBroken
from marketplace.core.messages import N_
from marketplace.payments import permissions, queries
from marketplace.payments.models import (
    Invoice,
    InvoiceKind,
    InvoiceProfile,
    Operation,
    PayeeAccount,
)
from marketplace.payments.services.calls import prepare

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from marketplace.payments.models import StripeCall

#: Lengths of tax numbers: 18 for organizations and persons, 15 and 20 for older and foreign ones.
_LENGTHS = (15, 18, 20)


@dataclass(frozen=True, kw_only=True)
class BankAccount:
    """An account at a bank."""

    account_name: str
    bank_name: str
    account_number: str


@dataclass(frozen=True, kw_only=True)
class InvoiceTitle:
    """What stands on an invoice; a special one needs all of it."""

    kind: InvoiceKind
    title: str
    tax_number: str
    address: str = ""
    phone: str = ""
    bank_name: str = ""
    bank_account: str = ""
    email: str = ""


def require_tax_number(number: str) -> str:
    """Give a taxpayer's number in capitals; RuleBroken when its check digit is wrong."""
    plain = number.replace(" ", "").upper()
    if len(plain) not in _LENGTHS or not plain.isascii() or not plain.isalnum():
        raise RuleBroken(N_("A tax number has 15, 18 or 20 characters."), field="tax_number")
    if len(plain) == 18 and not (uscc.is_valid(plain) or ric.is_valid(plain)):  # noqa: PLR2004 — GB 32100's length
        raise RuleBroken(
            N_("The check digit of this tax number is wrong. Compare it with the license."),
            field="tax_number",
        )
    return plain


def _judged(title: InvoiceTitle) -> dict[str, object]:
    values = asdict(title) | {"tax_number": require_tax_number(title.tax_number)}
    if title.kind is InvoiceKind.SPECIAL:
        for name in ("address", "phone", "bank_name", "bank_account"):
            if not values[name]:
                raise RuleBroken(N_("A special VAT invoice needs this."), field=name)
    return values


def set_account(
    session: Session,
    *,
    actor: Actor,
    organization_id: UUID,
    account: BankAccount,
    password: str,
    now: datetime,
) -> PayeeAccount:
    """Say where an organization is paid; for its owners, who give their password again."""
    require(permissions.may_change_account(actor, organization_id))
    require_password(session, actor=actor, password=password, now=now)
    row = _account(session, organization_id)
    row.account_name = account.account_name
    row.bank_name = account.bank_name
    row.account_number = account.account_number.replace(" ", "")
    row.changed_by, row.changed_at = actor.user_id, now
    session.flush()
    audit.record(
        session,
        actor=actor,
        action="payee_account.changed",
        kind="organization",
        object_id=organization_id,
        now=now,
        bank_name=row.bank_name,
        ends_in=row.account_number[-4:],
    )
    return row


def _account(session: Session, organization_id: UUID) -> PayeeAccount:
    row = queries.payee_account(session, organization_id)
    if row is None:
        row = PayeeAccount(organization_id=organization_id)
        session.add(row)
        session.flush()
    return row


def open_stripe_account(
    session: Session, *, actor: Actor, organization_id: UUID, name: str, now: datetime
) -> tuple[PayeeAccount, StripeCall | None]:
    """Order an account at Stripe for an organization unless it has one; for its owners."""
    require(permissions.may_change_account(actor, organization_id))
    row = _account(session, organization_id)
    if row.stripe_id is not None:
        return row, None
    call = prepare(
        session,
        operation=Operation.ACCOUNT,
        key=f"{row.id}:account",
        request={"organization": str(organization_id), "name": name},
        now=now,
        queue=False,
        account_id=row.id,
    )
    return row, call


def set_invoice_profile(
    session: Session, *, actor: Actor, organization_id: UUID, title: InvoiceTitle
) -> InvoiceProfile:
    """Keep an organization's invoice title for its next payments."""
    require(permissions.handles_money(actor, organization_id))
    values = _judged(title)
    row = queries.invoice_profile(session, organization_id)
    if row is None:
        row = InvoiceProfile(organization_id=organization_id, **values)  # type: ignore[arg-type]
        session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()
    return row


def ask_invoice(
    session: Session, *, actor: Actor, payment_id: UUID, title: InvoiceTitle, now: datetime
) -> Invoice:
    """Ask the payee to invoice a payment; changed until the invoice is issued."""
    payment = queries.get_payment(session, payment_id, actor=actor)
    require(permissions.may_pay(session, actor, payment))
    if actor.user_id is None:
        raise Denied
    values = _judged(title)
    row = queries.invoice_of(session, payment_id)
    if row is not None and row.issued_at is not None:
        raise RuleBroken(N_("The invoice has been issued already."))
    if row is None:
        row = Invoice(payment_id=payment_id, asked_by=actor.user_id, asked_at=now, **values)  # type: ignore[arg-type]
        session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
    session.flush()
    return row


def note_issued(
    session: Session, *, actor: Actor, payment_id: UUID, number: str, now: datetime
) -> Invoice:
    """Note the number of an invoice that the payee has issued."""
    payment = queries.get_payment(session, payment_id, actor=actor)
    require(permissions.handles_money(actor, payment.payee_id))
    row = queries.invoice_of(session, payment_id)
    if row is None:
        raise RuleBroken(N_("Nobody has asked for an invoice."))
    if not number.strip():
        raise RuleBroken(N_("Give the number of the invoice."), field="number")
    row.invoice_number, row.issued_at = number.strip()[:40], now
    session.flush()
    return row
