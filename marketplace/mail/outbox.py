"""The outbox as a page, in development alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template
from sqlalchemy import select

from marketplace.core.errors import NotFound
from marketplace.mail.delivery import rendered
from marketplace.mail.models import OutboxMail
from marketplace.web.access import public
from marketplace.web.extensions import db

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

bp = Blueprint("outbox", __name__, url_prefix="/development/outbox")

SHOWN = 100


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    """List the newest messages."""
    mails = db.session.scalars(
        select(OutboxMail).order_by(OutboxMail.queued_at.desc(), OutboxMail.id).limit(SHOWN)
    ).all()
    letters = [(mail, rendered(mail).subject if mail.details else mail.topic) for mail in mails]
    return render_template("outbox/index.html", letters=letters)


@bp.get("/<uuid:mail_id>")
@public
def show(mail_id: UUID) -> ResponseReturnValue:
    """Show a message as its reader sees it."""
    mail = db.session.get(OutboxMail, mail_id)
    if mail is None or not mail.details:
        raise NotFound
    return render_template("outbox/show.html", mail=mail, letter=rendered(mail))
