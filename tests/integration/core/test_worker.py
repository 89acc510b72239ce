"""Jobs whose worker was killed are taken over."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

from marketplace import worker


class _Manager:
    def __init__(self):
        self.asked, self.retried = [], []

    async def get_stalled_jobs(self, *, seconds_since_heartbeat):
        self.asked.append(seconds_since_heartbeat)
        return [SimpleNamespace(id=7), SimpleNamespace(id=8)]

    async def retry_job(self, job):
        self.retried.append(job.id)


def test_jobs_of_a_silent_worker_are_queued_again():
    manager = _Manager()
    context = SimpleNamespace(app=SimpleNamespace(job_manager=manager))
    asyncio.run(worker.take_over(context, 0))
    assert (manager.asked, manager.retried) == ([worker.SILENT_S], [7, 8])
