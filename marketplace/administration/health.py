"""How the copy is: database, search, worker, mail, disk."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from marketplace.administration.work import count_by_state, last_heartbeat
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from search.results import Health

#: A worker beats every ten seconds; after this it is taken for gone.
SILENCE = timedelta(minutes=2)
#: Less free space than this is a fault.
SPARE_BYTES = 1024**3


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One part of the copy: is it well, and what is there to say."""

    label: str
    ok: bool
    message: str
    values: dict[str, Any] = field(default_factory=dict)


def database(session: Session) -> Finding:
    """Ask the database for its version and size."""
    version = str(session.scalar(text("SHOW server_version")))
    size = session.scalar(text("SELECT pg_database_size(current_database())")) or 0
    return Finding(
        label=N_("Database"),
        ok=True,
        message=N_("PostgreSQL %(version)s, %(megabytes)s MB"),
        values={"version": version.split(maxsplit=1)[0], "megabytes": size // 1024**2},
    )


def engine(health: Health) -> Finding:
    """Tell what the search engine says of itself."""
    if not health.ok:
        return Finding(
            label=N_("Search"),
            ok=False,
            message=N_("%(engine)s does not answer; lists come from the database meanwhile"),
            values={"engine": health.engine},
        )
    return Finding(
        label=N_("Search"),
        ok=True,
        message=N_("%(engine)s, %(count)s documents"),
        values={"engine": health.engine, "count": sum(health.counts.values())},
    )


def worker(session: Session, *, now: datetime) -> Finding:
    """Tell whether somebody takes jobs, and how many were set aside."""
    beat = last_heartbeat(session)
    if beat is None or beat < now - SILENCE:
        return Finding(
            label=N_("Worker"),
            ok=False,
            message=N_("No worker takes jobs. Start one with “flask work”."),
        )
    counts = count_by_state(session)
    return Finding(
        label=N_("Worker"),
        ok=counts["failed"] == 0,
        message=N_("%(waiting)s jobs wait, %(failed)s were set aside"),
        values={"waiting": counts["todo"], "failed": counts["failed"]},
    )


def disk(home: Path) -> Finding:
    """Tell how much room is left where files and the index stand."""
    usage = shutil.disk_usage(home)
    return Finding(
        label=N_("Disk"),
        ok=usage.free > SPARE_BYTES,
        message=N_("%(free)s GB of %(total)s GB free"),
        values={
            "free": f"{usage.free / 1024**3:.1f}",
            "total": f"{usage.total / 1024**3:.1f}",
        },
    )


def mail(smtp_url: str | None) -> Finding:
    """Tell whether mails leave this copy."""
    return Finding(
        label=N_("Mail"),
        ok=smtp_url is not None,
        message=N_("Mails leave by the configured server")
        if smtp_url
        else N_("No mail server is configured; mails stay in the outbox"),
    )
