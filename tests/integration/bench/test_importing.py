"""``flask bench import`` measures what it says, in a database that is gone afterwards."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import create_engine, text

from marketplace.bench import importing
from tests.record_files import write


@pytest.fixture
def corpus(tmp_path):
    records = ({"title": f"t{n}", "abstract": "摘要", "keywords": ["a", "b"]} for n in range(3))
    return write(tmp_path / "c.jsonl", "\n".join(json.dumps(record) for record in records))


@pytest.mark.parametrize("form", ["jsonl", "csv", "xlsx"])
def test_imports_and_compares_made_records(application, database_url, corpus, form):
    args = ["bench", "import", "--records", "7", "--corpus", str(corpus), "--form", form, "--json"]
    result = application.test_cli_runner().invoke(args=args)
    found = json.loads(result.output.splitlines()[-1])
    assert (found["records"], found["form"]) == (7, form)
    assert found["rows_a_second"] == pytest.approx(7 / found["seconds"])
    assert found["ratio"] == pytest.approx(found["plain_rows_a_second"] / found["rows_a_second"])
    assert found["peak_mebibytes"] > 10
    engine = create_engine(database_url)
    with engine.connect() as connection:
        left = connection.scalar(text("SELECT count(*) FROM pg_database WHERE datname ~ '^bench_'"))
    engine.dispose()
    assert left == 0


def test_needs_no_corpus_and_prints_for_people(application):
    result = application.test_cli_runner().invoke(args=["bench", "import", "--records", "2"])
    assert result.output.startswith("2 records (jsonl) in ")
    assert "peak memory of the process" in result.output


def test_a_run_that_lost_records_is_no_measurement(application, monkeypatch):
    monkeypatch.setattr(importing, "write_records", _one_record)
    result = application.test_cli_runner().invoke(args=["bench", "import", "--records", "2"])
    assert "1 of 2 records were imported" in str(result.exception)


def _one_record(path, *_args):
    write(path, '{"编号": "1", "成果名称": "a", "成果简介": "b"}\n')
