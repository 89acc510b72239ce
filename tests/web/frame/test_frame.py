from __future__ import annotations

import pytest

from marketplace.web.pages import own_address
from tests.clients import parsed, words


class TestHome:
    def test_shows_both_languages_in_full(self, client):
        assert "搜索成果" in words(client.get("/"))
        english = client.get("/en/")
        assert "Search technologies" in words(english)
        assert not any("一" <= sign <= "鿿" for sign in words(english).replace("中文", ""))

    def test_links_each_page_to_its_twin(self, client):
        page = client.get("/about").get_data(as_text=True)
        assert 'href="/en/about"' in page
        assert 'href="/about"' in client.get("/en/about").get_data(as_text=True)

    def test_counts_only_what_is_published(self, client, make):
        from marketplace.listings.models import ListingStatus

        make.listing(title="只有草稿")
        assert "只有草稿" not in words(client.get("/"))
        make.listing(title="已经发布", status=ListingStatus.PUBLISHED)
        assert "已经发布" in words(client.get("/"))

    @pytest.mark.parametrize("path", ["about", "help", "fees", "accessibility", "privacy", "terms"])
    @pytest.mark.parametrize("prefix", ["", "/en"])
    def test_plain_pages_parse(self, client, prefix, path):
        assert parsed(client.get(f"{prefix}/{path}")) is not None

    @pytest.mark.parametrize("prefix", ["", "/en"])
    def test_help_leads_to_the_rules_of_matching(self, client, prefix):
        links = [one.get("href") for one in parsed(client.get(f"{prefix}/help")).iter("a")]
        assert f"{prefix}/help/matching" in links


class TestAppearance:
    def test_is_kept_in_a_cookie(self, client):
        answer = client.post("/appearance", data={"theme": "dark", "back": "/about"})
        assert answer.status_code == 303
        assert answer.location == "/about"
        assert 'data-theme="dark"' in client.get("/about").get_data(as_text=True)

    def test_takes_no_other_value_and_leads_nowhere_else(self, client):
        answer = client.post("/appearance", data={"theme": "pink", "back": "https://evil.example/"})
        assert "evil" not in answer.location
        assert 'data-theme="system"' in client.get("/about").get_data(as_text=True)


class TestHeaders:
    def test_forbid_everything_foreign(self, client):
        headers = client.get("/").headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"

    def test_let_shared_caches_keep_public_pages_without_cookies(self, client):
        answer = client.get("/about")
        assert answer.headers["Cache-Control"].startswith("public, max-age=60")
        assert "Set-Cookie" not in answer.headers

    def test_keep_pages_of_people_private(self, client, make):
        client.sign_in(make.user())
        assert client.get("/about").headers["Cache-Control"] == "private, no-store"

    @pytest.mark.parametrize("encoding", ["br", "gzip"])
    def test_compress_pages(self, client, encoding):
        answer = client.get("/help", headers={"Accept-Encoding": encoding})
        assert answer.headers["Content-Encoding"] == encoding
        assert "Accept-Encoding" in answer.headers["Vary"]


class TestStyle:
    def test_is_served_under_its_content(self, client):
        page = client.get("/").get_data(as_text=True)
        address = page.split('rel="stylesheet" href="')[1].split('"')[0]
        answer = client.get(address, headers={"Accept-Encoding": "br"})
        assert answer.status_code == 200
        assert "immutable" in answer.headers["Cache-Control"]
        assert int(answer.headers["Content-Length"]) <= 25 * 1024
        assert client.get("/assets/app-000000000000.css").status_code == 404


class TestOwnAddress:
    @pytest.mark.parametrize(
        "address",
        ["//evil.example", "https://evil.example", "/\\evil", "/a\nb", "javascript:x", "", None],
    )
    def test_keeps_people_here(self, address):
        assert own_address(address, otherwise="/desk") == "/desk"

    def test_lets_own_pages_through(self):
        assert own_address("/needs?q=a", otherwise="/") == "/needs?q=a"


class TestErrors:
    def test_a_missing_token_is_told(self, application, client):
        application.config["WTF_CSRF_ENABLED"] = True
        try:
            answer = client.post("/appearance", data={"theme": "dark"})
        finally:
            application.config["WTF_CSRF_ENABLED"] = False
        assert answer.status_code == 400
        assert "刷新页面" in words(answer)

    def test_a_gone_database_gets_a_page_that_needs_none(self, application, client, monkeypatch):
        from sqlalchemy.exc import OperationalError

        from marketplace.home import queries

        def gone(*_args, **_kwargs):
            raise OperationalError("select", {}, Exception("gone"))

        monkeypatch.setattr(queries, "count_all", gone)
        answer = client.get("/")
        assert answer.status_code == 503
        assert "服务暂时不可用" in words(answer)

    def test_a_wrong_method_is_told(self, client):
        assert client.post("/about").status_code == 405

    def test_the_guard_asks_visitors_to_sign_in_and_brings_them_back(self, client):
        answer = client.get("/desk")
        assert answer.status_code == 302
        assert "next=%2Fdesk" in answer.location or "next=/desk" in answer.location
        assert client.post("/desk").status_code in (401, 405)

    def test_health_answers_machines(self, client):
        assert client.get("/health").get_json()["database"] == "ok"
