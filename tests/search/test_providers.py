from __future__ import annotations

import pytest

from search.documents import Kind
from search.elastic.engine import ElasticEngine
from search.embedded.engine import EmbeddedEngine
from search.engine import SearchUnavailable
from search.providers import open_engine
from search.queries import Query
from search.visibility import PUBLIC
from tests.factories.search import TOY


def test_an_address_opens_elasticsearch_else_the_folder_is_used(tmp_path):
    near = open_engine(folder=tmp_path, spaces=[TOY])
    far = open_engine(folder=tmp_path, spaces=[TOY], elasticsearch_url="http://127.0.0.1:9")
    assert (type(near), type(far)) == (EmbeddedEngine, ElasticEngine)
    assert list(near.spaces) == list(far.spaces) == [TOY]
    near.close()
    far.close()


def test_a_certificate_authority_that_is_no_file_is_said_at_once(tmp_path):
    with pytest.raises(SearchUnavailable, match=r"missing\.pem"):
        open_engine(
            folder=tmp_path,
            spaces=[],
            elasticsearch_url="https://127.0.0.1:9",
            api_key="a-made-up-key",
            ca=tmp_path / "missing.pem",
        ).search(Query(kind=Kind.LISTING), visible=PUBLIC)
