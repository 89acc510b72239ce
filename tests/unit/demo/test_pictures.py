"""Drawn pictures of demo facilities."""

from __future__ import annotations

import pytest
from PIL import Image

from marketplace.demo.pictures import HEIGHT, WIDTH, caption, picture
from marketplace.facilities.models import FacilityKind


@pytest.mark.parametrize("kind", list(FacilityKind))
def test_every_kind_has_one_that_says_that_it_is_drawn(kind):
    with Image.open(picture(kind, 1)) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (WIDTH, HEIGHT))
        assert len(drawn.quantize(64).getcolors()) > 8
    zh, en = caption(kind)
    assert zh.startswith("示意图：")
    assert "not a photo" in en


def test_looks_differ():
    kind = FacilityKind.OFFICE
    assert picture(kind, 0).read() != picture(kind, 1).read()
    assert picture(kind, 0).read() == picture(kind, 4).read()
