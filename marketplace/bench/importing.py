"""``flask bench import``: rows a second beside a plain batched insert of the same rows."""

from __future__ import annotations

import json
import resource
import tempfile
import time
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import click
from flask.cli import with_appcontext
from sqlalchemy import Column, Engine, MetaData, Table, create_engine, func, insert, select, text
from sqlalchemy.orm import Session

from marketplace.exchange import running, services, tables
from marketplace.exchange.fields import ImportKind
from marketplace.listings.models import Listing
from marketplace.organizations.models import Organization, OrganizationKind, OrganizationStatus
from marketplace.progress import services as progress
from marketplace.progress.tracking import tracked
from marketplace.web.extensions import settings
from marketplace.web.migrate import upgrade
from search.bench_records import read_corpus

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

_HEAD = ("编号", "成果名称", "成果简介", "关键词", "学科", "技术成熟度", "价格（万元）", "合作方式")
_FORMS = ("普通许可", "技术转让；作价入股", "合作开发", "先使用后付费")
KIBIBYTES = 1024


@dataclass(frozen=True, kw_only=True)
class Imported:
    """One run: what was imported in which time, beside the bare inserts of the same rows."""

    records: int
    form: str
    seconds: float
    rows_a_second: float
    plain_rows_a_second: float
    #: How many times faster the plain insert is: it reads, judges, queues and records nothing.
    ratio: float
    again_rows_a_second: float
    peak_mebibytes: int


@click.command("import")
@click.option("--records", type=click.IntRange(min=1), required=True, help="How many to import.")
@click.option(
    "--corpus",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="JSON lines with title, abstract, keywords and discipline; records are made of them.",
)
@click.option("--form", type=click.Choice(["jsonl", "csv", "xlsx"]), default="jsonl")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@with_appcontext
def import_(records: int, corpus: Path | None, form: str, *, as_json: bool) -> None:
    """Measure the import of made records into a scratch database that is dropped afterwards."""
    with (
        scratch_database(str(settings().database_url)) as engine,
        tempfile.TemporaryDirectory() as folder,
    ):
        home = Path(folder)
        path = home / f"records.{form}"
        write_records(path, records, corpus, form)
        found = measure(engine, path, home, records, form)
    if as_json:
        click.echo(json.dumps(asdict(found)))
        return
    click.echo(
        f"{found.records:,} records ({form}) in {found.seconds:,.1f} s: "
        f"{found.rows_a_second:,.0f} rows a second\n"
        f"the same file again (nothing to change): {found.again_rows_a_second:,.0f} rows a second\n"
        f"plain batched insert of the same rows: {found.plain_rows_a_second:,.0f} rows a second\n"
        f"ratio {found.ratio:.1f}, peak memory of the process {found.peak_mebibytes:,} MiB"
    )


@contextmanager
def scratch_database(address: str) -> Iterator[Engine]:
    """Make a migrated database beside the product's own, and drop it at the end."""
    server = create_engine(address, isolation_level="AUTOCOMMIT")
    name = f"bench_{uuid4().hex}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = server.url.set(database=name)
    engine = create_engine(url)
    try:
        upgrade(url.render_as_string(hide_password=False))
        yield engine
    finally:
        engine.dispose()
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        server.dispose()


def write_records(path: Path, count: int, corpus: Path | None, form: str) -> None:
    """Write made records as a file of the form, one after the other."""
    rows = islice(_made(corpus), count)
    if form == "jsonl":
        with path.open("w", encoding="utf-8") as stream:
            for row in rows:
                stream.write(json.dumps(dict(zip(_HEAD, row, strict=True)), ensure_ascii=False))
                stream.write("\n")
        return
    writer = tables.write_csv if form == "csv" else tables.write_xlsx
    writer(path, _with_head(rows))


def _with_head(rows: Iterator[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    yield _HEAD
    yield from rows


def _made(corpus: Path | None) -> Iterator[tuple[str, ...]]:
    """Give rows without end: the corpus round and round, or a text of its usual length."""
    if corpus is None:
        texts = [
            (
                "激光焊接过程在线监测系统",
                "采用多光谱传感器监测熔池，识别焊缝缺陷。" * 12,
                "激光焊接；监测",
            )
        ]
    else:
        texts = [
            (
                str(entry.get("title", "")),
                str(entry.get("abstract", "")),
                "；".join(entry.get("keywords", ())),
            )
            for entry in read_corpus(corpus)
        ]
    number = 0
    while True:
        for title, abstract, keywords in texts:
            number += 1
            yield (
                f"B{number}",
                f"{title}（{number}）"[:200],
                abstract,
                keywords,
                "机械工程",
                str(number % 9 + 1),
                "面议" if number % 3 else str(number % 400 + 1),
                _FORMS[number % len(_FORMS)],
            )


def measure(engine: Engine, path: Path, home: Path, records: int, form: str) -> Imported:
    """Import the file twice, then insert the rows that it made into a bare twin of their table."""
    owner = _organization(engine)
    seconds = _run(engine, path, home, owner)
    again = _run(engine, path, home, owner)
    with Session(engine) as session:
        made = session.scalar(select(func.count()).select_from(Listing))
    if made != records:
        message = f"{made} of {records} records were imported"
        raise RuntimeError(message)
    plain = plain_insert(engine)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // KIBIBYTES
    return Imported(
        records=records,
        form=form,
        seconds=seconds,
        rows_a_second=records / seconds,
        plain_rows_a_second=records / plain,
        ratio=seconds / plain,
        again_rows_a_second=records / again,
        peak_mebibytes=peak,
    )


def _organization(engine: Engine) -> UUID:
    with Session(engine) as session, session.begin():
        row = Organization(
            kind=OrganizationKind.UNIVERSITY,
            name="Bench",
            credit_code="12420000MB0000000X",
            status=OrganizationStatus.VERIFIED,
            verified_at=datetime.now(UTC),
        )
        session.add(row)
        session.flush()
        return row.id


def _run(engine: Engine, path: Path, home: Path, owner: UUID) -> float:
    """Import the file as the command does; give the seconds."""
    begun = time.perf_counter()
    with Session(engine) as session, session.begin():
        row = services.adopt(
            session, path=path, kind=ImportKind.RESULTS, organization_id=owner, publish=True
        )
        job = progress.start(session, kind=services.RUN, title="bench", hearer=None)
        row.job_id = job.id
        task = running.task_of(row, path=path, actor=None, now=datetime.now(UTC))
        job_id = job.id
    with tracked(engine, job_id, home) as tracker:
        if tracker is not None:
            running.write(tracker, task)
    return time.perf_counter() - begun


def plain_insert(engine: Engine) -> float:
    """Insert all rows, a batch a transaction, into an equal table; give the seconds of it."""
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE listing_twin (LIKE listing INCLUDING ALL)"))
    columns = Listing.__table__.columns
    twin = Table("listing_twin", MetaData(), *(Column(one.name, one.type) for one in columns))
    spent = 0.0
    last: UUID | None = None
    while True:
        rows = _batch(engine, last)
        if not rows:
            return spent
        last = rows[-1]["id"]
        begun = time.perf_counter()
        with engine.begin() as connection:
            connection.execute(insert(twin), rows)
        spent += time.perf_counter() - begun


def _batch(engine: Engine, last: UUID | None) -> list[dict[str, Any]]:
    table = Listing.__table__
    statement = select(table).order_by(table.c.id).limit(running.BATCH)
    if last is not None:
        statement = statement.where(table.c.id > last)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]
