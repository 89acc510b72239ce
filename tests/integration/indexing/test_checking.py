"""Rebuild and check: the index is a copy that may be thrown away."""

from __future__ import annotations

from contextlib import contextmanager
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select, text

from marketplace import worker
from marketplace.core.errors import NotFound
from marketplace.indexing import checking, commands, sources
from marketplace.indexing.parts import index_of
from marketplace.listings.models import ListingStatus
from marketplace.progress.models import JobState, LongJob
from marketplace.progress.services import start
from search.documents import Document, Kind
from search.engine import SearchUnavailable
from tests.jobs import run_jobs, waiting


@pytest.fixture
def runner(app, index_parts):
    return app.test_cli_runner()


@pytest.fixture
def three(app, session, index_parts, published):
    """Three rows in the index, in the order of their ids."""
    rows = sorted((published(f"第{number}") for number in range(3)), key=lambda row: row.id)
    run_jobs(app, session)
    return rows


def stored(engine):
    return dict(engine.versions(Kind.LISTING))


def spoil(engine, three):
    """One document lost, one old, one of a row that nobody has (before, between, after all)."""
    documents = engine.documents["listing"]
    del documents[str(three[0].id)]
    old = documents[str(three[1].id)]
    documents[old.id] = Document(kind=old.kind, id=old.id, version=0, title="alt")
    for one in (UUID(int=0), uuid4(), UUID(int=2**128 - 1)):
        documents[str(one)] = Document(kind=old.kind, id=str(one), version=1, title="?")


class TestCheck:
    def test_agreement_is_said_and_ends_with_0(self, runner, three):
        result = runner.invoke(args=["search", "check"])
        assert result.exit_code == 0
        assert "listing: 3 documents expected, 0 missing, 0 outdated, 0 surplus" in result.output

    def test_differences_are_found_both_ways_and_mended(self, runner, engine, three):
        good = stored(engine)
        spoil(engine, three)
        result = runner.invoke(args=["search", "check"])
        assert "3 documents expected, 1 missing, 1 outdated, 3 surplus" in result.output
        assert "mended, 0 still differ" in result.output
        assert result.exit_code == 0
        assert stored(engine) == good

    def test_differences_that_are_only_looked_at_end_with_1(self, runner, engine, three):
        spoil(engine, three)
        bad = stored(engine)
        assert runner.invoke(args=["search", "check", "--no-mend"]).exit_code == 1
        assert stored(engine) == bad

    def test_one_kind_alone_can_be_checked(self, runner, three):
        assert runner.invoke(args=["search", "check", "--kind", "listing"]).exit_code == 0

    def test_an_engine_that_is_down_ends_with_2(self, runner, engine, three):
        engine.down = True
        result = runner.invoke(args=["search", "check"])
        assert result.exit_code == 2
        assert "does not answer" in result.output

    def test_an_engine_that_goes_away_ends_with_2(self, runner, engine, three, monkeypatch):
        def gone(_kind):
            raise SearchUnavailable("gone")

        monkeypatch.setattr(engine, "versions", gone)
        assert runner.invoke(args=["search", "check"]).exit_code == 2

    def test_an_engine_that_can_not_be_opened_ends_with_2(self, app, session, monkeypatch):
        class Parts:
            embedders = ()
            settings = SimpleNamespace(home=None)

            @property
            def search(self):
                raise SearchUnavailable("locked")

        monkeypatch.setitem(app.extensions, "hanqiao.parts", Parts())
        result = app.test_cli_runner().invoke(args=["search", "rebuild"])
        assert (result.exit_code, "locked" in result.output) == (2, True)

    def test_other_models_are_said_with_what_to_do(self, runner, engine, three):
        engine.stale = {"counting-1"}
        result = runner.invoke(args=["search", "check"])
        assert result.exit_code == 1
        assert "no vectors of counting-1. Run “flask search rebuild”" in result.output

    def test_other_models_are_logged_at_night(self, app, session, engine, three, caplog):
        engine.stale = {"counting-1"}
        worker.run_in(session, app, "hearer:indexing.check", {})
        assert "has no vectors of counting-1: rebuild it" in caplog.text
        assert waiting(session) == []

    def test_the_nightly_check_queues_what_differs(self, app, session, engine, three):
        good = stored(engine)
        spoil(engine, three)
        worker.run_in(session, app, "hearer:indexing.check", {})
        ((topic, payload),) = waiting(session)
        assert (topic, len(payload["ids"])) == ("search.sync", 5)
        run_jobs(app, session)
        assert stored(engine) == good

    def test_batches_meet_at_their_edges(self, session, engine, three, index_parts, monkeypatch):
        monkeypatch.setattr(sources, "WALK_BATCH", 1)
        spoil(engine, three)
        bind, (source,) = session.get_bind(), sources.sources()
        difference = checking.compare(bind, index_of(index_parts), source)
        found = [difference.missing, difference.outdated, difference.surplus]
        assert [len(ids) for ids in found] == [1, 1, 3]


class TestRebuild:
    def test_builds_everything_from_the_tables_without_a_model(
        self, runner, session, engine, embedder, three
    ):
        good = dict(engine.documents["listing"])
        embedder.seen.clear()
        engine.documents.clear()
        result = runner.invoke(args=["search", "rebuild"])
        assert result.exit_code == 0
        assert "listing: 3 documents; 0 rows changed" in result.output
        assert engine.documents["listing"] == good
        assert all(document.vectors for document in engine.documents["listing"].values())
        assert embedder.seen == []
        job = session.scalars(select(LongJob).where(LongJob.kind == "search.rebuild")).one()
        assert (job.state, job.done, job.total, job.new_count) == (JobState.DONE, 3, 3, 3)
        assert job.owner_id is None

    def test_the_old_index_answers_until_the_new_one_is_whole(
        self, runner, session, engine, three, monkeypatch
    ):
        good = stored(engine)

        @contextmanager
        def broken(kind):
            with type(engine).rebuild(engine, kind) as fresh:
                yield fresh
                assert stored(engine) == good
                raise SearchUnavailable("gone in the middle")

        three[0].title = "waits for its own job"
        session.flush()
        monkeypatch.setattr(engine, "rebuild", broken)
        result = runner.invoke(args=["search", "rebuild", "--kind", "listing"])
        assert result.exit_code == 2
        assert "the old index stays" in result.output
        assert stored(engine) == good

    def test_rows_that_change_meanwhile_are_not_lost(
        self, runner, session, engine, three, monkeypatch
    ):
        @contextmanager
        def meanwhile(kind):
            with type(engine).rebuild(engine, kind) as fresh:
                yield fresh
                three[0].status = ListingStatus.WITHDRAWN
                session.flush()

        monkeypatch.setattr(engine, "rebuild", meanwhile)
        result = runner.invoke(args=["search", "rebuild"])
        assert "1 rows changed meanwhile" in result.output
        assert set(stored(engine)) == {str(row.id) for row in three[1:]}

    def test_hidden_rows_are_counted_as_skipped(self, app, session, engine, three, published):
        from marketplace import worker

        published(status=ListingStatus.WITHDRAWN)
        job = start(session, kind="search.rebuild", title="x", hearer="indexing.rebuild")
        worker.run_in(session, app, "hearer:indexing.rebuild", {"job_id": str(job.id)})
        session.refresh(job)
        assert (job.state, job.new_count, job.skipped_count) == (JobState.DONE, 3, 1)
        # A repeated delivery of an ended job does nothing.
        engine.documents.clear()
        worker.run_in(session, app, "hearer:indexing.rebuild", {"job_id": str(job.id)})
        assert engine.documents == {}

    def test_lacking_vectors_are_computed_afterwards(self, runner, app, session, engine, published):
        published("没有向量")
        session.execute(text("DELETE FROM procrastinate_jobs"))
        runner.invoke(args=["search", "rebuild"])
        assert "hearer:indexing.embed" in [name for name, _ in waiting(session)]
        run_jobs(app, session)
        assert all(document.vectors for document in engine.documents["listing"].values())


def test_unknown_kinds_are_not_found(source):
    with pytest.raises(NotFound):
        sources.source_of("facility")


def test_a_source_can_be_added(source):
    sources.register(sources.Source(Kind.NEED, source.table, source.load))
    assert [known.kind for known in sources.sources()] == [Kind.LISTING, Kind.NEED]


def test_progress_on_the_terminal_writes_over_one_line(monkeypatch, capsys):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    show = commands._progress_line("listing")
    show(1, 2)
    show(2, 2)
    assert capsys.readouterr().err == "\rlisting: 1 / 2\rlisting: 2 / 2"
