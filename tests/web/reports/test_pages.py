"""A use from the operator's record to the proven level, through the client."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.bookings.models import BookingState, Resource
from marketplace.core.actor import PlatformRole
from marketplace.organizations.models import Organization
from marketplace.reports import queries
from marketplace.reports.models import (
    Conclusion,
    ProofState,
    ReadinessProof,
    ReportState,
    TestReport,
    UseState,
)
from tests.clients import words
from tests.forms import typed
from tests.jobs import run_jobs


@pytest.fixture
def booking(make, resource, user, organization, listing):
    """A booking whose time has come and gone: pages look at the clock of today."""
    past = datetime.now(UTC).replace(microsecond=0) - timedelta(days=2)
    return make.booking(
        make.slot(resource, starts_at=past),
        user,
        organization_id=organization.id,
        listing_id=listing.id,
    )


@pytest.fixture
def ended(session, booking):
    booking.state, booking.ended_at = BookingState.COMPLETED, datetime.now(UTC)
    session.flush()
    return booking


class TestUse:
    def test_begins_ends_and_is_confirmed(self, app, session, client, user, operator_user, booking):
        page = f"/en/bookings/{booking.id}"
        client.sign_in(operator_user)
        told = words(client.get(page))
        assert "The user came: begin the use" in told
        client.post(f"{page}/start")
        assert booking.state is BookingState.IN_SERVICE
        form = client.get(f"{page}/use")
        values = typed(form) | {"charge": ["400"], "adjust_reason": [""]}
        refused = client.post(f"{page}/use", data=values)
        assert refused.status_code == 422
        assert "Say why" in words(refused), words(refused)
        assert 'value="400' in refused.get_data(as_text=True)
        values["adjust_reason"] = ["设备停机"]
        assert client.post(f"{page}/use", data=values).status_code == 303
        assert booking.state is BookingState.COMPLETED
        assert queries.use_of(session, booking.id).charge_minor == 40_000
        run_jobs(app, session)

        client.sign_in(user)
        assert "Please confirm the record" in words(client.get("/en/notices/"))
        told = words(client.get(page))
        assert "Waits for the user's word" in told
        assert "设备停机" in told
        client.post(f"{page}/use/confirm")
        session.expire_all()
        assert queries.use_of(session, booking.id).state is UseState.CONFIRMED

    def test_can_be_disputed_and_lowered(self, session, client, user, operator_user, booking):
        page = f"/en/bookings/{booking.id}"
        client.sign_in(operator_user)
        client.post(f"{page}/use", data=typed(client.get(f"{page}/use")))
        client.sign_in(user)
        assert client.post(f"{page}/use/dispute", data={"reason": ""}).status_code == 422
        client.post(f"{page}/use/dispute", data={"reason": "只用了两小时"})
        assert "只用了两小时" in words(client.get(page))
        client.sign_in(operator_user)
        refused = client.post(f"{page}/use/charge", data={"charge": "1000", "reason": "x"})
        assert (refused.status_code, "lies below" in words(refused)) == (422, True)
        client.post(f"{page}/use/charge", data={"charge": "600", "reason": "按两小时计"})
        session.expire_all()
        assert queries.use_of(session, booking.id).charge_minor == 60_000

    def test_nobody_came(self, client, operator_user, booking):
        client.sign_in(operator_user)
        client.post(f"/en/bookings/{booking.id}/no-show")
        assert booking.state is BookingState.NO_SHOW

    def test_an_ended_use_is_not_written_again(self, client, operator_user, ended):
        client.sign_in(operator_user)
        assert client.get(f"/bookings/{ended.id}/use").status_code == 303
        assert client.get(f"/bookings/{ended.id}/use/charge").status_code == 404

    @pytest.mark.parametrize("path", ["use", "use/dispute", "use/charge", "rate"])
    def test_strangers_do_not_know_of_it(self, client, make, booking, path):
        client.sign_in(make.member())
        assert client.get(f"/bookings/{booking.id}/{path}").status_code == 404

    def test_each_side_has_its_own_steps(self, client, user, operator_user, booking):
        client.sign_in(user)
        for path in ("use", "use/charge"):
            assert client.get(f"/bookings/{booking.id}/{path}").status_code == 404
        client.sign_in(operator_user)
        for path in ("use/dispute", "rate"):
            assert client.get(f"/bookings/{booking.id}/{path}").status_code == 404


class TestWriting:
    def write(self, client, booking):
        answer = client.post(f"/en/bookings/{booking.id}/report")
        place = answer.location
        values = typed(client.get(place)) | {
            "title": ["铜回收中试验证"],
            "object_tested": ["蚀刻液 20 L"],
            "method": ["GB/T 5121.1"],
            "summary": ["平均回收率 96.2%。"],
            "level": ["6"],
            "rows-0-name": ["铜回收率"],
            "rows-0-target": ["≥ 95"],
            "rows-0-measured": ["96.2"],
        }
        return place, values

    def test_is_written_issued_signed_and_proves_the_level(
        self, app, session, client, make, organization, resource, operator_user, listing, ended
    ):
        client.sign_in(operator_user)
        place, values = self.write(client, ended)
        assert client.post(place, data=values).status_code == 303
        report = queries.report_of(session, ended.id)
        shown = f"/en/reports/{report.id}"
        told = words(client.get(shown))
        for text in ("96.2", "reached", "All targets reached", "TRL 6"):
            assert text in told
        client.post(f"{shown}/issue")
        session.expire_all()
        assert report.state is ReportState.ISSUED
        operator = session.get_one(Organization, resource.organization_id)
        for owner in (operator, organization):
            person = make.member(owner)
            client.sign_in(person)
            page = f"/en/papers/{report.paper_id}"
            assert "96.2" in words(client.get(page))
            values = typed(client.get(page)) | {"name": [person.name], "agreed": ["y"]}
            assert client.post(f"{page}/sign", data=values).status_code == 303
        session.expire_all()
        assert report.state is ReportState.SIGNED
        run_jobs(app, session)
        proof = queries.proof_of(session, report.id)
        reviewer = make.platform_user(PlatformRole.REVIEWER)
        client.sign_in(reviewer)
        assert "96.2" in words(client.get(shown))
        client.post(f"/en/platform/proofs/{proof.id}/accept")
        run_jobs(app, session)
        told = words(client.get(f"/en/technologies/{listing.id}"))
        for text in ("Proven by test reports", "TRL 6", "check that it is genuine"):
            assert text in told
        client.sign_in(make.member(organization))

    def test_two_writers_are_told(self, client, operator_user, ended):
        client.sign_in(operator_user)
        place, values = self.write(client, ended)
        client.post(place, data=values)
        late = client.post(place, data=values | {"summary": ["别的结论"]})
        assert late.status_code == 422
        assert "别的结论" in late.get_data(as_text=True)

    def test_an_incomplete_one_is_not_issued(self, session, client, operator_user, ended):
        client.sign_in(operator_user)
        client.post(f"/en/bookings/{ended.id}/report")
        report = queries.report_of(session, ended.id)
        answer = client.post(f"/en/reports/{report.id}/issue")
        assert answer.location.endswith("/edit")
        assert "Say what was tested" in words(client.get(answer.location))

    def test_strangers_do_not_know_of_it(self, session, client, make, operator_user, ended):
        client.sign_in(operator_user)
        client.post(f"/en/bookings/{ended.id}/report")
        report = queries.report_of(session, ended.id)
        client.sign_in(make.member())
        for path in ("", "/edit"):
            assert client.get(f"/reports/{report.id}{path}").status_code == 404
        assert client.post(f"/reports/{report.id}/issue").status_code == 404


class TestProofs:
    @pytest.fixture
    def proof(self, session, make, listing, ended, operator_user):
        report = TestReport(
            booking_id=ended.id,
            facility_id=_facility(session, ended),
            title="铜回收中试验证",
            created_by=operator_user.id,
            listing_id=listing.id,
            conclusion=Conclusion.REACHED,
            level=6,
        )
        session.add(report)
        session.flush()
        row = ReadinessProof(listing_id=listing.id, report_id=report.id, level=6, level_before=4)
        session.add(row)
        session.flush()
        return row

    def test_reviewers_find_and_accept_it(self, session, client, make, listing, proof):
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))
        assert listing.title in words(client.get("/en/platform/proofs"))
        page = f"/en/platform/proofs/{proof.id}"
        assert "Accept: raise to TRL 6" in words(client.get(page))
        client.post(f"{page}/accept")
        session.expire_all()
        assert (proof.state, listing.trl) == (ProofState.ACCEPTED, 6)
        assert "judged already" in words(client.get(page))

    def test_or_refuse_it_with_a_reason(self, session, client, make, listing, proof):
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))
        page = f"/en/platform/proofs/{proof.id}"
        assert client.post(page, data={"reason": ""}).status_code == 422
        client.post(page, data={"reason": "批次太少"})
        session.expire_all()
        assert (proof.state, listing.trl) == (ProofState.REFUSED, 4)

    def test_not_of_their_own(self, client, make, organization, proof):
        user = make.platform_user(PlatformRole.REVIEWER)
        make.membership(user, organization)
        client.sign_in(user)
        assert "somebody else decides" in words(client.get(f"/en/platform/proofs/{proof.id}"))
        assert client.post(f"/platform/proofs/{proof.id}/accept").status_code == 403

    def test_exist_for_reviewers_alone(self, client, make, proof):
        client.sign_in(make.member())
        for path in ("/platform/proofs", f"/platform/proofs/{proof.id}"):
            assert client.get(path).status_code == 404


def _facility(session, booking):
    return session.get_one(Resource, booking.resource_id).facility_id


class TestRating:
    def test_stands_on_the_facilitys_page(self, session, client, user, ended):
        client.sign_in(user)
        page = f"/en/bookings/{ended.id}"
        assert "Rate the facility" in words(client.get(page))
        assert client.post(f"{page}/rate", data={"stars": ""}).status_code == 422
        client.post(f"{page}/rate", data={"stars": "4", "text": "设备状态好"})
        told = words(client.get(f"/en/facilities/{_facility(session, ended)}"))
        assert "设备状态好" in told
        assert "1 rating" in told
        assert "Rate the facility" not in words(client.get(page))


class TestUtilisation:
    def test_counts_what_was_used(self, session, client, operator_user, ended):
        client.sign_in(operator_user)
        place = f"/en/facilities/{_facility(session, ended)}/utilisation"
        told = words(client.get(place))
        assert "3.0" in told
        assert "CN¥1,000.00" in told
        text = client.get(f"{place}.csv").get_data().decode("utf-8-sig")
        assert text.startswith("Month,Hours offered,Hours used")
        assert "1000.00" in text

    def test_says_when_there_was_none(self, client, make, operator_user, resource):
        client.sign_in(operator_user)
        told = words(client.get(f"/en/facilities/{resource.facility_id}/utilisation"))
        assert "No use in the last twelve months" in told

    def test_is_the_operators(self, client, make, resource):
        client.sign_in(make.member())
        assert client.get(f"/facilities/{resource.facility_id}/utilisation").status_code == 404
