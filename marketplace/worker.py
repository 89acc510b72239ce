"""Runs jobs: in the worker process, and on the spot in tests."""

from __future__ import annotations

import logging
from functools import partial
from typing import TYPE_CHECKING, Any

from procrastinate import PsycopgConnector, SyncPsycopgConnector
from sqlalchemy.orm import Session

from marketplace import relay
from marketplace.core import failpoints, jobs
from marketplace.web.clock import now
from marketplace.web.embedded import libpq_address
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from procrastinate import JobContext
    from procrastinate.connector import BaseConnector

log = logging.getLogger(__name__)

#: How far Beijing is ahead of UTC.
BEIJING_HOURS = 8

QUEUES = ("topics", "work", "long")

#: A worker that gave no sign of life for so long was killed; its jobs are taken over (seconds).
SILENT_S = 30
#: Jobs taken at a time: long ones leave room for the rest.
CONCURRENCY = 4


def run(app: Flask, topic: str, payload: Mapping[str, Any]) -> None:
    """Run one job in a transaction of its own."""
    with app.app_context(), db.sessionmaker() as session, session.begin():
        run_in(session, app, topic, payload)
    failpoints.reach("after_outbox_send")


def run_in(session: Session, app: Flask, topic: str, payload: Mapping[str, Any]) -> None:
    """Run one job in the given session: spread a fact to its hearers, or let one hear it."""
    if topic.startswith("hearer:"):
        work = jobs.Work(session=session, now=now(), parts=app.extensions["hanqiao.parts"])
        relay.HEARERS[topic.removeprefix("hearer:")](work, **payload)
        return
    for name in relay.TOPICS.get(topic, ()):
        jobs.ask(session, name, **payload)


def install(app: Flask) -> None:
    """Let jobs that start in this process run against this application."""
    jobs.run_by(lambda topic, payload: run(app, topic, payload))


def utc_cron(line: str) -> str:
    """Turn a cron line of Beijing time (UTC+8, no summer time) into one of UTC.

    The hour and the weekday move, a day of the month can't: that raises ValueError.
    """
    minute, hour, day, month, weekday = line.split()
    if not hour.isdigit():
        return line
    if int(hour) < BEIJING_HOURS:
        if (day, month) != ("*", "*"):
            message = f"the cron line {line!r} falls on another day in UTC"
            raise ValueError(message)
        weekday = str((int(weekday) - 1) % 7) if weekday.isdigit() else weekday
    return " ".join((minute, str((int(hour) - BEIJING_HOURS) % 24), day, month, weekday))


def _schedule() -> None:
    """Put every periodic hearer on the clock; procrastinate runs each moment once."""
    for name, cron in relay.PERIODIC.items():
        task = jobs.queue.task(
            name=f"periodic:{name}", queue="work", queueing_lock=f"periodic:{name}"
        )(partial(_periodically, name))
        jobs.queue.periodic(cron=utc_cron(cron), periodic_id=name)(task)
    rescue = jobs.queue.task(
        name="periodic:take_over",
        queue="topics",
        queueing_lock="periodic:take_over",
        pass_context=True,
    )(take_over)
    jobs.queue.periodic(cron="* * * * *", periodic_id="take_over")(rescue)


def _periodically(name: str, timestamp: int) -> None:  # noqa: ARG001 — procrastinate names it so
    jobs.run_now("hearer:" + name, {})


async def take_over(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 — procrastinate names it so
    """Queue the jobs of killed workers again; every job may be repeated without harm."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_S):
        log.warning("job %s lost its worker and is taken over", job.id)
        await manager.retry_job(job)


class _WorkerConnector(PsycopgConnector):
    """Takes jobs over its own pool, and lets running jobs defer others over their session.

    The open pool can't be used from a job's thread; a deferring job hands its own connection.
    """

    def get_sync_connector(self) -> BaseConnector:
        return SyncPsycopgConnector()


def work_forever(app: Flask, *, concurrency: int = CONCURRENCY) -> None:
    """Take jobs until the process is told to stop; running ones are finished first."""
    install(app)
    _schedule()
    address = libpq_address(str(app.extensions["hanqiao.settings"].database_url))
    connector = _WorkerConnector(conninfo=address)
    with jobs.queue.replace_connector(connector) as queue:
        queue.run_worker(
            queues=list(QUEUES),
            concurrency=concurrency,
            listen_notify=True,
            delete_jobs="successful",
            shutdown_graceful_timeout=20,
        )
