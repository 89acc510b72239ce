"""Demo records of payments: where the demo operators are paid, and invoice titles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.organizations.models import OrganizationKind
from marketplace.payments.models import InvoiceKind, InvoiceProfile, PayeeAccount

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from marketplace.organizations.models import Organization

#: No bank has these branches and numbers: nobody can be paid by mistake.
BANK = "汉桥演示银行光谷支行"
NUMBER = "0000000000000{:06d}"
RECEIVERS = frozenset({OrganizationKind.OPERATOR, OrganizationKind.UNIVERSITY})


def load(session: Session, *, organizations: Mapping[str, Organization], now: datetime) -> None:
    """Give receivers a made-up bank account and enterprises an invoice title."""
    for place, organization in enumerate(organizations.values(), start=1):
        if organization.kind in RECEIVERS:
            session.add(
                PayeeAccount(
                    organization_id=organization.id,
                    account_name=organization.name,
                    bank_name=BANK,
                    account_number=NUMBER.format(place),
                    changed_at=now,
                )
            )
        else:
            session.add(
                InvoiceProfile(
                    organization_id=organization.id,
                    kind=InvoiceKind.ORDINARY,
                    title=organization.name,
                    tax_number=organization.credit_code,
                )
            )
    session.flush()
