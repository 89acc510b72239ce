"""Makes organizations."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from stdnum.cn import uscc

from marketplace.organizations.models import Organization, OrganizationKind, OrganizationStatus
from tests import factories
from tests.factories import Maker

if TYPE_CHECKING:
    from uuid import UUID

LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


def credit_code(number: int | None = None) -> str:
    """Give a unified social credit code with a right check digit."""
    body = f"91420100{factories.number() if number is None else number:09d}"
    return body + uscc.calc_check_digit(body)


class Makers(Maker):
    def organization(self, **values: Any) -> Organization:
        """A verified enterprise, unless told otherwise."""
        number = factories.number()
        status = values.setdefault("status", OrganizationStatus.VERIFIED)
        values.setdefault("kind", OrganizationKind.ENTERPRISE)
        values.setdefault("name", f"武汉第{number}科技有限公司")
        values.setdefault("name_en", f"Wuhan Technology {number}")
        values.setdefault("credit_code", credit_code(number))
        if status in (OrganizationStatus.VERIFIED, OrganizationStatus.SUSPENDED):
            values.setdefault("verified_at", LONG_AGO)
        if status is OrganizationStatus.RETURNED:
            values.setdefault("return_reason", "The license is not readable.")
        if status is OrganizationStatus.SUSPENDED:
            values.setdefault("suspended_reason", "The license has expired.")
        return self.add(Organization(**values))

    def organization_id(self, **values: Any) -> UUID:
        return self.organization(**values).id
