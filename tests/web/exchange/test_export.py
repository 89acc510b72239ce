"""Search results leave as files that open rightly and do no harm."""

from __future__ import annotations

import csv
import io
from datetime import date
from types import SimpleNamespace

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from marketplace.exchange import exporting, exporting_routes, hearers
from marketplace.exchange.exporting import ExportFormat, Results
from marketplace.indexing.parsing import QueryString, query_from_args
from marketplace.progress import services as progress
from marketplace.progress.models import JobState, LongJob
from search.documents import Audience, Document, Kind
from search.embedding import EmbeddingUnavailable
from search.engine import StaleSpaces
from search.visibility import PUBLIC
from tests.clients import words
from tests.conftest import NOON
from tests.jobs import run_jobs
from tests.memory_search import CountingEmbedder, MemoryEngine


def document(number, **values):
    values.setdefault("title", f"激光焊接{number}")
    return Document(
        kind=values.pop("kind", Kind.LISTING),
        id=f"00000000-0000-4000-8000-{number:012d}",
        version=1,
        **values,
    )


FULL = document(
    1,
    title="=HYPERLINK(1)",
    title_en="Laser",
    summary="+一句话",
    keywords=("a", "b"),
    organization_name="武汉示范大学",
    industries=("C35",),
    fields=("0802",),
    record_kind="patent",
    trl=6,
    cooperation=("equity",),
    price_minor=85_000_00,
    price_max_minor=1_200_000_00,
    district="420100",
    year=2025,
    published_at=NOON,
    due_on=date(2027, 1, 2),
    numbers=("ZL201710601862.3",),
)


@pytest.fixture
def engine(app, monkeypatch):
    engine = MemoryEngine()
    parts = app.extensions["hanqiao.parts"]
    fake = SimpleNamespace(settings=parts.settings, search=engine, embedders=(CountingEmbedder(),))
    monkeypatch.setitem(app.extensions, "hanqiao.parts", fake)
    return engine


@pytest.fixture
def full(engine):
    engine.put(Kind.LISTING, [FULL])
    return engine


def table(response):
    content = response.get_data().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content)))


class TestFiles:
    def test_csv_opens_in_excel_and_runs_nothing(self, client, full):
        response = client.get("/en/export?format=csv")
        assert response.get_data().startswith(b"\xef\xbb\xbf")
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert response.headers["Cache-Control"] == "private, no-store"
        (row,) = table(response)
        assert row["Title"] == "'=HYPERLINK(1)"
        assert row["Summary"] == "'+一句话"
        assert row["Kind"] == "Patent"
        assert row["Price (10,000 CNY)"] == "8.5"
        assert row["Upper price (10,000 CNY)"] == "120"
        assert row["Forms of cooperation"] == "Contribution as equity"
        assert row["Disciplines"] == "Mechanical engineering"
        assert row["Published on"] == "2026-11-20"
        assert row["Link"].endswith(f"/en/technologies/{FULL.id}")

    def test_csv_speaks_the_language_of_the_page(self, client, full):
        (row,) = table(client.get("/export?format=csv"))
        assert (row["名称"], row["技术成熟度"]) == ("'=HYPERLINK(1)", "6")
        assert row["学科"] == "机械工程"

    def test_workbooks_hold_text_alone(self, client, full):
        response = client.get("/en/export?format=xlsx")
        book = load_workbook(io.BytesIO(response.get_data()))
        heads, values = book.active.iter_rows()
        row = dict(zip((cell.value for cell in heads), values, strict=True))
        assert row["Title"].value == "=HYPERLINK(1)"
        assert row["Title"].data_type == "s"

    def test_ris_is_read_by_reference_managers(self, client, make, full):
        listing = make.listing(inventors=[{"name": "李明", "unit": ""}, {"name": "王芳"}])
        full.put(
            Kind.LISTING,
            [
                Document(
                    kind=Kind.LISTING, id=str(listing.id), version=1, title="题\n目", body="正文"
                )
            ],
        )
        text = client.get("/en/export?format=ris").get_data(as_text=True)
        first, second = sorted(part for part in text.split("ER  - \r\n\r\n") if part)
        assert "TY  - PAT\r\nTI  - =HYPERLINK(1)\r\nTT  - Laser\r\n" in first
        assert "M1  - ZL201710601862.3\r\n" in first
        assert "TY  - RPRT\r\nTI  - 题 目\r\nAU  - 李明\r\nAU  - 王芳\r\n" in second
        assert "AB  - 正文\r\n" in second

    def test_needs_have_budgets_and_no_authors(self, client, engine):
        engine.put(Kind.NEED, [document(3, kind=Kind.NEED, record_kind="technology")])
        (row,) = table(client.get("/en/export?kind=need&format=csv"))
        assert row["Budget up to (10,000 CNY)"] == ""
        assert row["Kind"] == "Technology need"
        assert "TY  - GEN" in client.get("/en/export?kind=need&format=ris").get_data(as_text=True)

    def test_nobody_exports_what_he_may_not_find(self, client, make, engine):
        engine.put(Kind.LISTING, [document(4, audience=Audience.VERIFIED)])
        assert table(client.get("/en/export?format=csv")) == []
        client.sign_in(make.member())
        assert len(table(client.get("/en/export?format=csv"))) == 1

    def test_all_pages_of_the_results_are_in_the_file(self, client, engine, monkeypatch):
        monkeypatch.setattr(exporting, "PAGE", 3)
        engine.put(Kind.LISTING, [document(number) for number in range(7)])
        found = table(client.get("/en/export?q=激光&format=csv"))
        assert [row["Title"] for row in found] == [f"激光焊接{number}" for number in range(7)]

    @pytest.mark.parametrize("query", ["format=exe", "kind=person", "kind=need&format="])
    def test_unknown_forms_and_kinds_do_not_exist(self, client, engine, query):
        assert client.get(f"/export?{query}").status_code == 404


class TestRecords:
    """The records of a collection, named one by one."""

    PLACE = "/en/export/records"

    def ask(self, client, *ids, **values):
        data = {"kind": "listing", "format": "csv", "id": list(ids)} | values
        return client.post(self.PLACE, data=data)

    def test_stand_in_the_file_in_the_order_asked_for(self, client, make, engine):
        engine.put(Kind.LISTING, [document(one) for one in (1, 2, 3)])
        client.sign_in(make.user())
        rows = table(self.ask(client, document(3).id, document(1).id, document(3).id))
        assert [row["Title"] for row in rows] == ["激光焊接3", "激光焊接1"]

    def test_leave_out_what_the_reader_may_not_find(self, client, make, engine):
        hidden = document(2, audience=Audience.VERIFIED, organization_id="other")
        engine.put(Kind.LISTING, [document(1), hidden])
        client.sign_in(make.user())
        rows = table(self.ask(client, document(1).id, hidden.id, document(9).id))
        assert [row["Title"] for row in rows] == ["激光焊接1"]

    @pytest.mark.parametrize("values", [{"kind": "manager"}, {"format": "pdf"}, {"format": ""}])
    def test_are_of_a_known_kind_and_form(self, client, make, engine, values):
        client.sign_in(make.user())
        assert self.ask(client, **values).status_code == 404

    def test_wait_for_an_engine_that_is_down(self, client, make, engine):
        engine.down = True
        client.sign_in(make.user())
        assert self.ask(client, document(1).id).status_code == 503


class TestOffer:
    def test_names_the_forms_and_what_they_hold(self, client, full):
        response = client.get("/en/export?q=HYPER&trl=6&page=3")
        text = words(response)
        assert "“HYPER”: 1 records." in text
        assert "Each file holds all 1 records" in text
        assert "/en/export?format=csv&amp;q=HYPER&amp;trl=6&amp;kind=listing" in (
            response.get_data(as_text=True)
        )

    def test_an_empty_list_is_said(self, client, engine):
        assert "There is nothing to export" in words(client.get("/en/export?q=x"))

    def test_an_engine_that_is_down_is_said(self, client, engine):
        engine.down = True
        response = client.get("/en/export?format=csv")
        assert (response.status_code, "does not answer" in words(response)) == (503, True)


class TestLongExport:
    @pytest.fixture
    def many(self, engine, monkeypatch):
        monkeypatch.setattr(exporting_routes, "DIRECT", 5)
        monkeypatch.setattr(exporting, "PAGE", 4)
        engine.put(Kind.LISTING, [document(number) for number in range(10)])
        return engine

    def test_visitors_are_told_before_the_click(self, client, many):
        text = words(client.get("/en/export?format=csv"))
        assert "More than 5 records are made into a file in the background" in text
        assert "Sign in to start the job" in text
        assert client.post("/en/export/job?format=csv").status_code == 401

    def test_becomes_a_job_with_a_file(self, app, client, session, make, many):
        person = make.user()
        client.sign_in(person)
        assert "Sign in" not in words(client.get("/en/export?q=激光"))
        response = client.post("/en/export/job?q=激光&format=csv")
        assert response.status_code == 303
        run_jobs(app, session, rounds=1)
        job = session.scalars(select(LongJob)).one()
        assert (job.state, job.owner_id, job.subject) == (JobState.DONE, person.id, "激光")
        path = progress.result_path(app.extensions["hanqiao.parts"].settings.home, job)
        rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
        assert len(rows) == 10
        assert rows[0]["Title"] == "激光焊接0"
        assert job.result_name.endswith(".csv")

    def test_is_cut_where_lists_end_and_says_so(
        self, app, client, session, make, many, monkeypatch
    ):
        monkeypatch.setattr(exporting_routes, "MOST", 8)
        monkeypatch.setattr(hearers, "MOST", 8)
        client.sign_in(make.user())
        assert "A file holds the first 8 records" in words(client.get("/en/export"))
        client.post("/en/export/job?format=ris")
        run_jobs(app, session, rounds=1)
        job = session.scalars(select(LongJob)).one()
        path = progress.result_path(app.extensions["hanqiao.parts"].settings.home, job)
        assert path.read_text(encoding="utf-8").count("TY  - ") == 8

    def test_without_a_form_there_is_no_job(self, client, make, many):
        client.sign_in(make.user())
        assert client.post("/export/job").status_code == 404


class TestResults:
    def query(self, text):
        return query_from_args(QueryString(f"q={text}"), Kind.LISTING)

    def test_meaning_is_asked_for_as_on_the_search_page(self, engine):
        embedder = CountingEmbedder()
        Results(engine, [embedder], self.query("激光 -焊接"), PUBLIC).total()
        assert len(embedder.seen) == 1
        Results(engine, [embedder], self.query("ZL201710601862.3"), PUBLIC).total()
        assert len(embedder.seen) == 1

    def test_models_that_are_gone_leave_the_words(self, engine):
        class Gone(CountingEmbedder):
            def queries(self, texts):
                raise EmbeddingUnavailable("gone")

        engine.put(Kind.LISTING, [document(1)])
        assert Results(engine, [Gone()], self.query("激光"), PUBLIC).total() == 1

    def test_an_index_of_other_models_is_asked_by_words(self, engine, monkeypatch):
        engine.put(Kind.LISTING, [document(1)])
        search = engine.search

        def stale(query, *, visible):
            if query.vectors:
                raise StaleSpaces("other")
            return search(query, visible=visible)

        monkeypatch.setattr(engine, "search", stale)
        results = Results(engine, [CountingEmbedder()], self.query("激光"), PUBLIC)
        assert [one.id for one in results.documents(5)] == [document(1).id]


def test_every_form_has_a_media_type():
    assert set(exporting.MEDIA_TYPES) == set(ExportFormat)
