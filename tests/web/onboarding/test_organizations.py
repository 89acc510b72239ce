"""Applying, editing and showing organizations."""

from __future__ import annotations

import io

import pytest
from sqlalchemy import select

from marketplace.accounts.models import Membership
from marketplace.core.actor import MemberRole, PlatformRole
from marketplace.files.models import Attachment, Visibility
from marketplace.mail.models import OutboxMail
from marketplace.organizations.models import Organization, OrganizationStatus
from tests.clients import parsed, words
from tests.factories.organizations import credit_code
from tests.jobs import run_jobs

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def application(**changes):
    values = {
        "kind": "enterprise",
        "name": "武汉长江电池有限公司",
        "name_en": "Wuhan Changjiang Battery",
        "credit_code": credit_code(7654321),
        "district_code": "420102",
        "file": (io.BytesIO(PDF), "license.pdf"),
    }
    return {name: value for name, value in (values | changes).items() if value is not None}


class TestCreate:
    def test_makes_the_applicant_its_owner_and_keeps_the_proof(self, client, session, make):
        user = make.user()
        client.sign_in(user)

        response = client.post("/organizations/new", data=application())

        assert response.status_code == 303
        organization = session.scalars(select(Organization)).one()
        assert organization.status is OrganizationStatus.APPLIED
        grant = session.scalars(select(Membership)).one()
        assert (grant.user_id, grant.role) == (user.id, MemberRole.OWNER)
        proof = session.scalars(select(Attachment)).one()
        assert (proof.visibility, proof.purpose) == (Visibility.INTERNAL, "proof")
        assert client.get(response.location).status_code == 200

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"credit_code": "9142010000765432"}, "credit_code"),
            ({"credit_code": credit_code(7654321)[:-1] + "0"}, "credit_code"),
            ({"credit_code": "I142010000765432XX"}, "credit_code"),
            ({"name": ""}, "name"),
            ({"kind": "bank"}, "kind"),
            ({"district_code": "999999"}, "district_code"),
            ({"website": "javascript:alert(1)"}, "website"),
            ({"file": None}, "file"),
            ({"file": (io.BytesIO(b"MZ"), "license.pdf")}, "file"),
        ],
    )
    def test_refuses_what_is_wrong_and_keeps_what_was_typed(
        self, client, session, make, changes, field
    ):
        client.sign_in(make.user())

        response = client.post("/organizations/new", data=application(**changes))

        assert response.status_code == 422
        page = parsed(response)
        summary = page.find(".//*[@id='error-summary']")
        assert [link.get("href") for link in summary.iter("a")] == [f"#{field}"]
        if field != "name":
            assert page.find(".//*[@id='name']").get("value") == "武汉长江电池有限公司"
        assert session.scalars(select(Organization)).all() == []

    def test_says_a_wrong_code_together_with_every_other_fault(self, client, make):
        client.sign_in(make.user())
        wrong = credit_code(7654321)[:-1] + "0"

        response = client.post(
            "/organizations/new", data=application(credit_code=wrong, district_code="")
        )

        summary = parsed(response).find(".//*[@id='error-summary']")
        assert {link.get("href") for link in summary.iter("a")} == {
            "#credit_code",
            "#district_code",
        }

    def test_takes_a_code_typed_with_blanks_and_small_letters(self, client, session, make):
        client.sign_in(make.user())
        code = credit_code(7654321)

        client.post(
            "/organizations/new", data=application(credit_code=f" {code[:9].lower()} {code[9:]}")
        )

        assert session.scalars(select(Organization.credit_code)).one() == code

    def test_refuses_a_second_organization_with_the_same_code(self, client, session, make):
        taken = make.organization()
        client.sign_in(make.user())

        response = client.post(
            "/organizations/new", data=application(credit_code=taken.credit_code)
        )

        assert response.status_code == 422
        assert len(session.scalars(select(Organization)).all()) == 1

    def test_needs_a_signed_in_person(self, client):
        assert client.get("/organizations/new").status_code == 302
        assert client.post("/organizations/new", data=application()).status_code == 401


class TestShow:
    def test_is_public_once_verified(self, client, make):
        organization = make.organization(name="武汉光谷激光研究院", name_en="Optics Valley Laser")

        assert "武汉光谷激光研究院" in words(client.get(f"/organizations/{organization.id}"))
        assert "Optics Valley Laser" in words(client.get(f"/en/organizations/{organization.id}"))

    @pytest.mark.parametrize(
        "status",
        [OrganizationStatus.APPLIED, OrganizationStatus.RETURNED, OrganizationStatus.SUSPENDED],
    )
    def test_is_seen_by_members_and_the_platform_alone_otherwise(self, app, client, make, status):
        organization = make.organization(status=status)
        address = f"/organizations/{organization.id}"

        assert client.get(address).status_code == 404
        assert app.test_client().sign_in(make.member()).get(address).status_code == 404
        for insider in (
            make.member(organization, MemberRole.EDITOR),
            make.platform_user(PlatformRole.REVIEWER),
        ):
            assert app.test_client().sign_in(insider).get(address).status_code == 200

    def test_escapes_what_was_typed(self, client, make):
        organization = make.organization(
            name="<script>alert(1)</script>", about='"><img src=x onerror=alert(1)>'
        )

        page = client.get(f"/organizations/{organization.id}").get_data(as_text=True)

        assert "<script>alert" not in page
        assert "<img src=x" not in page


class TestEdit:
    def edit(self, client, organization, **changes):
        values = {
            "kind": organization.kind.value,
            "name": organization.name,
            "name_en": organization.name_en,
            "credit_code": organization.credit_code,
            "district_code": "420102",
            "about": "We make batteries.",
            "version": str(organization.version),
        }
        return client.post(f"/organizations/{organization.id}/edit", data=values | changes)

    def test_changes_what_was_not_proven(self, client, session, make):
        organization = make.organization()
        client.sign_in(make.member(organization))

        assert self.edit(client, organization).status_code == 303
        assert organization.about == "We make batteries."

    def test_leaves_proven_facts_of_a_verified_one(self, client, session, make):
        organization = make.organization(name="武汉长江电池有限公司")
        client.sign_in(make.member(organization))

        response = self.edit(client, organization, name="武汉黄河电池有限公司")

        assert response.status_code == 422
        assert organization.name == "武汉长江电池有限公司"
        assert organization.about == ""

    def test_notices_that_somebody_else_saved(self, client, make):
        organization = make.organization()
        client.sign_in(make.member(organization))

        response = self.edit(client, organization, version=str(organization.version - 1))

        assert response.status_code == 422

    def test_is_not_for_editors_and_not_there_for_strangers(self, app, make):
        organization = make.organization()
        hidden = make.organization(status=OrganizationStatus.APPLIED)
        editor = app.test_client().sign_in(make.member(organization, MemberRole.EDITOR))

        assert self.edit(editor, organization).status_code == 403
        assert self.edit(editor, hidden).status_code == 404

    def test_returned_one_is_mended_and_applies_again(self, app, client, session, make):
        organization = make.organization(status=OrganizationStatus.RETURNED)
        client.sign_in(make.member(organization))

        without = self.edit(client, organization, apply="1")
        assert without.status_code == 422
        assert organization.status is OrganizationStatus.RETURNED

        response = self.edit(client, organization, apply="1", file=(io.BytesIO(PDF), "license.pdf"))
        assert response.status_code == 303
        assert organization.status is OrganizationStatus.APPLIED

    def test_proof_is_removed_by_its_owner_alone(self, app, client, session, make):
        organization = make.organization(status=OrganizationStatus.RETURNED)
        client.sign_in(make.member(organization))
        self.edit(client, organization, file=(io.BytesIO(PDF), "license.pdf"))
        proof = session.scalars(select(Attachment)).one()
        address = f"/organizations/{organization.id}/proofs/{proof.id}/remove"

        assert app.test_client().sign_in(make.member()).post(address).status_code == 404
        assert client.post(address).status_code == 303
        assert client.get(f"/files/{proof.id}").status_code == 404


class TestReview:
    @pytest.fixture
    def waiting(self, app, session, make):
        client = app.test_client().sign_in(make.user(language="en"))
        client.post("/organizations/new", data=application())
        return session.scalars(select(Organization)).one()

    def test_reviewer_verifies_and_the_owner_gets_a_mail(self, app, client, session, make, waiting):
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))
        assert waiting.name in words(client.get("/platform/organizations/waiting"))
        assert client.get(f"/platform/organizations/{waiting.id}").status_code == 200
        proof = session.scalars(select(Attachment)).one()
        with client.get(f"/files/{proof.id}") as download:
            assert download.status_code == 200

        response = client.post(
            f"/platform/organizations/{waiting.id}/verify", data={"version": waiting.version}
        )

        assert response.status_code == 303
        assert waiting.status is OrganizationStatus.VERIFIED
        run_jobs(app, session)
        mail = session.scalars(select(OutboxMail)).one()
        assert (mail.topic, mail.language) == ("organization_verified", "en")

    def test_reviewer_does_not_verify_what_they_did_not_see(
        self, app, client, session, make, waiting
    ):
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))
        seen = str(waiting.version)
        owner = app.test_client().sign_in(make.member(waiting))
        TestEdit().edit(owner, waiting, name="武汉别的公司")
        address = f"/platform/organizations/{waiting.id}/verify"

        assert client.post(address, data={"version": seen}).status_code == 409
        assert waiting.status is OrganizationStatus.APPLIED
        newer = str(waiting.version)
        TestEdit().edit(owner, waiting, file=(io.BytesIO(PDF), "b.pdf"))
        assert client.post(address, data={"version": newer}).status_code == 409
        assert client.post(address, data={"version": str(waiting.version)}).status_code == 303

    def test_reviewer_returns_with_reasons(self, app, client, session, make, waiting):
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))
        address = f"/platform/organizations/{waiting.id}/return"

        assert client.post(address, data={"reason": " "}).status_code == 422
        assert client.post(address, data={"reason": "The scan is blurred."}).status_code == 303
        assert waiting.status is OrganizationStatus.RETURNED
        run_jobs(app, session)
        assert session.scalars(select(OutboxMail)).one().topic == "organization_returned"

    def test_nobody_verifies_their_own(self, app, session, make, waiting):
        reviewer = make.platform_user(PlatformRole.REVIEWER)
        make.membership(reviewer, waiting)
        client = app.test_client().sign_in(reviewer)

        assert client.post(f"/platform/organizations/{waiting.id}/verify").status_code == 403
        assert waiting.status is OrganizationStatus.APPLIED

    def test_is_not_there_for_others(self, client, make, waiting):
        client.sign_in(make.member())

        assert client.get("/platform/organizations/waiting").status_code == 404
        assert client.post(f"/platform/organizations/{waiting.id}/verify").status_code == 404

    def test_administrator_sees_but_does_not_verify(self, client, make, waiting):
        client.sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))

        assert client.get(f"/platform/organizations/{waiting.id}").status_code == 200
        assert client.post(f"/platform/organizations/{waiting.id}/verify").status_code == 403

    def test_suspends_and_restores(self, app, client, session, make):
        organization = make.organization()
        make.member(organization)
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))
        address = f"/platform/organizations/{organization.id}"

        assert client.post(f"{address}/suspend", data={"reason": ""}).status_code == 422
        client.post(f"{address}/suspend", data={"reason": "The license was revoked."})
        assert organization.status is OrganizationStatus.SUSPENDED
        assert app.test_client().get(f"/organizations/{organization.id}").status_code == 404
        assert client.get(address).status_code == 200

        client.post(f"{address}/restore")
        assert organization.status is OrganizationStatus.VERIFIED

    def test_step_out_of_order_is_a_conflict(self, client, make):
        organization = make.organization()
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))

        response = client.post(f"/platform/organizations/{organization.id}/restore")

        assert response.status_code == 409

    def test_verifying_without_a_proof_is_refused(self, client, make):
        organization = make.organization(status=OrganizationStatus.APPLIED)
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))

        response = client.post(f"/platform/organizations/{organization.id}/verify")

        assert response.status_code == 409


class TestIndex:
    def test_finds_by_name_code_and_kind(self, client, make):
        battery = make.organization(name="武汉长江电池有限公司", name_en="Changjiang Battery")
        make.organization(name="武汉光谷激光有限公司", name_en="Laser", kind="institute")

        for query in ("q=电池", "q=changjiang", f"q={battery.credit_code}", "kind=enterprise"):
            page = words(client.get(f"/organizations?{query}"))
            assert "武汉长江电池有限公司" in page
            assert "武汉光谷激光有限公司" not in page
        assert client.get("/organizations?q=%25&kind=bank&page=x").status_code == 200

    def test_hides_what_is_not_verified(self, client, make):
        make.organization(name="未审核", status=OrganizationStatus.APPLIED)

        assert "未审核" not in words(client.get("/organizations"))


class TestDesk:
    def test_shows_what_was_returned(self, client, make):
        organization = make.organization(status=OrganizationStatus.RETURNED, name="武汉退回公司")
        client.sign_in(make.member(organization))

        assert "武汉退回公司" in words(client.get("/desk"))

    def test_shows_reviewers_what_waits(self, client, make):
        client.sign_in(make.platform_user(PlatformRole.REVIEWER))
        assert "待认证单位" not in words(client.get("/desk"))
        make.organization(status=OrganizationStatus.APPLIED)

        assert "待认证单位 共 1 条" in words(client.get("/desk"))
