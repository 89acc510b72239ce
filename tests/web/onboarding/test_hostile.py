"""Odd and hostile input to accounts and organizations: a clear answer, never a crash."""

from __future__ import annotations

import io

import pytest

from marketplace.core.actor import PlatformRole
from tests.factories.organizations import credit_code

ODD = [
    "\x00",
    "a\x00b",
    "\ud7ff\uffff",
    "\u202egnp.exe",
    "𠮷野家👨‍👩‍👧‍👦",
    "%_\\'\";--",
    "x" * 70_000,
    "<script>alert(1)</script>",
    "{{ 7*7 }} ${7*7}",
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
class TestOddText:
    def test_in_forms(self, client, make, odd):
        organization = make.organization()
        user = make.member(organization)
        for address, names in (
            ("/sign-in", ("email", "password")),
            ("/register", ("name", "email", "agreed")),
            ("/password/forgotten", ("email",)),
        ):
            answer = client.post(address, data=dict.fromkeys(names, odd))
            assert answer.status_code in (400, 422), address
        client.sign_in(user)
        for address, names in (
            ("/account", ("name", "language")),
            ("/account/password", ("password", "new_password")),
            ("/account/email", ("email", "password")),
            ("/organizations/new", ("kind", "name", "credit_code", "district_code", "website")),
            (f"/organizations/{organization.id}/edit", ("name", "about", "version")),
            (f"/organizations/{organization.id}/members", ("email", "role")),
        ):
            answer = client.post(address, data=dict.fromkeys(names, odd))
            assert answer.status_code in (400, 422, 429), address

    def test_in_addresses(self, client, make, odd):
        client.sign_in(make.platform_user(PlatformRole.ADMINISTRATOR))
        if len(odd) > 1000:
            odd = odd[:1000]
        for address, names in (
            ("/organizations", ("q", "kind", "page")),
            ("/platform/users", ("q", "role", "page")),
            ("/platform/organizations", ("q", "status", "page")),
            ("/platform/audit", ("action", "kind", "object", "actor", "since", "until", "page")),
            ("/platform/jobs", ("status", "page")),
            ("/platform/holidays", ("year",)),
            ("/sign-in", ("next",)),
        ):
            answer = client.get(address, query_string=dict.fromkeys(names, odd))
            assert answer.status_code in (200, 303, 400), address
        for address in ("register", "password", "email", "invitations"):
            answer = client.get(f"/{address}/{odd.replace('/', '').replace('%', '')}")
            assert answer.status_code in (400, 404, 410), address


class TestUploads:
    def test_larger_than_the_limit_is_refused_with_its_page(self, app, client, make, monkeypatch):
        monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 10_000)
        client.sign_in(make.user())

        answer = client.post(
            "/organizations/new", data={"file": (io.BytesIO(b"%PDF-" + b"x" * 20_000), "a.pdf")}
        )

        assert answer.status_code == 413
        assert "<h1" in answer.get_data(as_text=True)

    def test_script_in_the_name_is_shown_as_text(self, client, make):
        client.sign_in(make.user())
        pdf = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"

        answer = client.post(
            "/organizations/new",
            data={
                "kind": "enterprise",
                "name": "武汉长江电池有限公司",
                "credit_code": credit_code(1234),
                "district_code": "420102",
                "file": (io.BytesIO(pdf), "<img src=x onerror=alert(1)>.pdf"),
            },
        )

        page = client.get(answer.location).get_data(as_text=True)
        assert "<img src=x" not in page
        assert "img src=x onerror=alert(1)" in page
