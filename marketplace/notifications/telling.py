"""What hearers need to tell people: a notice once a fact, and the page that it leads to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import current_app

from marketplace.notifications.services import notify

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from marketplace.core.jobs import Work
    from marketplace.notifications.rules import Topic


def path_of(endpoint: str, **values: Any) -> str:  # noqa: ANN401 — parts of an address
    """Give the path of a page on this site, without language."""
    return current_app.url_map.bind("").build(endpoint, values)


def tell_people(  # noqa: PLR0917 — a notice's parts, in the order in which they are read
    work: Work,
    people: Collection[UUID],
    topic: Topic,
    key: str,
    values: dict[str, Any],
    link: str,
) -> None:
    """Tell people of a topic, once for each ``key``."""
    notify(
        work.session,
        people=people,
        topic=topic,
        dedupe=f"{topic.key}:{key}",
        values=values,
        link=link,
        now=work.now,
    )
