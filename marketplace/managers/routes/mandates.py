"""Mandates: written, offered, declined, ended; signing happens on the paper's own page."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, flash, render_template, request, url_for
from flask_babel import gettext

from marketplace.codes.rules import get_rule
from marketplace.codes.rules import number as rule_number
from marketplace.core.actor import require
from marketplace.core.errors import NotFound, RuleBroken
from marketplace.core.paging import Page
from marketplace.listings.queries import get_listing
from marketplace.managers import fees, law, permissions, queries, rules, services
from marketplace.managers.forms.mandates import (
    EditMandateForm,
    MandateForm,
    data_of,
    record_of,
)
from marketplace.managers.forms.register import ReasonForm, VersionForm
from marketplace.managers.models import FeePayer, MandateStatus, RecordKind
from marketplace.managers.queries import mandates as find
from marketplace.managers.queries.register import find_own
from marketplace.managers.routes.blueprint import organizations, today
from marketplace.managers.services.mandates import OBJECT_KIND
from marketplace.managers.settings import TAIL_DAYS
from marketplace.needs.permissions import may_see_name
from marketplace.needs.queries.needs import consents_of, get_need
from marketplace.organizations import queries as find_organizations
from marketplace.papers.models import PaperKind
from marketplace.papers.queries import current
from marketplace.web.access import current_actor
from marketplace.web.arguments import page_number, whole_number
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.forms import text
from marketplace.web.languages import current_language
from marketplace.web.pages import form_page, see_other

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue

    from marketplace.managers.models import ManagerProfile, Mandate
    from marketplace.organizations.models import Organization

bp = Blueprint("mandates", __name__)

#: What a new mandate proposes.
_TERM = timedelta(days=365)
#: Days ahead up to which ending mandates are asked for.
MOST_DAYS = 366
#: Values for which the fee is shown as an example, in minor units.
EXAMPLES = (50_000_00, 500_000_00, 5_000_000_00)


@bp.get("/mandates")
def index() -> ResponseReturnValue:
    """List the mandates of the actor's sides, or only those that end within some days."""
    actor, days = current_actor(), min(whole_number(request.args.get("ending")), MOST_DAYS)
    if days:
        ending = find.list_ending(db.session, actor=actor, today=today(), days=days)
        found = Page(items=ending, total=len(ending), number=1, size=max(len(ending), 1))
    else:
        found = queries.list_mandates(db.session, actor=actor, number=page_number())
    lines = {mandate.id: find.lines_of(db.session, mandate) for mandate in found.items}
    return render_template("mandates/index.html", found=found, lines=lines, ending=days)


def _sides(manager_id: str | None, record: str | None) -> tuple[ManagerProfile, Organization]:
    """Read from the address who shall engage whom; raise NotFound for what does not fit.

    A record names its owner as the client; without one the client is the organization chosen.
    """
    actor = current_actor()
    try:
        chosen = record_of(record) if record else None
        wanted = UUID(manager_id) if manager_id else None
        asked = UUID(request.values.get("client") or "") if request.values.get("client") else None
    except ValueError:
        raise NotFound from None
    own = find_own(db.session, actor)
    profile = queries.get_manager(db.session, wanted, actor=actor) if wanted is not None else own
    if profile is None:
        raise NotFound
    client_id = asked if chosen is None else _owner_of(*chosen)
    if client_id is None:
        fitting = _clients(profile)
        if not fitting:
            raise NotFound
        client_id = fitting[0].id
    client = find_organizations.get_organization(db.session, client_id, actor=actor)
    require(permissions.may_draft_mandate(actor, client.id, profile))
    return profile, client


def _owner_of(kind: RecordKind, identity: UUID) -> UUID:
    actor = current_actor()
    if kind is RecordKind.LISTING:
        return get_listing(db.session, identity, actor=actor).organization_id
    need = get_need(db.session, identity, actor=actor)
    if not may_see_name(actor, need, consents_of(db.session, need.id)):
        raise NotFound
    return need.organization_id


def _form_values(form: MandateForm, client: Organization) -> None:
    actor = current_actor()
    lines = find.offerable_records(db.session, client.id)
    if not actor.is_member(client.id):
        # A need whose owner is withheld is not offered to whoever may not know them.
        lines = [line for line in lines if line.kind is RecordKind.LISTING or _is_named(line.id)]
    form.offer(lines, current_language())
    form.offer_others(_others(client))


def _others(client: Organization) -> list[tuple[str, str]]:
    """Give the partner whom the address names, such as the other side of a match."""
    try:
        wanted = UUID(request.values.get("other") or "")
        other = find_organizations.get_organization(db.session, wanted, actor=current_actor())
    except (ValueError, NotFound):
        return []
    return [] if other.id == client.id else [(str(other.id), other.name)]


def _clients(profile: ManagerProfile) -> list[Organization]:
    """Give the organizations in whose name the actor may engage the manager."""
    actor = current_actor()
    if permissions.is_own(actor, profile):
        return []
    writes = [one for one in actor.organization_ids if actor.may_write_for(one)]
    fitting = [one for one in writes if permissions.may_draft_mandate(actor, one, profile)]
    return list(organizations(fitting))


def _is_named(need_id: UUID) -> bool:
    actor = current_actor()
    need = get_need(db.session, need_id, actor=actor)
    return may_see_name(actor, need, consents_of(db.session, need_id))


def _law(mandate: Mandate | None) -> list[law.Warning]:
    """Give the sentences of law for a mandate, or for the terms that a new one proposes."""
    return list(
        law.warnings(
            payer=mandate.payer if mandate else FeePayer.CLIENT,
            costs_cap_minor=mandate.costs_cap_minor if mandate else 0,
            tail_days=mandate.tail_days if mandate else 1,
        )
    )


def _beside(mandate: Mandate | None = None) -> dict[str, Any]:
    """Give what stands beside the fields: the law, and where the proposed tail comes from."""
    return {"warnings": _law(mandate), "tail_rule": get_rule(db.session, TAIL_DAYS)}


@bp.route("/mandates/new", methods=["GET", "POST"])
def create() -> ResponseReturnValue:
    """Write a mandate: the client invites a manager, or the manager proposes one."""
    record = request.values.get("record")
    profile, client = _sides(request.values.get("manager"), record)
    form = MandateForm(
        data={
            "records": [record] if record else [],
            "starts_on": today(),
            "ends_on": today() + _TERM,
            "payer": FeePayer.CLIENT.value,
            "other_organization_id": request.values.get("other", ""),
            "tail_days": rule_number(db.session, TAIL_DAYS),
        }
    )
    _form_values(form, client)
    values = {
        "profile": profile,
        "client": client,
        "record": record,
        "clients": [] if record else _clients(profile),
        **_beside(),
    }
    if not form.accepted():
        return form_page("mandates/create.html", form, **values)
    try:
        mandate = services.draft_mandate(
            db.session,
            actor=current_actor(),
            manager_id=profile.id,
            client_organization_id=client.id,
            draft=form.to_draft(),
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return form_page("mandates/create.html", form, **values)
    flash(gettext("The draft is saved; both sides see it. Offer it when the terms are right."))
    return see_other(url_for(".show", mandate_id=mandate.id))


def _page(mandate: Mandate, form: ReasonForm) -> ResponseReturnValue:
    paper = (
        current(db.session, PaperKind.MANDATE, OBJECT_KIND, mandate.id)
        if mandate.offered_at
        else None
    )
    return form_page(
        "mandates/show.html",
        form,
        mandate=mandate,
        lines=find.lines_of(db.session, mandate),
        paper=paper,
        steps=rules.MANDATE_LIFECYCLE.possible(mandate.status),
        tail_end=rules.tail_end(
            mandate,
            mandate.ended_at.date()
            if mandate.ended_at and mandate.status is MandateStatus.ENDED
            else None,
        ),
        warnings=_law(mandate),
        examples=[(value, fees.commission(value, mandate)) for value in EXAMPLES],
    )


@bp.get("/mandates/<uuid:mandate_id>")
def show(mandate_id: UUID) -> ResponseReturnValue:
    """Show a mandate to its two sides: terms, examples of the fee, law, steps."""
    mandate = queries.get_mandate(db.session, mandate_id, actor=current_actor())
    return _page(mandate, ReasonForm())


@bp.route("/mandates/<uuid:mandate_id>/edit", methods=["GET", "POST"])
def edit(mandate_id: UUID) -> ResponseReturnValue:
    """Write other terms into a draft."""
    mandate = queries.get_mandate(db.session, mandate_id, actor=current_actor())
    rules.MANDATE_LIFECYCLE.next(mandate.status, "edit")
    form = EditMandateForm(data=data_of(mandate))
    _form_values(form, mandate.client)
    form.add_records(find.lines_of(db.session, mandate), current_language())
    if mandate.other is not None:
        form.offer_others([(str(mandate.other.id), mandate.other.name)])
    values = {
        "mandate": mandate,
        "profile": mandate.manager,
        "client": mandate.client,
        **_beside(mandate),
    }
    if not form.accepted():
        return form_page("mandates/edit.html", form, **values)
    try:
        services.edit_mandate(
            db.session,
            actor=current_actor(),
            mandate_id=mandate.id,
            draft=form.to_draft(),
            version=form.version.data or 0,
            now=now(),
        )
    except RuleBroken as error:
        form.reject(error)
        return form_page("mandates/edit.html", form, **values)
    flash(gettext("Saved."))
    return see_other(url_for(".show", mandate_id=mandate.id))


@bp.post("/mandates/<uuid:mandate_id>/offer")
def offer(mandate_id: UUID) -> ResponseReturnValue:
    """Draw the mandate up for both to sign."""
    form = VersionForm()
    services.offer_mandate(
        db.session,
        actor=current_actor(),
        mandate_id=mandate_id,
        version=form.version.data or 0,
        now=now(),
    )
    flash(gettext("The mandate is drawn up. Both sides can read and sign it now."))
    return see_other(url_for(".show", mandate_id=mandate_id))


@bp.post("/mandates/<uuid:mandate_id>/revise")
def revise(mandate_id: UUID) -> ResponseReturnValue:
    """Take an offered text back to change it."""
    services.revise_mandate(db.session, actor=current_actor(), mandate_id=mandate_id, now=now())
    flash(gettext("It is a draft again; signatures given to the old text count no more."))
    return see_other(url_for(".show", mandate_id=mandate_id))


def _with_reason(
    mandate_id: UUID, service: Callable[..., Mandate], done: str
) -> ResponseReturnValue:
    mandate = queries.get_mandate(db.session, mandate_id, actor=current_actor())
    form = ReasonForm()
    if not form.accepted():
        return _page(mandate, form)
    service(
        db.session,
        actor=current_actor(),
        mandate_id=mandate_id,
        reason=text(form.reason),
        now=now(),
    )
    flash(done)
    return see_other(url_for(".show", mandate_id=mandate_id))


@bp.post("/mandates/<uuid:mandate_id>/decline")
def decline(mandate_id: UUID) -> ResponseReturnValue:
    """Say no to a draft or an offer."""
    return _with_reason(mandate_id, services.decline_mandate, gettext("The mandate is declined."))


@bp.post("/mandates/<uuid:mandate_id>/end")
def end(mandate_id: UUID) -> ResponseReturnValue:
    """End a signed mandate; its tail begins."""
    return _with_reason(
        mandate_id, services.end_mandate, gettext("The mandate has ended; its tail runs on.")
    )
