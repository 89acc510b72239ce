"""Puts managers where other pages leave a place, and says who signs and sees their papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import url_for

from marketplace.core.actor import PlatformRole
from marketplace.core.messages import N_
from marketplace.indexing.sources import Source
from marketplace.indexing.sources import register as register_source
from marketplace.managers import documents, panels
from marketplace.managers.models import ManagerProfile
from marketplace.managers.queries.register import count_waiting
from marketplace.managers.services import mandates
from marketplace.papers import registry
from marketplace.papers.models import PaperKind
from marketplace.web import panels as places
from marketplace.web.queues import register_queue
from search.documents import Kind

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask


def _address(mandate_id: UUID) -> str:
    return url_for("mandates.show", mandate_id=mandate_id)


def shown_percent(basis_points: int) -> str:
    """Show basis points as percent without idle zeros: 7.5%."""
    return f"{basis_points / 100:.2f}".rstrip("0").rstrip(".") + "%"


def install(app: Flask) -> None:
    """Fill the places and the registries."""
    app.jinja_env.filters["fee_percent"] = shown_percent
    register_source(Source(Kind.MANAGER, ManagerProfile, documents.load_documents))
    registry.register(
        PaperKind.MANDATE,
        object_kind=mandates.OBJECT_KIND,
        may_see=mandates.may_see_paper,
        may_sign=mandates.may_sign_paper,
        signed=mandates.signed,
        address=_address,
    )
    register_queue(
        "managers",
        N_("Technology managers to license"),
        count=lambda session, _actor: count_waiting(session),
        endpoint="licensing.index",
        roles=frozenset({PlatformRole.REVIEWER, PlatformRole.ADMINISTRATOR}),
    )
    places.fill("listing.show", panels.of_record)
    places.fill("need.show", panels.of_record)
    places.fill("desk", panels.desk)
