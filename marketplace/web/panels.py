"""Places on a page that higher domains fill, so that lower ones need not know them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.core.actor import Actor

#: Takes the page's object and the actor, gives a rendered fragment or nothing.
Panel = "Callable[[Any, Actor], str | None]"

_panels: dict[str, list[tuple[int, Callable[[Any, Actor], str | None]]]] = defaultdict(list)


def fill(place: str, panel: Callable[[Any, Actor], str | None], *, rank: int = 0) -> None:
    """Put a panel at a place such as ``listing.show``: by rank, then in the order of calls."""
    if all(panel is not known for _, known in _panels[place]):
        _panels[place].append((rank, panel))
        _panels[place].sort(key=lambda pair: pair[0])


def render(place: str, thing: Any, actor: Actor) -> Markup:  # noqa: ANN401 — the page's object
    """Give all panels of a place; they come from ``render_template`` and are escaped already."""
    shown = (panel(thing, actor) for _, panel in _panels[place])
    return Markup("\n").join(Markup(part) for part in shown if part)  # noqa: S704 — rendered by Jinja with escaping
