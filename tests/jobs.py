"""The queue as tests look at it: what waits, and letting it run on the spot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from marketplace import worker

if TYPE_CHECKING:
    from flask import Flask
    from sqlalchemy.orm import Session


def waiting(session: Session) -> list[tuple[str, dict[str, Any]]]:
    """Give (topic or hearer:name, payload) of every queued job, oldest first."""
    session.flush()
    rows = session.execute(
        text("SELECT args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
    ).scalars()
    return [
        (args["topic"] if "topic" in args else "hearer:" + args["hearer"], args["payload"])
        for args in rows
    ]


def topics(session: Session) -> set[str]:
    """Give the names of what waits."""
    return {name for name, _ in waiting(session)}


def run_jobs(app: Flask, session: Session, *, rounds: int = 10) -> int:
    """Run what waits, and what that queues in turn; give how many ran."""
    ran = 0
    for _ in range(rounds):
        jobs = waiting(session)
        session.execute(text("DELETE FROM procrastinate_jobs WHERE status = 'todo'"))
        if not jobs:
            break
        for name, payload in jobs:
            worker.run_in(session, app, name, payload)
            ran += 1
        session.flush()
    return ran
