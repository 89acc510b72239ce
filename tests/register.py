"""The register of technology managers in tests: a credential, a licence."""

from __future__ import annotations

from datetime import UTC, date, datetime

from marketplace.managers import services
from marketplace.managers.models import CredentialKind
from marketplace.managers.services.register import CredentialDraft

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
TODAY = date(2026, 11, 20)
PAPER = CredentialDraft(
    kind=CredentialKind.TRAINING,
    number="JSJJR-2026-001",
    issuer="科技部火炬中心",
    issued_on=date(2026, 1, 10),
    expires_on=date(2028, 1, 9),
)


def license_it(session, reviewer, profile):
    return services.license_manager(
        session, actor=reviewer, manager_id=profile.id, version=profile.version, now=NOON
    )
