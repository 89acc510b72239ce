"""``flask import`` as a person at the terminal sees it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from marketplace.exchange import commands, running
from marketplace.exchange.models import FileImport
from marketplace.exchange.outcomes import Batch
from marketplace.listings.models import Listing, ListingStatus
from marketplace.needs.models import Need, NeedStatus
from marketplace.progress.models import JobState, LongJob
from tests.record_files import write

RECORDS = (
    '{"id": "dev0", "abstract": "摘要", "title": "方法", "keywords": ["a", "b"],'
    ' "discipline": "水利工程"}\n'
    '{"id": "dev1", "abstract": "摘要", "title": "另一方法", "keywords": [], "discipline": "?"}\n'
)


@pytest.fixture
def command(app):
    def run(*args):
        return app.test_cli_runner().invoke(args=["import", *map(str, args)])

    return run


@pytest.fixture
def records(tmp_path):
    return write(tmp_path / "corpus.jsonl", RECORDS)


def count(session, table):
    return session.scalar(select(func.count()).select_from(table))


def test_results_are_published_and_failed_rows_are_told(command, session, records, owner):
    result = command("results", records, "--organization", owner.credit_code, "--publish")
    assert result.exit_code == commands.SOME_FAILED
    assert "2 rows in" in result.output
    assert "1 new, 0 changed, 0 skipped, 1 failed" in result.output
    assert "1 × discipline: “?” is no name or code of the list" in result.output
    assert "failed rows:" in result.output
    listing = session.scalars(select(Listing)).one()
    assert (listing.external_id, listing.status) == ("dev0", ListingStatus.PUBLISHED)
    assert (listing.keywords, listing.field_codes) == (["a", "b"], ["0815"])
    assert session.scalars(select(LongJob)).one().state is JobState.DONE


def test_the_same_file_again_changes_nothing(command, session, tmp_path, owner):
    path = write(tmp_path / "c.jsonl", RECORDS.splitlines()[0])
    for expected in ("1 new", "1 skipped"):
        result = command("results", path, "--organization", owner.name)
        assert (result.exit_code, expected in result.output) == (0, True)
    assert count(session, Listing) == 1


def test_a_dry_run_writes_nothing(command, session, records, owner):
    result = command("results", records, "--organization", owner.credit_code, "--dry-run")
    assert result.exit_code == commands.SOME_FAILED
    assert "1 new, 0 changed, 0 skipped, 1 failed (would be)" in result.output
    assert (count(session, Listing), count(session, FileImport)) == (0, 0)


def test_needs_of_a_bare_list_are_opened(command, session, tmp_path, owner):
    path = write(tmp_path / "needs.tsv", "dev1\tzh\t把铜提出来\ndev1\ten\trecover copper\n")
    result = command("needs", path, "--organization", owner.name, "--publish")
    assert result.exit_code == 0
    assert {need.external_id for need in session.scalars(select(Need))} == {"dev1-zh", "dev1-en"}
    assert {need.status for need in session.scalars(select(Need))} == {NeedStatus.OPEN}


def test_patents_are_a_kind_of_their_own(command, session, tmp_path, owner):
    path = write(tmp_path / "p.csv", "专利名称,摘要,专利号\n装置,s,201710601862.3\n")
    assert command("patents", path, "--organization", owner.name).exit_code == 0
    assert session.scalars(select(Listing)).one().kind == "patent"


def test_the_only_organization_needs_no_name(command, records, owner):
    assert "1 new" in command("results", records).output


@pytest.mark.parametrize("args", [(), ("--organization", "nobody")])
def test_otherwise_those_that_exist_are_listed(command, records, owner, make, args):
    other = make.organization()
    result = command("results", records, *args)
    assert result.exit_code == commands.REFUSED
    assert owner.credit_code in result.output
    assert other.name in result.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "The file is empty"),
        ("a,b\n1,2\n", "No column of “f” is known as the title. The columns are: a、b"),
        ('名称,摘要\na,b\nc,"d\n', "The table breaks off"),
    ],
)
def test_files_that_can_not_be_read_are_refused(command, session, tmp_path, owner, content, said):
    path = write(tmp_path / "f", content)
    result = command("results", path, "--organization", owner.name)
    assert (result.exit_code, said in result.output) == (commands.REFUSED, True)


def test_an_import_that_was_broken_off_goes_on(command, session, tmp_path, owner, monkeypatch):
    monkeypatch.setattr(running, "BATCH", 2)
    path = write(tmp_path / "r.csv", "名称,摘要\n" + "".join(f"n{n},s\n" for n in range(6)))
    work_on = running.work_on

    def broken(session_, task, converter, rows, **kwargs):
        if rows[0].number > 2:
            raise ConnectionError("gone")
        return work_on(session_, task, converter, rows, **kwargs)

    monkeypatch.setattr(running, "work_on", broken)
    result = command("results", path, "--organization", owner.name)
    assert isinstance(result.exception, ConnectionError)
    assert count(session, Listing) == 2
    monkeypatch.setattr(running, "work_on", work_on)
    result = command("results", path, "--organization", owner.name)
    assert "goes on behind row 2" in result.output
    assert "4 new" in result.output
    assert (count(session, Listing), count(session, FileImport)) == (6, 1)


def test_two_processes_do_not_share_an_import(command, session, records, owner, monkeypatch):
    def overtaken(*_args, **_kwargs):
        raise running.Overtaken

    monkeypatch.setattr(running, "_keep", overtaken)
    result = command("results", records, "--organization", owner.name)
    assert result.exit_code == commands.REFUSED
    assert "another process goes on with this import" in result.output
    assert count(session, Listing) == 0


def test_progress_writes_over_one_line_on_a_terminal(monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    show = commands._shower(tmp_path / "r.csv")
    show(500, Batch(new=499, failed={7: []}))
    assert capsys.readouterr().err == "\rr.csv: row 500 (+499 ~0 =0 !1)"
