"""What accounts hear: asked registrations and resets, and judgements on organizations."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from marketplace.accounts.queries import list_people
from marketplace.accounts.services import credentials, registration, tidying
from marketplace.core.actor import MemberRole
from marketplace.mail.services import send
from marketplace.organizations.models import Organization

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer, Work


def start_registration(work: Work, *, email: str, name: str, language: str) -> None:
    """Mail the link that makes an account."""
    registration.start_registration(
        work.session, email=email, name=name, language=language, now=work.now
    )


def start_reset(work: Work, *, email: str) -> None:
    """Mail the link for a new password."""
    credentials.start_reset(work.session, email=email, now=work.now)


def _tell_owners(work: Work, topic: str, organization_id: str) -> None:
    organization = work.session.get(Organization, UUID(organization_id))
    if organization is None:
        return
    for user in list_people(
        work.session, organization.id, at=work.now, roles=frozenset({MemberRole.OWNER})
    ):
        send(
            work.session,
            topic=topic,
            to=user.email,
            language=user.language,
            values={
                "name": user.name,
                "organization": organization.name,
                "organization_en": organization.name_en or organization.name,
                "organization_id": organization.id,
                "reason": organization.return_reason or organization.suspended_reason,
            },
            now=work.now,
        )


def tell_verified(work: Work, **fact: str) -> None:
    """Mail the owners that their organization is verified."""
    _tell_owners(work, "organization_verified", fact["id"])


def tell_returned(work: Work, **fact: str) -> None:
    """Mail the owners what to mend."""
    _tell_owners(work, "organization_returned", fact["id"])


def tell_suspended(work: Work, **fact: str) -> None:
    """Mail the owners why their organization is hidden."""
    _tell_owners(work, "organization_suspended", fact["id"])


HEARERS: dict[str, Hearer] = {
    "accounts.start_registration": start_registration,
    "accounts.start_reset": start_reset,
    "accounts.tell_verified": tell_verified,
    "accounts.tell_returned": tell_returned,
    "accounts.tell_suspended": tell_suspended,
    "accounts.forget_nightly": tidying.forget_nightly,
}

HEARS: dict[str, tuple[str, ...]] = {
    "organization.verified": ("accounts.tell_verified",),
    "organization.restored": ("accounts.tell_verified",),
    "organization.returned": ("accounts.tell_returned",),
    "organization.suspended": ("accounts.tell_suspended",),
    "organization.changed": (),
    "account.closed": (),
    "account.matching_switched": (),
}

PERIODIC: dict[str, str] = {"accounts.forget_nightly": "20 3 * * *"}
