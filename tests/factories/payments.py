"""Makes payments and what belongs to them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from marketplace.payments.models import Method, PayeeAccount, Payment, Purpose
from marketplace.payments.services.receiving import receive
from tests import factories
from tests.factories import Maker

if TYPE_CHECKING:
    from marketplace.organizations.models import Organization

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Makers(Maker):
    def payment(
        self,
        *,
        payer: Organization | None = None,
        payee: Organization | None = None,
        **values: Any,
    ) -> Payment:
        """A payment of 1,000 CNY to be made."""
        number = factories.number()
        payer = payer or self.organization()  # type: ignore[attr-defined]
        payee = payee or self.organization()  # type: ignore[attr-defined]
        values.setdefault("purpose", Purpose.BOOKING)
        values.setdefault("purpose_id", uuid4())
        values.setdefault("number", f"P261120-{number:06d}")
        values.setdefault("amount_minor", 100_000)
        values.setdefault("title", f"中试线使用 第{number}批")
        values.setdefault("title_en", f"Pilot line, batch {number}")
        values.setdefault("commission_bp", 500)
        values.setdefault("tax_bp", 600)
        values.setdefault("requested_at", NOON)
        return self.add(Payment(payer_id=payer.id, payee_id=payee.id, **values))

    def online(self, **values: Any) -> Payment:
        """A payment whose hosted page is open at the provider."""
        number = factories.number()
        return self.payment(
            state="session_open",
            session_no=1,
            session_id=f"cs_{number}",
            session_url=f"https://pay.example/{number}",
            intent_id=f"pi_{number}",
            **values,
        )

    def paid(self, method: Method = Method.CARD, **values: Any) -> Payment:
        """A payment that has been received."""
        payment = self.online(**values) if method is not Method.BANK else self.payment(**values)
        receive(
            self.session,
            payment,
            method=method,
            amount_minor=payment.amount_minor,
            now=NOON,
        )
        return self.add(payment)

    def payee_account(self, organization_id: UUID, **values: Any) -> PayeeAccount:
        values.setdefault("account_name", "武汉光谷中试有限公司")
        values.setdefault("bank_name", "中国工商银行武汉光谷支行")
        values.setdefault("account_number", "3202001909200123456")
        return self.add(PayeeAccount(organization_id=organization_id, **values))
