"""The reviewers' queue as a page on which many texts are published together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.core.errors import NotFound
from marketplace.organizations.models import Organization
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.pages import see_other
from marketplace.web.ticked import versions_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from marketplace.core.actor import Actor
    from marketplace.drafting.publishing import Publishing
    from marketplace.drafting.queue import Queue


@dataclass(frozen=True)
class QueuePage:
    """One kind's queue; ``told`` and ``untold`` are message ids of what became of the ticks."""

    endpoint: str
    template: str
    #: Name of the boxes that are ticked.
    ticked: str
    told: str
    untold: str
    publishing: Publishing
    may_review: Callable[[Actor, Any], bool]

    def answer(self, queue: Queue[Any]) -> ResponseReturnValue:
        """Show what waits, of one organization or of all; publish what was chosen."""
        organization_id = request.args.get("organization", type=UUID)
        organization = db.session.get(Organization, organization_id) if organization_id else None
        if organization_id and organization is None:
            raise NotFound
        if request.method == "POST":
            return self._publish(organization)
        actor = current_actor()
        page = queue.page(db.session, organization_id=organization_id, number=page_number())
        every = 0
        if page.total > len(page.items):
            found = queue.versions(
                db.session, actor=actor, organization_id=organization_id, until=now()
            )
            every = len(found)
        return render_template(
            self.template,
            page=page,
            organization=organization,
            own={one.id for one in page.items if not self.may_review(actor, one)},
            every=every,
            moment=now(),
        )

    def _publish(self, organization: Organization | None) -> ResponseReturnValue:
        which = request.form.get("which")
        actor = current_actor()
        if which == "every":
            job = self.publishing.begin(
                db.session,
                actor=actor,
                organization_id=organization.id if organization else None,
                subject=organization.name if organization else "",
                now=now(),
            )
            return see_other(url_for("progress.show", job_id=job.id))
        versions = versions_of("shown" if which == "page" else self.ticked)
        became = self.publishing.many(db.session, actor=actor, versions=versions, now=now())
        if became.done:
            flash(gettext(self.told, count=len(became.done)), "success")
        if became.left:
            flash(
                gettext(
                    "%(count)s were left: changed meanwhile, incomplete, or of your own"
                    " organization.",
                    count=became.left,
                ),
                "warning",
            )
        if not versions:
            flash(gettext(self.untold), "error")
        return see_other(
            url_for(self.endpoint, organization=organization.id if organization else None)
        )
