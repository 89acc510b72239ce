"""The tabs of a deal's page; higher domains add theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from marketplace.deals.models import Deal


def _always(_deal: Deal) -> bool:
    return True


@dataclass(frozen=True)
class Tab:
    """One page of a deal; its endpoint takes ``deal_id``."""

    endpoint: str
    label: str
    order: int
    shown: Callable[[Deal], bool] = _always


_tabs: dict[str, Tab] = {}


def register(
    endpoint: str, label: str, order: int, *, shown: Callable[[Deal], bool] = _always
) -> None:
    """Add a tab; ``label`` is a message id, ``shown`` may hide it for some deals."""
    _tabs[endpoint] = Tab(endpoint, label, order, shown)


def tabs_of(deal: Deal) -> list[Tab]:
    """Give the tabs of a deal in their order."""
    return sorted(
        (tab for tab in _tabs.values() if tab.shown(deal)), key=lambda tab: (tab.order, tab.label)
    )
