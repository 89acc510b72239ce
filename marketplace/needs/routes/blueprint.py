"""The one blueprint that all pages of needs hang on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint
from flask_babel import gettext
from sqlalchemy import select

from marketplace.needs.wording import Wording
from marketplace.organizations.models import Organization
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.languages import current_language
from marketplace.web.templating import local, money

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from uuid import UUID

bp = Blueprint("needs", __name__)


def wording() -> Wording:
    """Give what turns values into words of this request's language."""
    return Wording(say=gettext, money=money, language=current_language())


def today() -> date:
    """Give the day in Beijing."""
    return local(now()).date()


def organizations(ids: Collection[UUID]) -> Sequence[Organization]:
    """Load organizations by name."""
    return db.session.scalars(
        select(Organization).where(Organization.id.in_(ids)).order_by(Organization.name)
    ).all()
