"""What waits, and how the copy is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request

from marketplace.administration import health as checks
from marketplace.administration.routes.blueprint import ADMINISTRATORS, STAFF, bp
from marketplace.organizations.models import OrganizationStatus
from marketplace.organizations.queries import list_organizations
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import db, parts, settings
from marketplace.web.queues import queues_of
from search.results import Health

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue


@bp.get("/")
@STAFF
def index() -> ResponseReturnValue:
    """Count what waits for this person, and link to the pages of their role."""
    actor = current_actor()
    waiting = [(queue, queue.count(db.session, actor)) for queue in queues_of(actor)]
    return render_template("administration/index.html", waiting=waiting)


@bp.get("/organizations")
@STAFF
def organizations() -> ResponseReturnValue:
    """List all organizations, by name or code and state."""
    states = {state.value: state for state in OrganizationStatus}
    chosen = states.get(request.args.get("status", ""))
    words = request.args.get("q", "").strip()[:100]
    found = list_organizations(
        db.session,
        actor=current_actor(),
        words=words,
        status=chosen,
        number=page_number(),
    )
    return render_template(
        "administration/organizations.html",
        found=found,
        words=words,
        states=list(states.values()),
        status=chosen,
    )


def _engine() -> Health:
    try:
        return parts().search.health()
    except Exception as error:  # noqa: BLE001 — whatever is wrong with search is what this page shows
        return Health(ok=False, engine=type(error).__name__, message=str(error))


@bp.get("/health")
@ADMINISTRATORS
def health() -> ResponseReturnValue:
    """Show how database, search, worker, mail and disk are."""
    own = settings()
    findings = [
        checks.database(db.session),
        checks.engine(_engine()),
        checks.worker(db.session, now=now()),
        checks.mail(own.smtp_url),
        checks.disk(own.home),
    ]
    return render_template("administration/health.html", findings=findings)
