"""Numbers in addresses and forms: whatever is sent, no page breaks."""

from __future__ import annotations

import pytest

from marketplace.core.actor import PlatformRole
from marketplace.web.arguments import LAST_PAGE, page_number, whole_number

HUGE = "9" * 30


class TestWholeNumber:
    @pytest.mark.parametrize(
        ("text", "number"),
        [
            ("0", 0),
            ("17", 17),
            ("007", 7),
            ("999999999", 999_999_999),
            ("1000000000", -1),
            ("9" * 5000, -1),
            ("-1", -1),
            ("٣", -1),
            ("²", -1),
            ("1.5", -1),
            (" 1", -1),
            ("", -1),
            (None, -1),
        ],
    )
    def test_reads_plain_digits_alone(self, text, number):
        assert whole_number(text, otherwise=-1) == number


class TestPageNumber:
    @pytest.mark.parametrize(
        ("asked", "number"),
        [("", 1), ("0", 1), ("3", 3), ("-2", 1), ("x", 1), ("10001", LAST_PAGE), (HUGE, 1)],
    )
    def test_stays_within_bounds(self, app, asked, number):
        with app.test_request_context(f"/?page={asked}"):
            assert page_number() == number


class TestLists:
    @pytest.mark.parametrize(
        "path", ["/imports", "/jobs", "/notices/", "/enquiries", "/matches/", "/organizations"]
    )
    def test_of_a_person_stand_any_page(self, client, make, path):
        client.sign_in(make.member())
        assert client.get(path, follow_redirects=True).status_code == 200
        for page in (HUGE, "999999999", "-1", "x"):
            assert client.get(f"{path}?page={page}", follow_redirects=True).status_code == 200

    @pytest.mark.parametrize("place", ["listings", "needs", "answers"])
    def test_of_an_organization_stand_any_page(self, client, make, place):
        organization = make.organization()
        client.sign_in(make.member(organization))
        path = f"/organizations/{organization.id}/{place}?page={HUGE}"
        assert client.get(path).status_code == 200

    @pytest.mark.parametrize(
        ("role", "path"),
        [
            (PlatformRole.REVIEWER, "/platform/listings?"),
            (PlatformRole.REVIEWER, "/platform/needs?"),
            (PlatformRole.REVIEWER, "/platform/organizations/waiting?"),
            (PlatformRole.ADMINISTRATOR, f"/platform/matching/records?version={HUGE}&"),
        ],
    )
    def test_of_the_platform_stand_any_page(self, client, make, role, path):
        client.sign_in(make.platform_user(role))
        assert client.get(f"{path}page={HUGE}").status_code == 200
