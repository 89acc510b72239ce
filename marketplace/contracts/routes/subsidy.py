"""The trade subsidy: who qualifies, line by line, and the file set."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request
from flask_babel import force_locale

from marketplace.codes import rules as figures
from marketplace.contracts import permissions
from marketplace.contracts.routes.blueprint import (
    bp,
    check_url,
    shared,
    signed_contract,
    the_deal,
    today,
)
from marketplace.contracts.services import subsidy as services
from marketplace.contracts.settings import SUBSIDY_BP, SUBSIDY_CAP
from marketplace.core.actor import require
from marketplace.files.forms import store
from marketplace.web.access import current_actor
from marketplace.web.arguments import whole_number
from marketplace.web.downloads import download
from marketplace.web.extensions import db, limiter
from marketplace.web.forms import say
from marketplace.web.templating import money

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue

    from marketplace.contracts.models import Contract
    from marketplace.contracts.rules import Finding
    from marketplace.contracts.services.subsidy import Assessment
    from marketplace.deals.models import Deal

_FIRST_YEAR, _LAST_YEAR = 2020, 2100


def _year() -> int:
    asked = whole_number(request.args.get("year"))
    return asked if _FIRST_YEAR <= asked <= _LAST_YEAR else today().year


def _judged(deal_id: UUID) -> tuple[Deal, Contract, Assessment]:
    deal = the_deal(deal_id)
    contract = signed_contract(deal)
    require(permissions.may_claim(current_actor(), deal))
    return deal, contract, services.assess(db.session, deal, contract, year=_year())


def in_words(finding: Finding) -> str:
    """Put a finding into the words of the page's language."""
    shown = {
        name: money(value) if name == "amount" and isinstance(value, int) else value
        for name, value in finding.places.items()
    }
    return say(finding.message, shown)


def _in_language(finding: Finding, language: str) -> str:
    with force_locale(language):
        return in_words(finding)


@bp.get("/subsidy")
def subsidy(deal_id: UUID) -> ResponseReturnValue:
    """Explain who qualifies and for how much."""
    deal, contract, assessment = _judged(deal_id)
    return render_template(
        "contracts/subsidy.html",
        **shared(deal, contract),
        assessment=assessment,
        in_words=in_words,
        rate=figures.get_rule(db.session, SUBSIDY_BP),
        cap=figures.get_rule(db.session, SUBSIDY_CAP),
        years=range(today().year, today().year - 4, -1),
    )


@bp.get("/subsidy.zip")
@limiter.limit("60/hour")
def file_set(deal_id: UUID) -> ResponseReturnValue:
    """Send the file set as one archive; what is missing stands on its first page."""
    deal, contract, assessment = _judged(deal_id)
    kept = store()
    packed = services.file_set(
        db.session,
        deal,
        contract,
        assessment=assessment,
        check_url=check_url(deal),
        read=lambda sha256: kept.path(sha256).read_bytes(),
        say=_in_language,
    )
    name = f"{contract.shown_number}-{assessment.year}.zip"
    return download(packed, "application/zip", name)
