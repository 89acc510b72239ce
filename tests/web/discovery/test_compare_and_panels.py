"""Comparing listings, and what discovery puts on other pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from marketplace.core.actor import VISITOR
from marketplace.discovery import panels
from marketplace.discovery.queries import fallback
from marketplace.discovery.vectors import QueryVectors
from marketplace.indexing.vectors import Vectors
from marketplace.listings.models import ListingStatus, PriceMode
from search.documents import Kind
from search.embedded.engine import EmbeddedEngine
from tests.clients import parsed, words
from tests.engines import SPACE, FakeEmbedder, copy

if TYPE_CHECKING:
    from collections.abc import Iterator

PLAIN = {"keywords": [], "abstract": "", "problem": "", "gain": "", "summary": ""}


def address(*listings) -> str:
    return "/compare?" + "&".join(f"id={getattr(one, 'id', one)}" for one in listings)


def rows(response) -> dict[str, tuple[bool, list[str]]]:
    """Give heading → (differs, cells) of the comparison."""
    found = {}
    for row in parsed(response).iter("tr"):
        cells = ["".join(cell.itertext()).strip() for cell in row.iter("td")]
        heading = row.find("th")
        if cells and heading is not None:
            differs = row.get("class") == "compare__differs"
            found[(heading.text or "").strip()] = (differs, cells)
    return found


class TestCompare:
    def test_aligns_facts_and_marks_differences(self, client, publish):
        one = publish(title="甲", trl=6, price_mode=PriceMode.FREE)
        two = publish(
            title="乙",
            trl=6,
            price_mode=PriceMode.RANGE,
            price_minor=10_000_000,
            price_max_minor=20_000_000,
            gains=[{"name": "速度", "today": "10", "ours": "30", "unit": "m²/h"}],
        )
        three = publish(title="丙", trl=6, price_mode=PriceMode.FIXED, price_minor=10_000_000)

        table = rows(client.get(address(one, two, three)))

        assert table["成熟度（TRL）"] == (False, ["TRL 6", "TRL 6", "TRL 6"])
        assert table["价格"] == (True, ["免费", "10 万元 – 20 万元", "10 万元"])
        assert "速度: 10 → 30 m²/h" in table["实测效果"][1][1]

    def test_leaves_out_what_nobody_says(self, client, make, publish):
        owner = make.organization()
        one = publish(title="甲", complete=False, organization=owner)
        two = publish(title="乙", complete=False, organization=owner)
        assert "解决的问题" not in rows(client.get(address(one, two)))

    def test_shows_rights_and_places(self, client, make, publish, session, engine):
        owner = make.organization(district_code="420111")
        one, two = publish(title="甲", organization=owner), publish(title="乙")
        right = make.right(one)
        table = rows(client.get("/en" + address(one, two)))
        assert right.number in table["Rights"][1][0]
        assert table["District"][1][0] == "Hongshan District"

    def test_says_how_to_choose_when_there_is_nothing(self, client, publish):
        for query in ("/compare", address(publish(title="甲")), "/compare?id=x"):
            assert "请选择两到四项成果" in words(client.get(query))

    def test_compares_four_at_most(self, client, publish):
        many = [publish(title=f"成果{number}") for number in range(5)]
        page = client.get(address(*many))
        assert "最多对比四项" in words(page)
        assert "成果4" not in words(page)

    def test_says_what_is_gone_and_shows_no_draft(self, client, make, publish):
        page = client.get(
            address(publish(title="甲"), publish(title="乙"), make.listing(), uuid4())
        )
        assert "其中 2 项已不再公开" in words(page)


@pytest.fixture
def shown(app):
    """Render a panel in a request of a visitor."""

    def render(panel, thing, actor=VISITOR):
        with app.test_request_context("/"):
            return panel(thing, actor)

    return render


class TestSimilar:
    def test_names_what_shares_keywords_without_itself(self, shown, publish):
        one = publish(title="激光清洗钢轨", keywords=["激光清洗"])
        publish(title="船体激光清洗机", keywords=["激光清洗"])
        publish(title="温室监控", keywords=["大棚"], abstract="", problem="", gain="", summary="")
        panel = shown(panels.similar_listings, one)
        assert "船体激光清洗机" in panel
        assert "温室监控" not in panel
        assert "激光清洗钢轨" not in panel

    @pytest.fixture
    def meaning(self, app, engine, tmp_path) -> Iterator[FakeEmbedder]:
        """A model to which copper and etching mean the same, and an index with its space."""
        embedder = FakeEmbedder({"铜": [1, 0, 0, 0], "蚀刻": [1, 0, 0, 0]})
        parts = app.extensions["hanqiao.parts"]
        parts.search, parts.embedders = EmbeddedEngine(tmp_path / "v", (SPACE,)), (embedder,)
        app.extensions["hanqiao.query_vectors"] = QueryVectors(lambda: (embedder,), patience=5)
        yield embedder
        parts.search.close()

    def test_goes_by_meaning(self, app, shown, session, publish, meaning):
        one, other = publish(title="铜的提取", **PLAIN), publish(title="蚀刻废液再生", **PLAIN)
        engine = app.extensions["hanqiao.parts"].search
        copy(session, engine, one, other, embedders=(meaning,))
        assert "蚀刻废液再生" in shown(panels.similar_listings, one)

    def test_takes_the_vectors_that_are_kept_and_asks_no_model(
        self, app, shown, session, publish, meaning
    ):
        one, other = publish(title="铜的提取", **PLAIN), publish(title="蚀刻废液再生", **PLAIN)
        engine = app.extensions["hanqiao.parts"].search
        copy(session, engine, one, other, embedders=(meaning,))
        kept = fallback.load(session, Kind.LISTING, [one.id])
        Vectors((meaning,)).embed(session, kept)
        meaning.broken = True
        assert "蚀刻废液再生" in shown(panels.similar_listings, one)

    def test_a_listing_that_is_gone_names_others_and_is_not_compared(
        self, shown, session, engine, publish
    ):
        gone = publish(title="激光清洗钢轨", keywords=["激光清洗"])
        others = [publish(title=f"船体激光清洗机{at}", keywords=["激光清洗"]) for at in range(2)]
        gone.status = ListingStatus.WITHDRAWN
        engine.remove(Kind.LISTING, {str(gone.id): gone.version + 1})
        engine.refresh()
        panel = shown(panels.similar_listings, gone)
        assert all(str(other.id) in panel.split("/compare?")[1] for other in others)
        assert str(gone.id) not in panel

    def test_is_silent_when_nothing_is_like_it(self, shown, publish):
        assert shown(panels.similar_listings, publish(title="只有一个", keywords=[])) is None

    def test_is_silent_without_engine(self, shown, publish, gone):
        assert shown(panels.similar_listings, publish(title="甲")) is None


class TestCollect:
    def test_people_are_led_to_their_collections(self, shown, make, publish):
        listing, need = publish(title="甲"), publish("need", title="乙")
        actor = make.actor()
        assert f"/collections/add/listing/{listing.id}" in shown(
            panels.collect_listing, listing, actor
        )
        assert f"/collections/add/need/{need.id}" in shown(panels.collect_need, need, actor)

    def test_visitors_and_drafts_are_not(self, shown, make, publish):
        assert shown(panels.collect_listing, publish(title="甲")) is None
        assert shown(panels.collect_listing, make.listing(), make.actor()) is None


class TestListingsOf:
    def test_names_the_public_ones_and_links_to_all(self, shown, make, publish):
        owner = make.organization()
        publish(title="激光甲", organization=owner)
        make.listing(owner, title="草稿")
        publish(title="别家")
        panel = shown(panels.listings_of, owner)
        assert "激光甲" in panel
        assert "草稿" not in panel
        assert "别家" not in panel
        assert f"/technologies?organization_id={owner.id}" in panel

    def test_is_silent_when_there_is_nothing(self, shown, make, engine):
        assert shown(panels.listings_of, make.organization()) is None


class TestDesk:
    def test_counts_what_a_person_keeps(self, shown, make, engine):
        user = make.user()
        make.saved_search(user)
        make.collection(user)
        panel = shown(panels.saved_searches, None, make.actor(user))
        assert "1 条保存的检索" in panel
        assert "1 个收藏夹" in panel

    def test_tells_a_newcomer_what_it_is_for(self, shown, make, engine):
        assert "保存检索即可收到新结果提醒" in shown(panels.saved_searches, None, make.actor())

    def test_visitors_have_no_desk(self, shown, engine):
        assert shown(panels.saved_searches, None) is None
