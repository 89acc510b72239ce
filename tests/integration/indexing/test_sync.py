"""The index says what the tables say, whatever happens in between."""

from __future__ import annotations

from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from marketplace import worker
from marketplace.core import jobs
from marketplace.indexing import embedding
from marketplace.indexing import sync as syncing
from marketplace.indexing.models import Embedding, EmbeddingWanted
from marketplace.indexing.parts import index_of
from marketplace.indexing.sync import GONE, StillChanging, sync
from marketplace.listings.models import ListingStatus
from marketplace.progress.models import JobState, LongJob
from marketplace.progress.tracking import INTERRUPTED
from search.documents import Kind
from search.embedding import EmbeddingUnavailable
from search.engine import SearchUnavailable
from tests.jobs import run_jobs, waiting


def stored(engine):
    return {one: version for one, version in engine.versions(Kind.LISTING)}  # noqa: C416


def test_a_published_row_is_found_with_its_vectors(app, session, index_parts, engine, published):
    row = published()
    run_jobs(app, session)
    document = engine.documents["listing"][str(row.id)]
    assert document.version == row.version
    assert set(document.vectors) == {"counting-1"}
    assert session.scalar(select(func.count()).select_from(EmbeddingWanted)) == 0
    job = session.scalars(select(LongJob)).one()
    assert (job.state, job.done, job.total) == (JobState.DONE, 1, 1)


def test_the_document_is_written_before_its_vectors(app, session, index_parts, engine, published):
    row = published()
    run_jobs(app, session, rounds=2)
    assert engine.documents["listing"][str(row.id)].vectors == {}
    names = [name for name, _ in waiting(session) if name != "vectors.kept"]
    assert names == ["hearer:indexing.embed"]


def test_no_text_is_embedded_twice(app, session, index_parts, embedder, published):
    first = published("同一标题")
    published("同一标题")
    run_jobs(app, session)
    first.summary = "not part of this document"
    session.flush()
    run_jobs(app, session)
    assert embedder.seen == ["同一标题"]
    assert session.scalar(select(func.count()).select_from(Embedding)) == 1


def test_a_changed_text_gets_a_vector_of_its_own(app, session, index_parts, embedder, published):
    row = published("旧")
    run_jobs(app, session)
    row.title = "新"
    session.flush()
    run_jobs(app, session)
    assert embedder.seen == ["旧", "新"]


def test_withdrawn_and_deleted_rows_leave_the_index(app, session, index_parts, engine, published):
    withdrawn, deleted, kept = published(), published(), published()
    run_jobs(app, session)
    withdrawn.status = ListingStatus.WITHDRAWN
    session.delete(deleted)
    session.flush()
    run_jobs(app, session)
    assert set(stored(engine)) == {str(kept.id)}


def test_repeats_and_swapped_order_do_no_harm(app, session, index_parts, engine, published):
    row = published()
    told = waiting(session)
    run_jobs(app, session)
    row.title = "改"
    session.flush()
    run_jobs(app, session)
    before = dict(engine.documents["listing"])
    for name, payload in told * 2:
        worker.run_in(session, app, name, payload)
    run_jobs(app, session)
    assert engine.documents["listing"] == before


def test_an_engine_that_is_down_makes_the_queue_try_again(
    app, session, index_parts, engine, published
):
    row = published()
    engine.down = True
    with pytest.raises(SearchUnavailable):
        run_jobs(app, session)
    engine.down = False
    payload = {"kind": "listing", "ids": [str(row.id)]}
    worker.run_in(session, app, "hearer:indexing.copy_rows", payload)
    assert stored(engine) == {str(row.id): row.version}


def test_a_row_that_changes_while_it_is_copied_is_copied_again(
    session, index_parts, engine, source, published, monkeypatch
):
    row = published()
    put = engine.put

    def put_late(kind, documents):
        """Another process withdraws the row and removes the document before this one writes."""
        monkeypatch.setattr(engine, "put", put)
        change = "UPDATE listing SET status = 'withdrawn', version = version + 1 WHERE id = :id"
        session.execute(text(change), {"id": row.id})
        engine.remove(kind, {str(row.id): row.version + 1})
        put(kind, documents)

    monkeypatch.setattr(engine, "put", put_late)
    sync(session, engine, source, [row.id], index_of(index_parts).vectors)
    assert stored(engine) == {}


def test_a_row_that_changes_without_end_is_left_to_the_next_try(
    session, index_parts, engine, source, published, monkeypatch
):
    row = published()
    counter = iter(range(1000))
    monkeypatch.setattr(type(source), "versions", lambda *_: {row.id: next(counter)})
    with pytest.raises(StillChanging):
        sync(session, engine, source, [row.id], index_of(index_parts).vectors)
    assert next(counter) == 2 * syncing.ROUNDS


def test_a_row_that_is_gone_is_removed_whatever_its_version(index_parts, engine, session, source):
    removed = {}
    engine.remove = lambda _kind, versions: removed.update(versions)
    one = uuid4()
    sync(session, engine, source, [one], index_of(index_parts).vectors)
    assert removed == {str(one): GONE}


def test_a_changed_organization_is_copied_into_its_rows(
    app, session, index_parts, engine, published, make
):
    row, other = published(), published(organization_id=make.organization().id)
    run_jobs(app, session)
    engine.documents.clear()
    jobs.tell(session, "organization.changed", id=str(row.organization_id))
    run_jobs(app, session)
    assert set(stored(engine)) == {str(row.id)}
    assert str(other.id) not in stored(engine)


def test_one_job_at_a_time_computes_vectors(app, session, index_parts, published):
    published("一")
    run_jobs(app, session, rounds=2)
    second = published("二")
    payload = {"kind": "listing", "ids": [str(second.id)]}
    worker.run_in(session, app, "hearer:indexing.copy_rows", payload)
    assert [name for name, _ in waiting(session)].count("hearer:indexing.embed") == 1
    run_jobs(app, session)
    assert session.scalar(select(func.count()).select_from(LongJob)) == 1
    assert session.scalar(select(func.count()).select_from(Embedding)) == 2


def test_vectors_are_computed_in_turns(app, session, index_parts, published, monkeypatch):
    """Between two turns other long jobs get their chance."""
    monkeypatch.setattr(embedding, "TURN_S", 0.0)
    monkeypatch.setattr(embedding, "BATCH", 1)
    published("一"), published("二二")
    run_jobs(app, session, rounds=3)
    job = session.scalars(select(LongJob)).one()
    assert (job.state, job.done, job.total) == (JobState.RUNNING, 1, 2)
    names = [name for name, _ in waiting(session) if name != "vectors.kept"]
    assert names == ["hearer:indexing.embed"]
    run_jobs(app, session)
    session.refresh(job)
    assert (job.state, job.done, job.total) == (JobState.DONE, 2, 2)


def test_a_row_that_changes_while_its_vector_is_computed_wishes_again(
    app, session, index_parts, embedder, published
):
    row = published("旧")
    run_jobs(app, session, rounds=2)
    compute = embedder.documents

    def change_meanwhile(texts):
        if "旧" in texts:
            change = "UPDATE listing SET title = '新', version = version + 1 WHERE id = :id"
            session.execute(text(change), {"id": row.id})
            syncing.want_vectors(session, "listing", [str(row.id)])
        return compute(texts)

    embedder.documents = change_meanwhile
    run_jobs(app, session)
    assert embedder.seen == ["旧", "新"]
    document = index_parts.search.documents["listing"][str(row.id)]
    assert (document.title, set(document.vectors)) == ("新", {"counting-1"})


def test_a_model_that_is_gone_makes_the_queue_try_again(
    app, session, index_parts, embedder, published
):
    published()
    compute = embedder.documents

    def gone(_texts):
        raise EmbeddingUnavailable("no answer")

    embedder.documents = gone
    with pytest.raises(EmbeddingUnavailable):
        run_jobs(app, session)
    job = session.scalars(select(LongJob)).one()
    assert (job.state, job.message) == (JobState.RUNNING, INTERRUPTED)
    embedder.documents = compute
    worker.run_in(session, app, "hearer:indexing.embed", {"job_id": str(job.id)})
    session.refresh(job)
    assert (job.state, job.message, job.done) == (JobState.DONE, "", 1)
