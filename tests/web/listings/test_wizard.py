from __future__ import annotations

from io import BytesIO

import pytest

from marketplace.core.actor import MemberRole
from marketplace.listings import queries
from marketplace.listings.content import STEPS, author_content
from marketplace.listings.models import Listing, ListingStatus, PriceMode, SourceChannel
from marketplace.organizations.models import OrganizationStatus
from tests.clients import parsed, words
from tests.factories.listings import NOON, patent_number

S = ListingStatus


@pytest.fixture
def owner(make):
    return make.organization()


@pytest.fixture
def user(make, owner):
    return make.member(owner, MemberRole.EDITOR)


@pytest.fixture
def author(client, user):
    return client.sign_in(user)


def address(listing, step):
    return f"/listings/{listing.id}/edit/{step}"


def typed(answer):
    """The fields of the page's first form, as a author would send them."""
    found: dict[str, list[str]] = {}
    for element in parsed(answer).iter():
        name = element.get("name")
        if not name or element.tag not in ("input", "textarea", "select"):
            continue
        if element.tag == "select":
            values = [o.get("value") for o in element.iter("option") if "selected" in o.attrib]
            values = values or [next(o.get("value") for o in element.iter("option"))]
        elif element.tag == "textarea":
            values = [(element.text or "").removeprefix("\r\n")]
        elif element.get("type") in ("checkbox", "radio"):
            values = [element.get("value")] if "checked" in element.attrib else []
        elif element.get("type") in ("file", "search"):
            values = []
        else:
            values = [element.get("value", "")]
        found.setdefault(name, []).extend(values)
    return found


def content(session, make, listing, user):
    return author_content(queries.get_own_listing(session, listing.id, actor=make.actor(user)))


class TestCreate:
    def test_starts_a_draft_and_leads_to_the_wizard(self, session, author, owner):
        answer = author.post(
            f"/organizations/{owner.id}/listings/new",
            data={"title": " 激光清洗 ", "kind": "patent", "language": "zh"},
        )
        listing = session.query(Listing).one()
        assert answer.status_code == 303
        assert answer.location == address(listing, "basics")
        assert (listing.title, listing.kind.value) == ("激光清洗", "patent")

    def test_asks_for_a_title(self, session, author, owner):
        answer = author.post(f"/organizations/{owner.id}/listings/new", data={"title": " "})
        assert answer.status_code == 422
        assert session.query(Listing).count() == 0

    def test_only_for_ones_own_organization(self, author, make):
        assert (
            author.get(f"/organizations/{make.organization().id}/listings/new").status_code == 404
        )


class TestEdit:
    @pytest.mark.parametrize("step", STEPS)
    @pytest.mark.parametrize("language", ["", "/en"])
    def test_shows_every_step(self, author, make, owner, step, language):
        listing = make.listing(owner, gains=[{"name": "a", "unit": "b", "today": "1", "ours": "2"}])
        make.right(listing)
        answer = author.get(language + address(listing, step))
        assert answer.status_code == 200
        parsed(answer)

    @pytest.mark.parametrize("step", STEPS)
    def test_a_page_sent_back_as_it_is_changes_nothing(
        self, session, author, make, owner, user, step
    ):
        listing = make.listing(
            owner,
            gains=[{"name": "a", "unit": "b", "today": "1", "ours": "2"}],
            keywords_en=["laser"],
            title_en="Laser",
            open_license={"fee": "1%", "payment": "x", "until": "2030"},
            price_mode=PriceMode.RANGE,
            price_minor=1_500_000,
            price_max_minor=3_000_000,
            source_channel=SourceChannel.SERVICE,
            external_id="A-1",
        )
        make.right(listing)
        make.proof(listing)
        before, version = content(session, make, listing, user), listing.version
        answer = author.post(address(listing, step), data=typed(author.get(address(listing, step))))
        assert answer.status_code == 303, words(answer)
        after = content(session, make, listing, user)
        if step == "rights":
            assert after["rights"][0].pop("expires_on") == "2040-03-01"
            before["rights"][0].pop("expires_on")
        else:
            assert listing.version == version
        assert after == before

    def test_saves_and_leads_to_the_next_step(self, session, author, make, owner, user):
        listing = make.listing(owner, complete=False, title="x")
        fields = typed(author.get(address(listing, "problem")))
        fields |= {
            "problem": "喷砂",
            "gains-0-name": "速度",
            "gains-0-today": "10",
            "gains-0-ours": "30",
            "gains-0-unit": "m²/h",
            "gains-7-name": "能耗",
        }
        answer = author.post(address(listing, "problem"), data=fields)
        assert answer.location == address(listing, "evidence")
        found = content(session, make, listing, user)
        assert found["problem"] == "喷砂"
        assert found["gains"] == [
            {"name": "速度", "today": "10", "ours": "30", "unit": "m²/h"},
            {"name": "能耗", "today": "", "ours": "", "unit": ""},
        ]

    def test_stays_when_asked_and_ends_at_the_answers(self, author, make, owner):
        listing = make.listing(owner)
        fields = typed(author.get(address(listing, "english")))
        stayed = author.post(address(listing, "english"), data=fields | {"stay": "1"})
        assert stayed.location == address(listing, "english")
        assert author.post(address(listing, "english"), data=fields).location == address(
            listing, "check"
        )

    def test_a_refused_form_keeps_what_was_typed(self, author, make, owner):
        listing = make.listing(owner)
        fields = typed(author.get(address(listing, "basics")))
        answer = author.post(
            address(listing, "basics"),
            data=fields | {"title": "", "summary": "typed words", "year": "12"},
        )
        assert answer.status_code == 422
        assert "typed words" in answer.text
        assert "1900" in words(answer)

    @pytest.mark.parametrize(
        ("step", "values", "says"),
        [
            ("terms", {"price_mode": "fixed", "price": ""}, "Name a price above 0"),
            ("terms", {"price_mode": "fixed", "price": "abc"}, "Give a number"),
            ("terms", {"price_mode": "fixed", "price": "NaN"}, "Give a number"),
            ("terms", {"price_mode": "fixed", "price": "-1"}, "above 0"),
            (
                "terms",
                {"price_mode": "range", "price": "5", "price_max": "4"},
                "upper price lies below",
            ),
            ("terms", {"cooperation": "gift"}, ""),
            ("terms", {"price_mode": "auction"}, ""),
            ("basics", {"industry_codes-0": "ZZZ"}, "Choose from the list"),
            ("basics", {"field_codes-0": "ZZZ"}, "Choose from the list"),
            ("basics", {"language": "fr"}, ""),
            ("evidence", {"trl": "12"}, ""),
            ("rights", {"rights-0-kind": "invention_patent", "rights-0-number": "ZL1"}, "ZL1"),
            ("rights", {"rights-0-filed_on": "yesterday"}, "2026-11-20"),
        ],
    )
    def test_says_what_is_wrong(self, author, make, owner, step, values, says):
        listing = make.listing(owner)
        fields = typed(author.get(address(listing, step)))
        answer = author.post("/en" + address(listing, step), data=fields | values)
        assert answer.status_code == 422
        assert says in words(answer)

    def test_prices_are_typed_in_ten_thousands(self, session, author, make, owner, user):
        listing = make.listing(owner)
        fields = typed(author.get(address(listing, "terms")))
        author.post(
            address(listing, "terms"), data=fields | {"price_mode": "fixed", "price": "1,012.5"}
        )
        assert content(session, make, listing, user)["price_minor"] == 1_012_500_000

    def test_rows_take_a_default_kind_of_right(self, session, author, make, owner, user):
        listing = make.listing(owner)
        fields = typed(author.get(address(listing, "rights")))
        number = patent_number()
        author.post(address(listing, "rights"), data=fields | {"rights-0-number": number})
        assert content(session, make, listing, user)["rights"][0]["number"] == number

    def test_a_taken_right_is_refused_with_a_link(self, author, make, owner):
        public = make.listing(status=S.PUBLISHED)
        number = make.right(public).number
        listing = make.listing(owner)
        fields = typed(author.get(address(listing, "rights")))
        answer = author.post(
            address(listing, "rights"),
            data=fields | {"rights-0-kind": "invention_patent", "rights-0-number": number},
        )
        assert answer.status_code == 422
        assert f"/technologies/{public.id}" in answer.text

    def test_a_taken_right_of_a_hidden_listing_has_no_link(self, author, make, owner):
        hidden = make.listing()
        number = make.right(hidden).number
        listing = make.listing(owner)
        fields = typed(author.get(address(listing, "rights")))
        answer = author.post(
            address(listing, "rights"),
            data=fields | {"rights-0-kind": "invention_patent", "rights-0-number": number},
        )
        assert answer.status_code == 422
        assert str(hidden.id) not in answer.text

    def test_unknown_steps_and_foreign_listings_are_not_found(self, author, make, owner):
        mine, foreign = make.listing(owner), make.listing(status=S.PUBLISHED)
        assert author.get(address(mine, "nowhere")).status_code == 404
        for step in (*STEPS, "check"):
            assert author.get(address(foreign, step)).status_code == 404
            assert author.post(address(foreign, step)).status_code in (404, 405)
        assert author.get(f"/listings/{foreign.id}/edit").status_code == 404

    def test_not_under_review_nor_for_mere_members(self, client, make, owner, user):
        waiting = make.listing(owner, status=S.UNDER_REVIEW)
        client.sign_in(user)
        assert client.get(address(waiting, "basics")).location == address(waiting, "check")
        client.sign_in(make.member(owner, MemberRole.OPERATOR_STAFF))
        assert client.get(address(make.listing(owner), "basics")).status_code == 403

    def test_the_start_leads_to_the_answers(self, author, make, owner):
        listing = make.listing(owner)
        assert author.get(f"/listings/{listing.id}/edit").location == address(listing, "check")


class TestTwoPeople:
    def test_both_versions_are_shown_and_ours_can_be_saved(
        self, session, client, make, owner, user
    ):
        listing = make.listing(owner)
        other = make.member(owner, name="王芳")
        client.sign_in(user)
        mine = typed(client.get(address(listing, "basics"))) | {"title": "我的标题"}
        client.sign_in(other)
        theirs = typed(client.get(address(listing, "basics"))) | {"title": "她的标题"}
        assert client.post(address(listing, "basics"), data=theirs).status_code == 303

        client.sign_in(user)
        answer = client.post(address(listing, "basics"), data=mine)

        assert answer.status_code == 409
        told = words(answer)
        assert "她的标题" in told
        assert "王芳" in told
        again = typed(answer)
        assert again["title"] == ["我的标题"]
        assert client.post(address(listing, "basics"), data=again).status_code == 303
        assert content(session, make, listing, user)["title"] == "我的标题"


class TestAutosave:
    def _save(self, author, listing, step, fields):
        return author.post(address(listing, step) + "/autosave", data=fields)

    def test_saves_and_gives_the_next_version(self, session, author, make, owner, user):
        listing = make.listing(owner)
        fields = typed(author.get(address(listing, "basics"))) | {"title": "半个标"}
        first = self._save(author, listing, "basics", fields)
        assert first.status_code == 200
        assert "保存" in first.json["message"]
        assert content(session, make, listing, user)["title"] == "半个标"
        fields |= {"version": first.json["version"], "title": "半个标题"}
        assert self._save(author, listing, "basics", fields).status_code == 200
        assert content(session, make, listing, user)["title"] == "半个标题"

    def test_keeps_faultless_fields_and_names_the_others(self, session, author, make, owner, user):
        listing = make.listing(owner)
        fields = typed(author.get(address(listing, "basics")))
        fields |= {"title": "新标题", "year": "abc", "industry_codes-0": "ZZ"}
        answer = author.post("/en" + address(listing, "basics") + "/autosave", data=fields)
        assert answer.status_code == 200
        assert "Year of completion" in answer.json["message"]
        found = content(session, make, listing, user)
        assert (found["title"], found["year"], found["industry_codes"]) == ("新标题", 2025, ["C37"])

    def test_a_broken_rule_is_told(self, author, make, owner):
        listing = make.listing(owner)
        fields = typed(author.get(address(listing, "terms"))) | {"price_mode": "fixed"}
        answer = author.post("/en" + address(listing, "terms") + "/autosave", data=fields)
        assert answer.status_code == 422
        assert "Not saved" in answer.json["message"]

    def test_a_conflict_is_told_and_nothing_overwritten(self, session, client, make, owner, user):
        listing = make.listing(owner)
        client.sign_in(user)
        mine = typed(client.get(address(listing, "basics"))) | {"title": "我的"}
        self._save(client, listing, "basics", mine | {"title": "先到"})
        answer = self._save(client, listing, "basics", mine)
        assert answer.status_code == 409
        assert answer.json["conflict"]
        assert content(session, make, listing, user)["title"] == "先到"

    def test_foreign_and_unknown_ones_are_not_found(self, author, make, owner):
        assert self._save(author, make.listing(status=S.PUBLISHED), "basics", {}).status_code == 404
        assert self._save(author, make.listing(owner), "nowhere", {}).status_code == 404


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
        assert self._send(author, listing, **values).status_code == 303
        assert queries.list_files(session, listing.id) == []
        assert "notice--bad" in author.get(address(listing, "evidence")).text

    def test_foreign_files_are_not_found(self, author, make, owner):
        foreign = make.listing_file(make.listing(status=S.PUBLISHED))
        mine = make.listing(owner)
        answer = author.post(f"/listings/{mine.id}/files/{foreign.id}/remove")
        assert answer.status_code == 404
        assert self._send(author, make.listing(status=S.PUBLISHED)).status_code == 404

    def test_not_while_a_reviewer_reads(self, author, make, owner):
        listing = make.listing(owner, status=S.PUBLISHED, pending={}, pending_submitted_at=NOON)
        assert self._send(author, listing).status_code == 403
