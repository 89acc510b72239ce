"""Saved searches and collections through the client."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core import jobs
from marketplace.discovery.models import AlertFrequency, Collection, CollectionItem, SavedSearch
from marketplace.listings.models import ListingStatus
from marketplace.notifications.models import Notice
from tests.clients import parsed, words
from tests.factories.discovery import NOON
from tests.jobs import run_jobs


@pytest.fixture
def user(make, client):
    user = make.user()
    client.sign_in(user)
    return user


def fields(response, name: str) -> list[str]:
    return [one.get("value") for one in parsed(response).iter("input") if one.get("name") == name]


class TestSavedSearches:
    def test_visitors_sign_in_first(self, client, engine):
        answer = client.get("/saved-searches/new?q=激光&scope=listing")
        assert answer.status_code == 302
        assert "/saved-searches/new" in answer.headers["Location"]

    def test_keeps_a_search_from_its_address(self, client, session, user, engine):
        address = "/saved-searches/new?scope=need&q=激光&trl=6&page=2"
        assert fields(client.get(address), "name") == ["激光"]

        answer = client.post(address, data={"name": "我的激光", "frequency": "now"})

        assert answer.status_code == 303
        search = session.scalar(select(SavedSearch))
        assert (search.name, search.scope.value, search.address, search.frequency) == (
            "我的激光",
            "need",
            "q=%E6%BF%80%E5%85%89&trl=6",
            AlertFrequency.NOW,
        )
        page = words(client.get("/saved-searches/"))
        assert "我的激光" in page
        assert "TRL 6" in page

    def test_names_a_search_without_words_after_its_filters(self, client, user, engine):
        page = client.get("/saved-searches/new?scope=listing&trl=6&year=2024")
        assert fields(page, "name") == ["TRL 6, 2024"]

    def test_says_what_is_missing_and_keeps_what_was_typed(self, client, user, engine):
        page = client.post("/saved-searches/new?q=激光", data={"name": "", "frequency": "daily"})
        assert page.status_code == 422
        assert "请起一个名称" in words(page)

    def test_refuses_a_name_twice(self, client, make, user, engine):
        make.saved_search(user, name="激光")
        page = client.post("/saved-searches/new?q=焊接", data={"name": "激光", "frequency": "off"})
        assert page.status_code == 422
        assert "您已有同名的检索" in words(page)

    def test_counts_what_is_new_until_it_is_run(self, client, make, user, publish):
        search = make.saved_search(user, opened_at=NOON - timedelta(days=1))
        publish(title="激光方法")
        assert "1 条新结果" in words(client.get("/saved-searches/"))

        answer = client.post(f"/saved-searches/{search.id}/run")

        assert answer.headers["Location"] == "/technologies?q=%E6%BF%80%E5%85%89"
        assert "1 条新结果" not in words(client.get("/saved-searches/"))

    def test_a_publication_becomes_a_notice_by_the_queue(
        self, client, app, session, make, user, publish
    ):
        make.saved_search(
            user, frequency=AlertFrequency.NOW, saved_at=NOON - timedelta(days=1), name="我的检索"
        )
        listing = publish(title="激光方法")
        jobs.tell(session, "listing.published", id=str(listing.id))

        run_jobs(app, session)

        (notice,) = session.scalars(select(Notice))
        assert notice.mailed_at is not None
        page = words(client.get("/notices/"))
        assert "您保存的检索“我的检索”有新结果：激光方法" in page

    def test_says_that_nobody_can_count_without_an_engine(self, client, make, user, gone):
        make.saved_search(user)
        assert "暂时无法统计" in words(client.get("/saved-searches/"))

    def test_changes_name_and_pace(self, client, session, make, user, engine):
        search = make.saved_search(user, name="旧")
        assert fields(client.get(f"/saved-searches/{search.id}"), "name") == ["旧"]
        client.post(f"/saved-searches/{search.id}", data={"name": "新", "frequency": "weekly"})
        session.refresh(search)
        assert (search.name, search.frequency) == ("新", AlertFrequency.WEEKLY)

    def test_refuses_to_take_the_name_of_another(self, client, make, user, engine):
        make.saved_search(user, name="甲")
        other = make.saved_search(user, name="乙", address="q=2")
        page = client.post(f"/saved-searches/{other.id}", data={"name": "甲", "frequency": "daily"})
        assert page.status_code == 422
        assert "您已有同名的检索" in words(page)

    def test_ends_alerts_with_one_click(self, client, session, make, user, engine):
        search = make.saved_search(user)
        client.post(f"/saved-searches/{search.id}/quiet")
        session.refresh(search)
        assert search.frequency is AlertFrequency.OFF

    def test_deletes(self, client, session, make, user, engine):
        search = make.saved_search(user)
        client.post(f"/saved-searches/{search.id}/delete")
        assert session.scalar(select(SavedSearch)) is None

    def test_is_nobody_elses(self, client, make, user, engine):
        other = make.saved_search()
        for step in ("run", "delete", "quiet"):
            assert client.post(f"/saved-searches/{other.id}/{step}").status_code == 404
        assert client.get(f"/saved-searches/{other.id}").status_code == 404

    def test_explains_itself_when_empty(self, client, user, engine):
        assert "您还没有保存检索" in words(client.get("/saved-searches/"))


class TestCollections:
    @pytest.fixture
    def listing(self, publish):
        return publish(title="激光方法")

    def test_begins_one(self, client, session, user):
        assert "您还没有收藏夹" in words(client.get("/collections/"))
        answer = client.post("/collections/", data={"name": "给客户", "note": ""})
        assert answer.status_code == 303
        assert "收藏夹是空的" in words(client.get(answer.headers["Location"]))

    def test_refuses_a_name_twice(self, client, make, user):
        make.collection(user, name="甲")
        page = client.post("/collections/", data={"name": "甲"})
        assert page.status_code == 422
        assert "您已有同名的收藏夹" in words(page)

    def test_takes_a_record_into_a_new_one(self, client, session, user, listing):
        address = f"/collections/add/listing/{listing.id}"
        assert "激光方法" in words(client.get(address))
        answer = client.post(address, data={"collection": "new", "name": "", "note": "好"})
        page = words(client.get(answer.headers["Location"]))
        assert "收藏夹 1" in page
        assert "激光方法" in page
        assert "好" in page

    def test_takes_a_need_into_one_that_is_there(self, client, session, make, user, publish):
        collection = make.collection(user)
        need = publish("need", title="铜回收")
        client.post(f"/collections/add/need/{need.id}", data={"collection": str(collection.id)})
        assert session.scalar(select(CollectionItem.need_id)) == need.id

    def test_takes_a_record_once(self, client, make, user, listing):
        collection = make.collection(user, listing)
        page = client.post(
            f"/collections/add/listing/{listing.id}", data={"collection": str(collection.id)}
        )
        assert page.status_code == 422
        assert "已在该收藏夹中" in words(page)

    def test_puts_nothing_into_anybody_elses(self, client, make, user, listing):
        other = make.collection()
        page = client.post(
            f"/collections/add/listing/{listing.id}", data={"collection": str(other.id)}
        )
        assert page.status_code == 422

    def test_knows_no_other_kinds_and_no_hidden_records(self, client, make, user, engine):
        draft = make.listing()
        assert client.get(f"/collections/add/listing/{draft.id}").status_code == 404
        assert client.get(f"/collections/add/person/{draft.id}").status_code == 404

    def test_changes_and_annotates_and_takes_out(self, client, session, make, user, listing):
        collection = make.collection(user, listing)
        (item,) = session.scalars(select(CollectionItem))
        home = f"/collections/{collection.id}"

        client.post(home, data={"name": "新名", "note": "说明"})
        client.post(f"{home}/items/{item.id}/note", data={"note": "下周约谈"})
        page = words(client.get(home))
        assert "新名" in page
        assert "下周约谈" in page

        client.post(f"{home}/items/{item.id}/note", data={"note": "长" * 1001})
        assert "最多 1000 个字" in words(client.get(home))

        client.post(f"{home}/items/{item.id}/remove")
        assert session.scalar(select(CollectionItem)) is None

    def test_refuses_the_name_of_another(self, client, make, user):
        make.collection(user, name="甲")
        other = make.collection(user, name="乙")
        page = client.post(f"/collections/{other.id}", data={"name": "甲", "note": ""})
        assert page.status_code == 422

    def test_deletes(self, client, session, make, user):
        collection = make.collection(user)
        client.post(f"/collections/{collection.id}/delete")
        assert session.scalar(select(Collection)) is None

    def test_offers_comparing_when_there_are_two(self, client, make, user, listing, publish):
        collection = make.collection(user, listing, publish(title="激光乙"))
        page = client.get(f"/collections/{collection.id}")
        assert set(fields(page, "id")) == {
            str(one.listing_id) for one in make.session.scalars(select(CollectionItem))
        }


class TestSharing:
    def test_a_link_opens_without_signing_in_until_it_ends(
        self, client, app, session, make, user, publish
    ):
        listing = publish(title="激光方法")
        collection = make.collection(user, listing, note="给客户看")
        client.post(f"/collections/{collection.id}/share")
        session.refresh(collection)
        address = f"/collections/shared/{collection.share_token}"
        visitor = app.test_client()

        page = visitor.get(address)

        assert "激光方法" in words(page)
        assert "给客户看" in words(page)
        assert page.headers["Cache-Control"] == "private, no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in page.headers["X-Robots-Tag"]
        assert address in client.get(f"/collections/{collection.id}").get_data(as_text=True)

        client.post(f"/collections/{collection.id}/stop-sharing")
        assert visitor.get(address).status_code == 404

    def test_hides_what_is_not_on_offer_any_more(self, client, session, make, publish):
        listing = publish(title="激光方法")
        make.collection(None, listing, share_token="abc", shared_at=NOON)
        listing.status = ListingStatus.WITHDRAWN
        page = words(client.get("/collections/shared/abc"))
        assert "激光方法" not in page
        assert "有 1 条记录已不再公开" in page

    def test_a_guessed_link_is_not_found(self, client, engine):
        assert client.get("/collections/shared/guess").status_code == 404
