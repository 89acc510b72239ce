from __future__ import annotations

import pytest

from search.embedded.folder import Folder
from search.embedded.store import Store
from tests.factories.search import document


class TransactionFailed(Exception):
    pass


@pytest.fixture
def store(tmp_path):
    store = Store(tmp_path / "documents.sqlite")
    store.create()
    yield store
    store.close()


def put_and_fail(store):
    with store.writing():
        store.put([document("a")])
        raise TransactionFailed


def test_a_failed_write_leaves_nothing(store):
    with pytest.raises(TransactionFailed):
        put_and_fail(store)
    assert store.count() == 0
    assert not store.any_waiting()


def test_what_changed_meanwhile_still_waits(store):
    with store.writing():
        store.put([document("a", version=1)])
    seen = store.waiting()
    with store.writing():
        store.put([document("a", version=2)])
    store.indexed(seen)
    assert [one.version for one in store.waiting()] == [2]
    store.indexed(store.waiting())
    assert not store.any_waiting()


def test_a_lock_that_nobody_ever_took_is_free(tmp_path):
    assert not Folder(tmp_path).is_locked("writer")
    assert Folder(tmp_path).upcoming() is None


def test_after_a_fork_the_child_opens_its_own_connection(store, monkeypatch):
    with store.writing():
        store.put([document("a")])
    parents = store._connection()
    monkeypatch.setattr("search.embedded.store.os.getpid", lambda: -1)
    assert store.count() == 1
    assert store._connection() is not parents
    parents.close()
