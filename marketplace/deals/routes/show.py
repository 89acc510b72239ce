"""One deal: its parties, its way, what is missing, and its records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import render_template

from marketplace.core.actor import MemberRole
from marketplace.deals import guards, permissions, records, rules
from marketplace.deals.forms.work import ContactForm, MessageForm, TaskForm, VisitForm
from marketplace.deals.queries import boards, room
from marketplace.deals.queries import work as work_queries
from marketplace.deals.queries.deals import list_history
from marketplace.deals.routes.blueprint import bp, found, frame, people_named, sides
from marketplace.deals.services import contacts
from marketplace.deals.services.secrecy import find_agreement
from marketplace.web.access import current_actor
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import say
from marketplace.web.languages import current_language
from marketplace.web.templating import local, money

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.deals.models import Deal
    from marketplace.web.forms import Form

#: Who may sign for an organization; the page only says so, papers judge it.
SIGNERS = (MemberRole.OWNER, MemberRole.TTO_OFFICER)


@bp.get("/<uuid:deal_id>")
def show(deal_id: UUID) -> ResponseReturnValue:
    """Show the deal."""
    return page(found(deal_id), {})


def page(deal: Deal, forms: Mapping[str, Form], *, status: int = 200) -> ResponseReturnValue:
    """Show the deal with forms; a refused one is given with its faults and what was typed."""
    actor = current_actor()
    role = permissions.acting_role(actor, deal)
    clock = boards.timers(db.session, now=now())
    viewer = room.viewer_of(db.session, actor, deal)
    consents = contacts.standing_consents(db.session, deal.id)
    history = list_history(db.session, deal.id)
    messages = work_queries.list_messages(db.session, deal.id)
    tasks = work_queries.list_tasks(db.session, deal.id)
    visits = work_queries.list_visits(db.session, deal.id)
    people = people_named(
        deal,
        [
            *(entry.by for entry in history),
            *(message.person_id for message in messages),
            *(visit.person_id for visit in visits),
            *(task.done_by for task in tasks),
        ],
    )
    body = render_template(
        "deals/show.html",
        **frame(deal, "deals.show"),
        days=clock.days_in(deal),
        stuck=clock.is_stuck(deal),
        limit=clock.days.get(deal.stage),
        today=local(now()).date(),
        history=history,
        checklist=checklist(deal),
        moves=rules.open_to(role, deal.stage),
        messages=messages,
        tasks=tasks,
        visits=visits,
        people=people,
        agreement=find_agreement(db.session, deal.id),
        consents=consents,
        contact_rows=contacts.contact_for(viewer.role, consents),
        message_form=forms.get("message") or MessageForm(formdata=None),
        task_form=forms.get("task") or TaskForm(sides(deal), formdata=None),
        visit_form=forms.get("visit") or VisitForm(formdata=None),
        contact_form=forms.get("contact") or ContactForm(formdata=None, name=actor.name),
        refused=next(iter(forms), ""),
        is_invited=deal.manager_id is not None and deal.manager_accepted_at is None,
    )
    return body, status


def checklist(deal: Deal) -> list[dict[str, Any]]:
    """Give for each step onwards what is still missing and who must see to it."""
    if not deal.is_running:
        return []
    return [
        {"row": row, "obstacles": guards.obstacles(db.session, deal, row, now())}
        for row in rules.leading_out(deal.stage)
        if row.is_onwards and (row.event != "accept_open_license" or _is_open(deal))
    ]


def _is_open(deal: Deal) -> bool:
    """Whether an open license is declared, so that it may be accepted in one step."""
    return deal.listing is not None and bool(deal.listing.open_license)


@bp.get("/<uuid:deal_id>/records")
def records_(deal_id: UUID) -> ResponseReturnValue:
    """Show the technology and the need as far as this person may read them."""
    deal = found(deal_id)
    viewer = room.viewer_of(db.session, current_actor(), deal)
    wording = records.Wording(
        say=lambda text: say(text, {}), money=money, language=current_language()
    )
    return render_template(
        "deals/records.html",
        **frame(deal, "deals.records_"),
        listing_rows=records.listing_rows(deal, viewer, wording),
        need_rows=records.need_rows(deal, viewer, wording),
        files=room.record_files(db.session, deal, viewer, "listing"),
        need_files=room.record_files(db.session, deal, viewer, "need"),
        viewer=viewer,
    )
