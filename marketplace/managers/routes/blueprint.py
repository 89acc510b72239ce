"""The one blueprint that the pages of the register hang on, and what they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint
from sqlalchemy import select

from marketplace.managers.models import Language
from marketplace.organizations.models import Organization
from marketplace.web.clock import now
from marketplace.web.extensions import db
from marketplace.web.templating import label, local

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from uuid import UUID

    from marketplace.managers.models import ManagerProfile

bp = Blueprint("managers", __name__)


def today() -> date:
    """Give the day in Beijing."""
    return local(now()).date()


def languages_of(profile: ManagerProfile) -> list[str]:
    """Name the languages in which a manager negotiates."""
    return [label(member) for member in Language if member.value in profile.languages]


def organizations(ids: Collection[UUID]) -> Sequence[Organization]:
    """Load organizations by name."""
    return db.session.scalars(
        select(Organization).where(Organization.id.in_(ids)).order_by(Organization.name)
    ).all()
