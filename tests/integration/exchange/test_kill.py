"""Processes that are killed without warning: nothing is lost, nothing is double."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from procrastinate import PsycopgConnector
from sqlalchemy import create_engine, text

from marketplace import worker
from marketplace.core import jobs
from marketplace.web.embedded import libpq_address
from marketplace.web.migrate import upgrade
from tests.factories.organizations import credit_code
from tests.record_files import write

ROOT = Path(__file__).parents[3]
ROWS = 3000
CODE = credit_code(99_000_001)
PATIENCE_S = 120


@pytest.fixture
def database(database_url, tmp_path):
    """A database of its own, which processes of their own can reach and commit to."""
    name = f"killed_{os.getpid()}_{abs(hash(tmp_path))}"
    server = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = create_engine(database_url).url.set(database=name)
    address = url.render_as_string(hide_password=False)
    upgrade(address)
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(
                "INSERT INTO organization (id, version, kind, name, credit_code, name_en, status,"
                " state_owned, website, about, about_en, address, verified_at, return_reason,"
                " suspended_reason, is_demo) VALUES (gen_random_uuid(), 1, 'university', 'U',"
                " :code, '', 'verified', false, '', '', '', '', now(), '', '', false)"
            ),
            {"code": CODE},
        )
    yield engine
    engine.dispose()
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    server.dispose()


@pytest.fixture
def flask(database, tmp_path):
    """Starts commands of the product in processes of their own."""
    address = database.url.render_as_string(hide_password=False)
    env = os.environ | {
        "FLASK_APP": "wsgi",
        "HANQIAO_HOME": str(tmp_path / "home"),
        "DATABASE_URL": address,
    }
    started = []

    def start(*command):
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", *command],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def rows(tmp_path):
    lines = (f"K{number},标题{number},简介{number},5\n" for number in range(ROWS))
    return write(tmp_path / "rows.csv", "编号,成果名称,成果简介,技术成熟度\n" + "".join(lines))


def one(engine, query):
    with engine.connect() as connection:
        return connection.scalar(text(query))


def kill_when(process, reached):
    """Kill the process as soon as the condition holds; it must still be at work then."""
    for _ in range(PATIENCE_S * 50):
        if reached():
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
            return
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(f"ended before it could be killed: {process.communicate()[0]}")
    pytest.fail("the moment to kill it never came")


def wait_until(process, reached):
    for _ in range(PATIENCE_S * 20):
        if reached():
            return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        pytest.fail(process.communicate()[0])
    pytest.fail("it took too long")


def test_an_import_on_the_terminal_goes_on_where_it_was_killed(database, flask, rows):
    command = ("import", "results", str(rows), "--organization", CODE, "--publish")
    kill_when(flask(*command), lambda: one(database, "SELECT max(rows_done) FROM file_import"))
    reported = one(database, "SELECT rows_done FROM file_import")
    kept = one(database, "SELECT count(*) FROM listing")
    assert 0 < reported < ROWS
    assert kept == reported == one(database, "SELECT new_count FROM long_job")

    again = flask(*command)
    output, _ = again.communicate(timeout=PATIENCE_S)
    assert again.returncode == 0, output
    assert f"goes on behind row {reported:,}" in output
    assert one(database, "SELECT count(*) FROM listing") == ROWS
    assert one(database, "SELECT count(DISTINCT external_id) FROM listing") == ROWS
    assert one(database, "SELECT count(*) FROM file_import") == 1
    told = one(
        database,
        "SELECT count(DISTINCT id) FROM (SELECT jsonb_array_elements_text(args -> 'payload' ->"
        " 'ids') AS id FROM procrastinate_jobs WHERE args ->> 'topic' = 'search.sync') AS told",
    )
    assert told == ROWS


def test_a_rebuild_that_is_killed_leaves_the_old_index(database, flask, rows):
    command = ("import", "results", str(rows), "--organization", CODE, "--publish")
    assert flask(*command).wait(PATIENCE_S) == 0
    assert flask("search", "rebuild", "--kind", "listing").wait(PATIENCE_S) == 0

    def halfway():
        return one(
            database,
            "SELECT done FROM long_job WHERE kind = 'search.rebuild' AND state = 'running'"
            " AND done BETWEEN 500 AND 2500 AND phase LIKE 'Writing%'",
        )

    kill_when(flask("search", "rebuild", "--kind", "listing"), halfway)
    after = flask("search", "check", "--kind", "listing", "--no-mend")
    output, _ = after.communicate(timeout=PATIENCE_S)
    assert f"{ROWS:,} documents expected, 0 missing, 0 outdated, 0 surplus" in output
    assert after.returncode == 0


def test_a_worker_that_is_killed_loses_no_job(database, flask, rows, tmp_path):
    command = ("import", "results", str(rows), "--organization", CODE, "--publish")
    assert flask(*command).wait(PATIENCE_S) == 0
    left = (
        "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        " AND (args ->> 'topic' = 'search.sync' OR args ->> 'hearer' = 'indexing.copy_rows')"
    )
    first = one(database, left)
    kill_when(flask("work"), lambda: 0 < one(database, left) < first)
    assert one(database, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'") > 0

    with database.connect() as connection:
        connection.execute(
            text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'")
        )
    asyncio.run(_take_over(libpq_address(database.url.render_as_string(hide_password=False))))
    second = flask("work")
    wait_until(second, lambda: one(database, left) == 0)
    second.kill()
    second.communicate()
    check = flask("search", "check", "--kind", "listing", "--no-mend")
    output, _ = check.communicate(timeout=PATIENCE_S)
    assert f"{ROWS:,} documents expected, 0 missing, 0 outdated, 0 surplus" in output


async def _take_over(address):
    """Run what the worker runs every minute."""
    with jobs.queue.replace_connector(PsycopgConnector(conninfo=address)) as queue:
        async with queue.open_async():
            await worker.take_over(SimpleNamespace(app=queue), 0)
