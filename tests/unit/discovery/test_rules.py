"""Limits, names, and what counts as new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.discovery.rules import newer_than, require_room, suggested_name
from search.documents import Document, Kind

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def document(published_at):
    return Document(kind=Kind.LISTING, id="1", version=1, title="", published_at=published_at)


def test_room_ends_at_the_limit():
    require_room(49, 50)
    with pytest.raises(RuleBroken):
        require_room(50, 50)


@pytest.mark.parametrize(
    ("published_at", "is_new"),
    [
        (None, False),
        (NOON, False),
        (NOON - timedelta(seconds=1), False),
        (NOON + timedelta(seconds=1), True),
    ],
)
def test_new_is_what_was_published_later(published_at, is_new):
    assert bool(newer_than([document(published_at)], NOON)) is is_new


@pytest.mark.parametrize(
    ("text", "filters", "name"),
    [
        ("激光", ["TRL 6"], "激光"),
        ("", ["TRL 6", "2024"], "TRL 6, 2024"),
        ("", [], "Technologies"),
        ("长" * 200, [], "长" * 80),
    ],
)
def test_a_search_is_named_after_what_it_asks(text, filters, name):
    assert suggested_name(text, filters, "Technologies") == name
