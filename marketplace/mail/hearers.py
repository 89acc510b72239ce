"""What the outbox hears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.mail.delivery import deliver

if TYPE_CHECKING:
    from marketplace.core.jobs import Hearer

HEARERS: dict[str, Hearer] = {"mail.deliver": deliver}

HEARS: dict[str, tuple[str, ...]] = {}
