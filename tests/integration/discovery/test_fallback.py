"""The tables answer when the engine is gone, and give nothing away that the engine would not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from marketplace.core.actor import VISITOR
from marketplace.discovery.queries import fallback
from marketplace.listings.models import ListingStatus, PriceMode
from marketplace.needs.models import Confidentiality, NeedStatus
from marketplace.organizations.models import OrganizationStatus
from search.documents import Kind
from search.queries import Query, Sort
from tests.factories.discovery import NOON


@pytest.fixture
def listed(make):
    def publish(title="激光清洗", owner=None, **values):
        return make.listing(owner, title=title, status=ListingStatus.PUBLISHED, **values)

    return publish


@pytest.fixture
def find(session):
    def titles(text="", kind=Kind.LISTING, actor=VISITOR, **values):
        results = fallback.search(session, Query(kind=kind, text=text, **values), actor=actor)
        return [hit.document.title for hit in results.hits]

    return titles


class TestListings:
    def test_every_word_must_stand_somewhere(self, find, listed):
        listed("激光清洗钢轨", complete=False, keywords=["除锈"])
        listed("激光焊接", complete=False)
        assert find("激光 除锈") == ["激光清洗钢轨"]

    def test_wildcards_are_words(self, find, listed):
        listed("含 100% 回收", complete=False)
        listed("含 100 克", complete=False)
        assert find('"100%"') == ["含 100% 回收"]
        assert find("“_”") == []

    def test_reads_the_operators_of_the_engine(self, find, listed):
        for title in ("铜回收", "镍回收", "铜镍分离"):
            listed(title, complete=False)
        assert set(find("铜 OR 镍")) == {"铜回收", "镍回收", "铜镍分离"}
        assert find("铜 -镍") == ["铜回收"]
        assert find('回收 "镍回"') == ["镍回收"]
        assert find("title:分离") == ["铜镍分离"]

    def test_cuts_chinese_into_words(self, find, listed):
        listed("从废液中回收铜", complete=False)
        assert find("铜回收") == ["从废液中回收铜"]

    def test_says_what_could_not_be_parsed(self, session, listed):
        listed("激光清洗", complete=False)
        query = Query(kind=Kind.LISTING, text='"激光清洗')
        results = fallback.search(session, query, actor=VISITOR)
        assert results.total == 1
        assert results.notice
        assert results.tokens

    def test_finds_owners_and_numbers_of_rights(self, find, listed, make):
        owner = make.organization(name="华中某大学", name_en="Huazhong")
        right = make.right(listed("甲", owner))
        listed("乙")
        assert find("华中某大学") == find("huazhong") == find(right.number) == ["甲"]

    def test_shows_what_is_published_alone(self, find, listed, make):
        listed("甲")
        make.listing(title="乙")
        listed("丙", make.organization(status=OrganizationStatus.SUSPENDED))
        assert find() == ["甲"]
        assert find(actor=make.administrator()) == ["甲"]

    @pytest.mark.parametrize(
        ("chosen", "found"),
        [
            ({"trl": ("6",)}, "甲"),
            ({"trl": ("7",)}, "乙"),
            ({"industries": ("C37", "C01")}, "甲"),
            ({"fields": ("0803",)}, "乙"),
            ({"cooperation": ("open_license",)}, "乙"),
            ({"record_kind": ("result",), "year": ("2024",)}, "乙"),
            ({"district": ("420111",)}, "甲"),
            ({"price_band": ("under_100k",)}, "甲"),
            ({"price_band": ("under_5m", "from_5m")}, "乙"),
        ],
    )
    def test_filters_hold(self, find, listed, make, chosen, found):
        owner = make.organization(district_code="420111")
        listed("甲", owner, trl=6, industry_codes=["C37"], year=2023, price_mode=PriceMode.FREE)
        listed(
            "乙",
            trl=7,
            industry_codes=["C38"],
            field_codes=["0803"],
            cooperation=["open_license"],
            year=2024,
            price_mode=PriceMode.FIXED,
            price_minor=500_000_000,
        )
        assert find(chosen=chosen) == [found]

    def test_filters_by_owner(self, find, listed, make):
        owner = make.organization()
        listed("甲", owner)
        listed("乙")
        assert find(chosen={"organization_id": (str(owner.id),)}) == ["甲"]

    def test_negotiable_is_a_band_of_its_own(self, find, listed):
        listed("甲")
        listed("乙", price_mode=PriceMode.FREE)
        assert find(chosen={"price_band": ("negotiable",)}) == ["甲"]

    def test_orders(self, find, listed, make):
        old = listed("激光清洗", published_at=NOON - timedelta(days=1))
        listed("用激光给钢轨除锈", published_at=NOON)
        make.right(old, renewal_due_on=date(2027, 1, 1))
        assert find("激光", sort=Sort.NEWEST)[0] == "用激光给钢轨除锈"
        assert find("激光", sort=Sort.SOONEST)[0] == "激光清洗"
        assert find("激光清洗", sort=Sort.RELEVANCE)[0] == "激光清洗"

    def test_pages_with_the_exact_total(self, session, listed):
        for number in range(5):
            listed(f"激光{number}")
        query = Query(kind=Kind.LISTING, text="激光", size=2, page=3)
        results = fallback.search(session, query, actor=VISITOR)
        assert (len(results.hits), results.total) == (1, 5)

    def test_short_lists_can_be_ticked_and_ticked_values_stay_shown(self, session, listed):
        query = Query(kind=Kind.LISTING, chosen={"trl": ("9",), "year": ("2024",)})
        facets = fallback.search(session, query, actor=VISITOR).facets
        ticked = {name: [one.value for one in facets[name] if one.chosen] for name in facets}
        assert ticked["trl"] == ["9"]
        assert [value.value for value in facets["year"]] == ticked["year"] == ["2024"]
        assert len(facets["trl"]) == 9
        assert {value.value for value in facets["record_kind"]} == {"result", "patent"}


class TestNeeds:
    @pytest.fixture
    def need(self, make):
        def opened(title, confidentiality, **values):
            owner = make.organization(name="武汉秘密公司", district_code="420111")
            make.need(
                owner,
                title=title,
                confidentiality=confidentiality,
                status=NeedStatus.OPEN,
                **values,
            )
            return owner

        return opened

    def test_a_withheld_name_is_not_found(self, find, need):
        need("甲", Confidentiality.NAMED)
        need("乙", Confidentiality.VERIFIED)
        need("丙", Confidentiality.ON_CONSENT)
        assert find("秘密公司", Kind.NEED) == ["甲"]

    def test_a_withheld_owner_is_no_filter(self, find, need):
        shown = need("甲", Confidentiality.NAMED)
        hidden = need("乙", Confidentiality.VERIFIED)
        assert find(kind=Kind.NEED, chosen={"organization_id": (str(shown.id),)}) == ["甲"]
        assert find(kind=Kind.NEED, chosen={"organization_id": (str(hidden.id),)}) == []

    def test_a_hidden_place_is_no_filter(self, find, need):
        need("甲", Confidentiality.VERIFIED)
        need("乙", Confidentiality.ON_CONSENT)
        assert find(kind=Kind.NEED, chosen={"district": ("420111",)}) == ["甲"]

    def test_orders_by_deadline(self, find, need):
        need("甲", Confidentiality.NAMED, deadline_on=date(2027, 6, 1))
        need("乙", Confidentiality.NAMED, deadline_on=date(2027, 1, 1))
        need("丙", Confidentiality.NAMED, deadline_on=None)
        assert find(kind=Kind.NEED, sort=Sort.SOONEST) == ["乙", "甲", "丙"]

    def test_filters_by_year_and_budget(self, find, need):
        need("甲", Confidentiality.NAMED, published_at=NOON, budget_min_minor=30_000_000)
        assert find(kind=Kind.NEED, chosen={"year": ("2026",), "price_band": ("under_500k",)}) == [
            "甲"
        ]

    def test_shows_open_needs_alone(self, find, make):
        make.need(title="甲", status=NeedStatus.OPEN)
        make.need(title="乙", status=NeedStatus.MET)
        make.need(title="丙", status=NeedStatus.DRAFT)
        assert find(kind=Kind.NEED) == ["甲"]
