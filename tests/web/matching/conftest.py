"""A matched pair with people on both sides, and a search engine in memory."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from marketplace.listings.models import ListingStatus
from tests.memory_search import MemoryParts


@dataclass
class Pair:
    company: Any
    university: Any
    buyer: Any
    seller: Any
    need: Any
    listing: Any
    match: Any


def make_pair(make, *, need=(), listing=(), match=()):
    company, university = make.organization(), make.organization()
    wanted = make.need(company, **dict(need))
    offered = make.listing(university, status=ListingStatus.PUBLISHED, **dict(listing))
    values = {
        "score": 0.83,
        "reasons": [
            {
                "kind": "terms",
                "share": 0.6,
                "values": [],
                "terms": [
                    {"asked": "激光焊接", "found": "激光焊接"},
                    {"asked": "aluminium alloy", "found": "铝合金"},
                ],
            },
            {"kind": "budget", "share": 0.2, "values": ["30000000"], "terms": []},
            {"kind": "readiness", "share": 0.0, "against": True, "wanted": "7", "found": "6"},
        ],
    }
    return Pair(
        company=company,
        university=university,
        buyer=make.member(company),
        seller=make.member(university),
        need=wanted,
        listing=offered,
        match=make.match(wanted, offered, **values | dict(match)),
    )


@pytest.fixture
def pair(make):
    return make_pair(make)


@pytest.fixture(autouse=True)
def parts(app, monkeypatch):
    found = MemoryParts(settings=app.extensions["hanqiao.settings"])
    monkeypatch.setitem(app.extensions, "hanqiao.parts", found)
    return found
