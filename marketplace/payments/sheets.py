"""Statements and invoices as rows of a spreadsheet; column names are in the reader's language."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from flask_babel import gettext

from marketplace.ledger.models import Account
from marketplace.web.templating import moment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from marketplace.ledger.queries import StatementRow
    from marketplace.payments.models import Invoice, Payment


def yuan(minor: int) -> str:
    """Give an amount in yuan with two digits behind the point."""
    return f"{Decimal(minor) / 100:.2f}"


def shown(account: Account, minor: int) -> int:
    """Give an amount signed as an organization reads it.

    Prepaid money and what it is owed are positive, what it owes is negative; money that it has in
    its own bank already is positive.
    """
    return minor if account is Account.DIRECT_BANK else -minor


def statement(rows: Iterable[StatementRow]) -> Iterator[Sequence[str]]:
    """Give a statement's rows; what the organization is owed or has prepaid is positive."""
    yield (
        gettext("Time"),
        gettext("What happened"),
        gettext("Account in the books"),
        gettext("Change (yuan)"),
        gettext("Balance (yuan)"),
        gettext("Currency"),
        gettext("Remark"),
        gettext("Reference in the books"),
    )
    for row in rows:
        yield (
            moment(row.at),
            gettext(row.kind.label),
            gettext(row.account.label),
            yuan(shown(row.account, row.amount_minor)),
            yuan(shown(row.account, row.balance_minor)),
            row.currency,
            row.memo,
            row.reference,
        )


def invoices(rows: Iterable[tuple[Invoice, Payment]]) -> Iterator[Sequence[str]]:
    """Give what invoices must say, one row each."""
    yield (
        gettext("Payment number"),
        gettext("Kind of invoice"),
        gettext("Invoice title"),
        gettext("Tax number"),
        gettext("Amount (yuan)"),
        gettext("Subject"),
        gettext("Registered address"),
        gettext("Registered telephone"),
        gettext("Bank of the company account"),
        gettext("Number of the company account"),
        gettext("E-mail for the invoice"),
        gettext("Asked for at"),
        gettext("Invoice number"),
    )
    for invoice, payment in rows:
        yield (
            payment.number,
            gettext(invoice.kind.label),
            invoice.title,
            invoice.tax_number,
            yuan(payment.kept_minor or payment.amount_minor),
            payment.title,
            invoice.address,
            invoice.phone,
            invoice.bank_name,
            invoice.bank_account,
            invoice.email,
            moment(invoice.asked_at),
            invoice.invoice_number,
        )
