"""Rows that a page showed and a person ticked, each with the version that was read."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import request

from marketplace.core.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping


def versions_of(field: str) -> Mapping[UUID, int]:
    """Read the form's ``id:version`` values; raise NotFound for anything else.

    The page sends what it showed, so that nothing is decided unseen that came in meanwhile.
    """
    versions: dict[UUID, int] = {}
    for ticked in request.form.getlist(field):
        identity, _, version = ticked.partition(":")
        try:
            versions[UUID(identity)] = int(version)
        except ValueError:
            raise NotFound from None
    return versions
