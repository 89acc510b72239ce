"""Publishes many waiting texts at once: the ticked ones of a page, or all of a queue as a job."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from marketplace.core.actor import require
from marketplace.core.messages import N_
from marketplace.progress.batches import BATCH, Done, go_through, in_the_name_of_its_owner
from marketplace.progress.services import start

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from marketplace.core.jobs import Work
    from marketplace.drafting.queue import Queue
    from marketplace.progress.models import LongJob

PUBLISHING = N_("Publishing the texts")


@dataclass(frozen=True)
class Publishing:
    """How texts of one kind are published together.

    ``job`` names the hearer, ``title`` is what its progress is called (message id), ``many``
    publishes what was read (id → version) and leaves what changed since.
    """

    job: str
    title: str
    queue: Queue[Any]
    may: Callable[[Actor], bool]
    many: Callable[..., Done]

    def begin(
        self,
        session: Session,
        *,
        actor: Actor,
        organization_id: UUID | None,
        subject: str,
        now: datetime,
    ) -> LongJob:
        """Start a job that publishes all that waits now, of one organization or of all."""
        require(self.may(actor))
        waiting = self.queue.versions(
            session, actor=actor, organization_id=organization_id, until=now
        )
        return start(
            session,
            kind=self.job,
            title=self.title,
            subject=subject,
            hearer=self.job,
            actor=actor,
            total=len(waiting),
            organization=str(organization_id) if organization_id else None,
            until=now.isoformat(),
        )

    def hear(self, work: Work, *, job_id: str, organization: str | None, until: str) -> None:
        """Do the job: what waited by ``until`` and may be judged, a batch a transaction."""
        with in_the_name_of_its_owner(work, job_id) as begun:
            if begun is None:
                return
            tracker, actor = begun
            go_through(
                tracker,
                phase=PUBLISHING,
                find=partial(
                    self.queue.versions,
                    actor=actor,
                    organization_id=UUID(organization) if organization else None,
                    until=datetime.fromisoformat(until),
                ),
                act=partial(self._act, actor, work.now),
                size=BATCH,
            )

    def _act(self, actor: Actor, now: datetime, session: Session, versions: Any) -> Done:  # noqa: ANN401 — id → version
        return self.many(session, actor=actor, versions=versions, now=now)
