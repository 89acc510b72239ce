"""How hearers of performance write a notice about a deal."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import current_app

from marketplace.notifications.rules import both
from marketplace.notifications.services import notify

if TYPE_CHECKING:
    from collections.abc import Collection

    from marketplace.core.enums import LabelledEnum
    from marketplace.core.jobs import Work
    from marketplace.deals.models import Deal
    from marketplace.notifications.rules import Topic


def state_of(state: LabelledEnum) -> dict[str, str]:
    """Give a state as a notice keeps it."""
    return {"label": state.label}


def tell(
    work: Work,
    deal: Deal,
    people: Collection[UUID],
    topic: Topic,
    *,
    key: str,
    endpoint: str = "performance.show",
    places: dict[str, object] | None = None,
    by: str | None = None,
    **values: object,
) -> None:
    """Tell people of something in a deal, but not who did it (``by``)."""
    path = current_app.url_map.bind("").build(
        endpoint, {"deal_id": deal.id} if places is None else places
    )
    notify(
        work.session,
        people=[one for one in people if by is None or one != UUID(by)],
        topic=topic,
        dedupe=f"{topic.key}:{key}",
        values={"title": both(deal.title, deal.title_en), **values},
        link=path,
        now=work.now,
    )
