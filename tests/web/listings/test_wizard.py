from __future__ import annotations

import pytest

from marketplace.core.actor import MemberRole
from marketplace.listings.content import STEPS
from marketplace.listings.models import Listing, ListingStatus, PriceMode, SourceChannel
from tests.clients import parsed, words
from tests.factories.listings import patent_number
from tests.forms import typed
from tests.listing_pages import address, content

S = ListingStatus


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

    def test_a_part_can_be_left_to_the_other(self, session, client, make, owner, user):
        listing = make.listing(owner)
        client.sign_in(user)
        first = typed(client.get(address(listing, "basics")))
        for_her = first | {"title": "她的标题", "summary": "她的简介，提高12%"}
        assert client.post(address(listing, "basics"), data=for_her).status_code == 303
        mine = first | {"title": "我的标题", "summary": "我的简介，提高15%"}
        answer = client.post(address(listing, "basics"), data=mine)
        choices = {
            box.get("name"): box.get("value")
            for box in parsed(answer).iter("input")
            if box.get("name", "").startswith("keep-") and "checked" in box.attrib
        }
        assert choices == {"keep-title": "mine", "keep-summary": "mine"}

        again = typed(answer) | {"keep-title": "theirs", "keep-summary": "mine"}
        assert client.post(address(listing, "basics"), data=again).status_code == 303

        kept = content(session, make, listing, user)
        assert (kept["title"], kept["summary"]) == ("她的标题", "我的简介，提高15%")


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
