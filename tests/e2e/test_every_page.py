"""Every page that can be opened by its address alone: no fault, no barrier, no overflow."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import axe, overflow, sign_in

pytestmark = pytest.mark.e2e

PUBLIC = [
    "/", "/about", "/help", "/fees", "/accessibility", "/privacy", "/terms", "/appearance",
    "/technologies", "/technologies?q=碳捕集", "/technologies?q=zzqqxx", "/needs", "/needs?q=鱼丸",
    "/facilities/register", "/facilities/districts", "/facilities/gaps",
    "/help/matching", "/sign-in", "/register", "/no-such-page", "/development/gallery",
]  # fmt: skip
ROLES = {
    "university": ["/desk", "/matches", "/notices", "/imports"],
    "enterprise": ["/desk", "/matches", "/notices", "/notices/preferences"],
    "operator": ["/desk", "/facility-questions"],
    "district": ["/desk", "/facilities/applications"],
    "officer": ["/desk", "/facilities/applications"],
    "reviewer": [
        "/desk",
        "/platform",
        "/platform/listings",
        "/platform/needs",
        "/platform/facilities",
    ],
    "admin": ["/desk", "/platform", "/platform/matching/", "/platform/matching/weights"],
}


def look(page, path: str) -> None:
    answer = page.goto(path)
    assert answer is not None
    assert answer.status < 500, path
    assert axe(page) == [], f"{path} at {page.viewport_size}"
    assert overflow(page) <= 0, f"{path} at {page.viewport_size}"


@pytest.mark.parametrize("width", [1280, 360, 320])
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_public_pages(page, prefix, width):
    page.set_viewport_size({"width": width, "height": 800})
    for path in PUBLIC:
        look(page, prefix + path)


def test_public_pages_in_the_dark(page):
    page.emulate_media(color_scheme="dark")
    for path in PUBLIC:
        look(page, path)


@pytest.mark.parametrize("name", ROLES)
def test_pages_of_a_role(page, name):
    sign_in(page, name)
    for prefix in ("", "/en"):
        for width in (1280, 360):
            page.set_viewport_size({"width": width, "height": 800})
            for path in ROLES[name]:
                look(page, prefix + path)
