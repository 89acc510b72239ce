"""Notices of the signed-in person, their channels, and the way out of mails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.notifications import queries, services, tokens
from marketplace.notifications.forms import ChannelsForm, ReadForm
from marketplace.notifications.models import NoticeGroup
from marketplace.notifications.rules import told
from marketplace.web.access import current_actor, public
from marketplace.web.arguments import page_number
from marketplace.web.clock import now
from marketplace.web.extensions import csrf, db, limiter, settings
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, own_address, see_other

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.notifications.models import Notice

bp = Blueprint("notifications", __name__, url_prefix="/notices")


def sentence(notice: Notice) -> str:
    """Give a notice's sentence in the language of the page."""
    return told(notice.message, notice.values, language=current_language(), translate=gettext)


def _group(text: str | None) -> NoticeGroup | None:
    return NoticeGroup(text) if text in {group.value for group in NoticeGroup} else None


@bp.get("/")
def index() -> ResponseReturnValue:
    """List the person's notices, of one group or unread ones alone if asked."""
    group, unread = _group(request.args.get("group")), request.args.get("unread") == "yes"
    page = queries.list_notices(
        db.session,
        actor=current_actor(),
        group=group,
        unread=unread,
        page=page_number(),
    )
    return render_template(
        "notifications/index.html",
        page=page,
        rows=[(notice, sentence(notice)) for notice in page.items],
        groups=list(NoticeGroup),
        group=group,
        unread_only=unread,
        form=ReadForm(),
    )


@bp.post("/<uuid:notice_id>/open")
def open_(notice_id: UUID) -> ResponseReturnValue:
    """Mark a notice as read and go to what it tells of."""
    notice = services.open_notice(db.session, actor=current_actor(), notice_id=notice_id, now=now())
    if request.form.get("stay") == "yes":
        return see_other(own_address(request.form.get("back"), otherwise=url_for(".index")))
    return see_other(request.script_root + notice.link)


@bp.post("/read")
def read_all() -> ResponseReturnValue:
    """Mark everything (of one group) as read."""
    group = _group(request.form.get("group"))
    services.read_all(db.session, actor=current_actor(), group=group, now=now())
    flash(gettext("All marked as read."))
    return see_other(url_for(".index", group=group.value if group else None))


@bp.route("/preferences", methods=["GET", "POST"])
def preferences() -> ResponseReturnValue:
    """Choose the channels of each group."""
    form = ChannelsForm()
    person_id = current_actor().user_id
    assert person_id is not None  # noqa: S101 — the guard lets signed-in people pass only
    if not form.accepted():
        if not form.is_submitted():
            form.show(queries.choices_of(db.session, person_id))
        return form_page("notifications/preferences.html", form)
    services.choose_channels(db.session, person_id=person_id, choices=form.to_choices())
    flash(gettext("Your choice is saved."))
    return see_other(url_for(".preferences"))


@bp.route("/unsubscribe/<token>", methods=["GET", "POST"])
@csrf.exempt  # type: ignore[untyped-decorator]
@public
@limiter.limit("30 per minute")
def unsubscribe(token: str) -> ResponseReturnValue:
    """End the mails that a link stands for: asks on GET, does it on POST (RFC 8058)."""
    asked = tokens.read(settings().secret_key, token)
    done = False
    if request.method == "POST":
        for group in asked.groups:
            services.unsubscribe(db.session, person_id=asked.person_id, group=group)
        done = True
    return render_template("notifications/unsubscribe.html", groups=asked.groups, done=done)
