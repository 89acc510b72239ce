"""Forms of payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import gettext
from wtforms import DateField, HiddenField, PasswordField, RadioField, StringField, TextAreaField
from wtforms.validators import Email, InputRequired, Length, Optional

from marketplace.core.messages import N_
from marketplace.files.forms import file_field
from marketplace.payments.models import InvoiceKind
from marketplace.payments.services.accounts import BankAccount, InvoiceTitle
from marketplace.web.fields import ScaledField
from marketplace.web.forms import Form, options, text

#: The largest amount that is typed (yuan).
_MOST = Decimal(10) ** 11


class YuanField(ScaledField):
    """An amount typed in yuan, kept in fen; half a fen is refused."""

    scale = 100
    too_fine = N_("Give at most two digits behind the point.")

    def judge(self, amount: Decimal) -> None:
        """Refuse nothing, and more than anybody pays."""
        if not amount.is_finite() or not 0 < amount <= _MOST:
            raise ValueError(gettext("Give an amount in yuan above 0, such as 1200 or 88.50."))

    def shown(self, amount: Decimal) -> str:
        """Show both digits of the fen."""
        return f"{amount:.2f}"


def _line(label: str, most: int, *, hint: str = "", missing: str = "") -> StringField:
    checks: list[Any] = [Length(max=most, message=N_("This is too long."))]
    checks.insert(0, InputRequired(missing) if missing else Optional())
    return StringField(label, checks, description=hint)


class TransferForm(Form):
    """A bank transfer as the payer reports it."""

    amount = YuanField(
        N_("Amount transferred"), validators=[InputRequired(N_("Give the amount transferred"))]
    )
    paid_on = DateField(
        N_("Day of the transfer"), [InputRequired(N_("Give the day of the transfer"))]
    )
    bank_reference = _line(
        N_("Reference of the bank"),
        100,
        hint=N_("The number on the slip (流水号), by which the payee finds the money."),
        missing=N_("Give the bank's reference."),
    )
    file = file_field(N_("Bank slip"), N_("A photo or PDF of the slip; the payee sees it."))


class ReasonForm(Form):
    """Why something is refused or given up."""

    reason = TextAreaField(
        N_("Reason"),
        [InputRequired(N_("Give the reason")), Length(max=500, message=N_("This is too long."))],
        render_kw={"rows": 3},
    )


class RefundForm(ReasonForm):
    """How much goes back, and why; ``seen`` is what had gone back when the page was shown."""

    seen = HiddenField()
    amount = YuanField(N_("Amount to refund"), validators=[InputRequired(N_("Give the amount"))])

    def show_again(self, refunded_minor: int) -> None:
        """Say in the form what has gone back by now."""
        self.seen.data = str(refunded_minor)


class ReferenceForm(Form):
    """The reference of a bank transfer that was made, with its slip."""

    bank_reference = _line(
        N_("Reference of the bank"), 100, missing=N_("Give the bank's reference.")
    )
    file = file_field(N_("Bank slip"))


class IssuedForm(Form):
    """The number of an issued invoice."""

    number = _line(N_("Invoice number"), 40, missing=N_("Give the number of the invoice."))


class AccountForm(Form):
    """Where an organization is paid."""

    account_name = _line(
        N_("Name of the account holder"), 120, missing=N_("Give the account holder's name")
    )
    bank_name = _line(
        N_("Bank and branch"),
        120,
        hint=N_("For example 中国工商银行武汉光谷支行."),
        missing=N_("Give the bank and its branch"),
    )
    account_number = _line(N_("Account number"), 40, missing=N_("Give the account number"))
    password = PasswordField(
        N_("Your password"),
        [InputRequired(N_("Give your password"))],
        description=N_("Asked for again: whoever changes this account gets the money."),
    )

    def to_account(self) -> BankAccount:
        """Give the account as typed."""
        return BankAccount(
            account_name=text(self.account_name),
            bank_name=text(self.bank_name),
            account_number=text(self.account_number),
        )


class InvoiceForm(Form):
    """What stands on an invoice."""

    kind = RadioField(
        N_("Kind of invoice"),
        choices=lambda: options(InvoiceKind.choices()),
        default=InvoiceKind.ORDINARY.value,
        validators=[InputRequired(N_("Choose the kind of invoice"))],
    )
    title = _line(N_("Invoice title"), 120, missing=N_("Give the invoice title"))
    tax_number = _line(
        N_("Tax number"),
        24,
        hint=N_("The unified social credit code of an organization."),
        missing=N_("Give the tax number"),
    )
    address = _line(N_("Registered address"), 200)
    phone = _line(N_("Registered telephone"), 40)
    bank_name = _line(N_("Bank of the company account"), 120)
    bank_account = _line(N_("Number of the company account"), 40)
    email = StringField(
        N_("E-mail for the invoice"),
        [Optional(), Email(N_("Give an e-mail address")), Length(max=254)],
    )

    def to_title(self) -> InvoiceTitle:
        """Give the title as typed."""
        return InvoiceTitle(
            kind=InvoiceKind(self.kind.data),
            title=text(self.title),
            tax_number=text(self.tax_number),
            address=text(self.address),
            phone=text(self.phone),
            bank_name=text(self.bank_name),
            bank_account=text(self.bank_account),
            email=text(self.email),
        )
