"""Who opens the pages of a performing deal, and a paper that they hand in."""

from __future__ import annotations

import io

from marketplace.core.actor import MemberRole
from marketplace.organizations.models import Organization

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def paper() -> tuple[io.BytesIO, str]:
    return io.BytesIO(PDF), "proof.pdf"


def person(session, make, organization_id, role=MemberRole.OWNER):
    return make.member(session.get_one(Organization, organization_id), role)
