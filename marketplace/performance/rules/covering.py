"""Which mandates a deal's manager brokers it under."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.deals.exits import day_of
from marketplace.managers.rules import covers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date
    from uuid import UUID

    from marketplace.deals.models import Deal
    from marketplace.managers.models import Mandate


def covering(deal: Deal, mandates: Iterable[Mandate], day: date) -> Iterator[Mandate]:
    """Give the first fitting mandate of each client: in its term or tail, about these sides.

    ``mandates`` are the manager's own, once signed, about the deal's listing or need.
    """
    clients: set[UUID] = set()
    sides = {deal.licensor_id, deal.licensee_id}
    for mandate in mandates:
        client = mandate.client_organization_id
        ended = day_of(mandate.ended_at) if mandate.ended_at else None
        fits = client in sides and mandate.other_organization_id in sides | {None}
        if fits and client not in clients and covers(mandate, day, ended_on=ended):
            clients.add(client)
            yield mandate
