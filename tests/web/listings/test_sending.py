from __future__ import annotations

import re
from io import BytesIO

import pytest

from marketplace.listings import queries
from marketplace.listings.models import ListingStatus
from marketplace.organizations.models import OrganizationStatus
from tests.clients import words
from tests.factories.listings import NOON
from tests.listing_pages import address, content

S = ListingStatus


class TestCheckAndSend:
    def test_lists_what_is_missing_and_what_buyers_ask(self, author, make, owner):
        listing = make.listing(owner, complete=False, title="新型方法的研究")
        told = words(author.get("/en" + address(listing, "check")))
        assert "Needed before sending" in told
        assert "The title is vague." in told
        assert "First fill in what is needed" in told

    def test_sends_a_complete_text(self, author, make, owner):
        listing = make.listing(owner)
        assert f"/listings/{listing.id}/send" in author.get(address(listing, "check")).text
        answer = author.post(f"/listings/{listing.id}/send")
        assert answer.location == f"/organizations/{owner.id}/listings"
        assert listing.status is S.UNDER_REVIEW
        assert f"/listings/{listing.id}/recall" in author.get(address(listing, "check")).text

    def test_an_incomplete_text_comes_back_with_the_reason(self, author, make, owner):
        listing = make.listing(owner, trl=None)
        answer = author.post(f"/en/listings/{listing.id}/send", follow_redirects=True)
        assert "Not complete yet (1 left)" in words(answer)
        assert listing.status is S.DRAFT

    def test_an_unverified_organization_is_told(self, client, make):
        owner = make.organization(status=OrganizationStatus.APPLIED)
        listing = make.listing(owner)
        client.sign_in(make.member(owner))
        answer = client.get("/en" + address(listing, "check"))
        assert "not verified yet" in words(answer)
        assert "/send" not in answer.text

    def test_reasons_of_a_return_are_translated_line_by_line(self, author, make, owner):
        reason = (
            "The text advertises: replace praise by measured figures.\n\n请补充 100% 数据 %(x)s"
        )
        listing = make.listing(owner, status=S.RETURNED, return_reason=reason)
        told = words(author.get(address(listing, "check")))
        assert "advertises" not in told
        assert "请补充 100% 数据 %(x)s" in told


class TestFiles:
    def _send(self, author, listing, **values):
        fields = {
            "file": (BytesIO(b"a,b\n1,2\n"), "data.csv"),
            "visibility": "public",
            "level": "6",
            **values,
        }
        return author.post(
            f"/listings/{listing.id}/files", data=fields, content_type="multipart/form-data"
        )

    def test_a_file_proves_a_level_until_it_is_removed(self, session, author, make, owner, user):
        listing = make.listing(owner)
        assert self._send(author, listing).location.endswith("/edit/evidence#files")
        row = content(session, make, listing, user)["evidence"][0]
        assert (row["level"], bool(row["attachment_id"])) == (6, True)
        told = words(author.get(address(listing, "evidence")))
        assert told.count("data.csv") == 3

        author.post(f"/listings/{listing.id}/files/{row['attachment_id']}/remove")

        assert content(session, make, listing, user)["evidence"] == []
        assert "data.csv" not in words(author.get(address(listing, "evidence")))

    def test_of_a_published_text_the_proof_waits(self, session, author, make, owner, user):
        listing = make.listing(owner, status=S.PUBLISHED)
        make.proof(listing, statement="台架")
        self._send(author, listing)
        row = content(session, make, listing, user)["evidence"][0]
        assert row["statement"] == "台架"
        assert row["attachment_id"]
        assert listing.pending is not None

    def test_a_file_may_prove_nothing(self, session, author, make, owner, user):
        listing = make.listing(owner)
        self._send(author, listing, level="")
        assert content(session, make, listing, user)["evidence"] == []
        assert len(queries.list_files(session, listing.id)) == 1

    @pytest.mark.parametrize(
        "values",
        [
            {"file": (BytesIO(b"MZ\x90\x00" + b"\0" * 200), "a.exe")},
            {"file": ""},
            {"visibility": "nobody"},
            {"level": "12"},
        ],
    )
    def test_refusals_are_told(self, session, author, make, owner, values):
        listing = make.listing(owner)
        answer = self._send(author, listing, **({"level": "6", "visibility": "internal"} | values))
        assert answer.status_code == 422
        assert queries.list_files(session, listing.id) == []
        place = answer.text[answer.text.index('id="files"') :]
        assert "error-summary" in place
        if "visibility" not in values:
            assert re.search(r'<input checked[^>]*value="internal"', place)

    def test_foreign_files_are_not_found(self, author, make, owner):
        foreign = make.listing_file(make.listing(status=S.PUBLISHED))
        mine = make.listing(owner)
        answer = author.post(f"/listings/{mine.id}/files/{foreign.id}/remove")
        assert answer.status_code == 404
        assert self._send(author, make.listing(status=S.PUBLISHED)).status_code == 404

    def test_not_while_a_reviewer_reads(self, author, make, owner):
        listing = make.listing(owner, status=S.PUBLISHED, pending={}, pending_submitted_at=NOON)
        assert self._send(author, listing).status_code == 403
