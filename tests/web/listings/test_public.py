from __future__ import annotations

from uuid import uuid4

import pytest

from marketplace.files.models import Visibility
from marketplace.listings.models import (
    ExportControl,
    ListingRevision,
    ListingStatus,
    ListingViews,
    PriceMode,
)
from marketplace.web import panels
from tests.clients import parsed, words
from tests.factories.listings import NOON

S = ListingStatus
EVIL = "<script>alert(1)</script>&\"'"


@pytest.fixture
def listing(make):
    listing = make.listing(
        status=S.PUBLISHED,
        gains=[{"name": "速度", "unit": "m²/h", "today": "10", "ours": "30"}],
        price_mode=PriceMode.FIXED,
        price_minor=50_000_000,
    )
    make.right(listing, number="ZL2017106018623")
    make.proof(listing)
    return listing


def page(client, listing, language=""):
    return client.get(f"{language}/technologies/{listing.id}")


class TestShow:
    def test_shows_facts_gain_readiness_and_rights(self, client, listing):
        told = words(page(client, listing))
        for text in (listing.title, "50 万元", "ZL 2017 1 0601862.3", "m²/h", "TRL 6", "李明"):
            assert text in told
        assert "300 小时" in told

    def test_is_complete_in_english(self, client, listing):
        told = words(page(client, listing, "/en"))
        for text in ("Facts", "Chinese only", "Use first, pay later", "CN¥500K"):
            assert text in told

    def test_english_text_takes_the_place_of_chinese(self, session, client, listing):
        listing.title_en = "Laser cleaning"
        session.flush()
        told = words(page(client, listing, "/en"))
        assert "Laser cleaning" in told
        assert listing.title not in told

    def test_a_visitor_gets_no_cookie_and_the_page_may_be_shared(self, client, listing):
        answer = page(client, listing)
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"].startswith("public")

    def test_script_in_any_text_is_only_text(self, session, client, make):
        listing = make.listing(
            status=S.PUBLISHED,
            title=EVIL,
            summary=EVIL,
            problem=EVIL,
            keywords=[EVIL],
            gains=[{"name": EVIL, "unit": EVIL, "today": EVIL, "ours": EVIL}],
            inventors=[{"name": EVIL, "unit": EVIL}],
            terms=EVIL,
            cooperation=[EVIL],
        )
        make.right(listing, title=EVIL, applicant=EVIL)
        make.proof(listing, statement=EVIL)
        answer = page(client, listing)
        assert EVIL in words(answer)
        scripts = parsed(answer).iter("script")
        assert all(script.get("src") and not script.text for script in scripts)

    @pytest.mark.parametrize("status", [S.DRAFT, S.UNDER_REVIEW, S.RETURNED])
    def test_is_hidden_before_review(self, client, make, status):
        owner = make.organization()
        listing = make.listing(owner, status=status)
        assert page(client, listing).status_code == 404
        client.sign_in(make.member(make.organization()))
        assert page(client, listing).status_code == 404
        client.sign_in(make.member(owner))
        assert page(client, listing).status_code == 200

    @pytest.mark.parametrize("status", [S.WITHDRAWN, S.EXPIRED])
    def test_is_gone_after_withdrawal_and_expiry(self, client, make, status):
        owner = make.organization()
        listing = make.listing(owner, status=status, published_at=NOON)
        answer = page(client, listing)
        assert answer.status_code == 410
        assert listing.title in words(answer)
        client.sign_in(make.member(owner))
        assert page(client, listing).status_code == 200

    def test_an_unknown_one_is_not_found(self, client):
        assert client.get(f"/technologies/{uuid4()}").status_code == 404
        assert client.get("/technologies/1").status_code == 404

    def test_higher_domains_put_panels_on_it(self, client, listing, monkeypatch):
        monkeypatch.setitem(
            panels._panels, "listing.show", [(0, lambda thing, _actor: thing.title[::-1])]
        )
        assert listing.title[::-1] in words(page(client, listing))

    def test_export_control_is_marked(self, session, client, listing):
        listing.export_control = ExportControl.RESTRICTED
        session.flush()
        assert words(page(client, listing, "/en")).count("Export restricted") == 2

    def test_open_license_terms_are_shown(self, session, client, listing):
        listing.cooperation = ["open_license"]
        listing.open_license = {"fee": "1%", "payment": "每年", "until": "2030-01-01"}
        session.flush()
        told = words(page(client, listing))
        assert "2030-01-01" in told
        assert "1%" in told

    def test_files_by_visibility(self, client, make, listing):
        make.listing_file(listing, name="open.pdf")
        make.listing_file(listing, name="members.pdf", visibility=Visibility.SIGNED_IN)
        make.listing_file(listing, name="secret.pdf", visibility=Visibility.CONFIDENTIAL)
        make.listing_file(listing, name="inside.pdf", visibility=Visibility.INTERNAL)
        told = words(page(client, listing, "/en"))
        assert "open.pdf" in told
        assert "members.pdf" not in told
        assert told.count("1 more file") == 2
        client.sign_in(make.user())
        assert "members.pdf" in words(page(client, listing))


class TestContact:
    def test_visitors_and_strangers_may_write(self, client, make, listing):
        assert f"/technologies/{listing.id}/enquire" in page(client, listing).text
        client.sign_in(make.member(make.organization()))
        assert f"/technologies/{listing.id}/enquire" in page(client, listing).text

    def test_the_owner_sees_the_inbox_and_views_instead(self, client, session, make):
        owner = make.organization()
        listing = make.listing(owner, status=S.PUBLISHED)
        session.add(ListingViews(listing_id=listing.id, on=NOON.date(), count=41))
        client.sign_in(make.member(owner))
        answer = page(client, listing, "/en")
        assert "Opened 41 times" in words(answer)
        assert "/enquire" not in answer.text
        assert "data-viewed" not in answer.text


class TestViewed:
    def test_counts_without_cookie_or_token(self, session, client, listing):
        identity = listing.id
        for _ in range(2):
            answer = client.post(f"/technologies/{identity}/viewed")
            assert answer.status_code == 204
            assert "Set-Cookie" not in answer.headers
        assert [row.count for row in session.query(ListingViews)] == [2]

    def test_says_nothing_of_hidden_ones(self, session, client, make):
        assert client.post(f"/technologies/{make.listing().id}/viewed").status_code == 204
        assert client.post(f"/technologies/{uuid4()}/viewed").status_code == 204
        assert session.query(ListingViews).count() == 0

    def test_the_page_asks_for_it_only_when_readers_see_it(self, client, make, listing):
        assert f"/technologies/{listing.id}/viewed" in page(client, listing).text
        owner = make.organization()
        client.sign_in(make.member(owner))
        assert "data-viewed" not in page(client, make.listing(owner)).text


class TestShare:
    @pytest.mark.parametrize(
        ("form", "kind", "start"),
        [("svg", "image/svg+xml", b"<?xml"), ("png", "image/png", b"\x89PNG")],
    )
    def test_draws_a_qr_code(self, client, listing, form, kind, start):
        answer = client.get(f"/technologies/{listing.id}/qr.{form}")
        assert answer.mimetype == kind
        assert answer.data.startswith(start)

    def test_draws_nothing_else(self, client, make, listing):
        assert client.get(f"/technologies/{listing.id}/qr.gif").status_code == 404
        assert client.get(f"/technologies/{make.listing().id}/qr.svg").status_code == 404

    @pytest.mark.parametrize(("form", "text"), [("bib", "@misc{hanqiao-"), ("ris", "TY  - ")])
    def test_gives_references(self, client, listing, form, text):
        answer = client.get(f"/technologies/{listing.id}/cite.{form}")
        assert answer.text.startswith(text)
        assert listing.title in answer.text
        assert answer.headers["Content-Disposition"].startswith("attachment")

    def test_gives_no_other_reference(self, client, make, listing):
        assert client.get(f"/technologies/{listing.id}/cite.doc").status_code == 404
        owner = make.organization()
        client.sign_in(make.member(owner))
        assert client.get(f"/technologies/{make.listing(owner).id}/cite.bib").status_code == 404

    def test_the_page_cites_by_the_national_standard(self, client, listing):
        told = words(page(client, listing))
        assert "[DB/OL]. 汉桥, 2026-11-20[" in told
        assert "Hanqiao, 2026-11-20[" in words(page(client, listing, "/en"))


class TestHistory:
    def test_compares_each_text_with_the_one_before(self, client, session, make):
        owner = make.organization()
        listing = make.listing(owner, status=S.PUBLISHED, title="第三版")
        reviewer = make.user(name="审核员甲")
        for number, title in ((1, "第一版"), (2, "第二版")):
            session.add(
                ListingRevision(
                    listing_id=listing.id,
                    number=number,
                    content={"title": title},
                    reviewed_at=NOON,
                    reviewed_by=reviewer.id,
                )
            )
        client.sign_in(make.member(owner))
        answer = client.get(f"/listings/{listing.id}/history")
        told = words(answer)
        assert "审核员甲" in told
        marks = [element.text for element in parsed(answer).iter("del")]
        assert "二" in marks
        assert "一" in marks

    def test_is_empty_at_first_and_closed_to_others(self, client, make):
        owner = make.organization()
        listing = make.listing(owner, status=S.PUBLISHED)
        client.sign_in(make.member(make.organization()))
        assert client.get(f"/listings/{listing.id}/history").status_code == 404
        client.sign_in(make.member(owner))
        assert "No earlier texts" in words(client.get(f"/en/listings/{listing.id}/history"))
