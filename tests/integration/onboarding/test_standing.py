"""What an organization published follows its standing."""

from __future__ import annotations

import pytest

from marketplace.listings.models import ListingStatus
from marketplace.needs.models import NeedStatus
from marketplace.organizations.models import OrganizationStatus
from marketplace.organizations.services import restore_organization, suspend_organization
from marketplace.worker import run_in
from tests.conftest import NOON
from tests.jobs import waiting


def spread(app, session):
    """Let what waits be heard once, but leave the index alone; give what asks for the index."""
    from sqlalchemy import text

    found = []
    for _ in range(3):
        jobs = waiting(session)
        session.execute(text("DELETE FROM procrastinate_jobs WHERE status = 'todo'"))
        for name, payload in jobs:
            if name == "search.sync":
                found.append((payload["kind"], *payload["ids"]))
            elif name.startswith(("organization.", "hearer:listings.", "hearer:needs.")):
                run_in(session, app, name, payload)
    return found


class TestStanding:
    @pytest.mark.parametrize("step", ["suspend", "restore"])
    def test_sends_listings_and_needs_to_the_index(self, app, session, make, step):
        state = OrganizationStatus.VERIFIED if step == "suspend" else OrganizationStatus.SUSPENDED
        organization = make.organization(status=state)
        listing = make.listing(organization, status=ListingStatus.PUBLISHED)
        need = make.need(organization, status=NeedStatus.OPEN)
        make.need(organization, status=NeedStatus.DRAFT)
        reviewer = make.reviewer()
        if step == "suspend":
            suspend_organization(
                session,
                actor=reviewer,
                organization_id=organization.id,
                reason="The license was revoked.",
                now=NOON,
            )
        else:
            restore_organization(session, actor=reviewer, organization_id=organization.id, now=NOON)

        asked = spread(app, session)

        assert ("listing", str(listing.id)) in asked
        assert ("need", str(need.id)) in asked
        assert len(asked) == 2
