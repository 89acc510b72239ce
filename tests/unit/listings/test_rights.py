from __future__ import annotations

from datetime import date

import pytest

from marketplace.core.errors import RuleBroken
from marketplace.listings.models import IpRightKind, LegalStatus
from marketplace.listings.rights import (
    check_digit,
    expires_on,
    is_granted,
    normalize_number,
    shown_number,
)

INVENTION = IpRightKind.INVENTION_PATENT


class TestCheckDigit:
    @pytest.mark.parametrize(
        ("digits", "right"),
        [("201710601862", "3"), ("200310102344", "5"), ("95115608", "X"), ("97101765", "4")],
    )
    def test_agrees_with_printed_numbers(self, digits, right):
        assert check_digit(digits) == right


class TestNormalizeNumber:
    @pytest.mark.parametrize(
        "written",
        [
            "ZL201710601862.3",
            "zl 2017 1 0601862.3",
            "ＺＬ２０１７１０６０１８６２．３",
            "201710601862.3",
            "CN201710601862.3",
            "2017106018623",
            "201710601862",
        ],
    )
    def test_gives_one_form_for_every_way_of_writing(self, written):
        assert normalize_number(INVENTION, written) == "ZL2017106018623"

    def test_knows_numbers_from_before_2003(self):
        assert normalize_number(INVENTION, "ZL 95 1 15608.x") == "ZL95115608X"

    @pytest.mark.parametrize(
        ("kind", "written", "kept"),
        [
            (INVENTION, "CN 101234567 B", "CN101234567B"),
            (INVENTION, "CN101234567", "CN101234567"),
            (INVENTION, "us 10,123,456 b2", "US10,123,456B2"),
            (INVENTION, "PCT/CN2020/123456", "PCT/CN2020/123456"),
            (IpRightKind.SOFTWARE, "2020sr 0123456", "2020SR0123456"),
            (IpRightKind.PLANT_VARIETY, "CNA–2019", "CNA-2019"),
            (INVENTION, "  ", ""),
        ],
    )
    def test_keeps_other_series_as_written(self, kind, written, kept):
        assert normalize_number(kind, written) == kept

    @pytest.mark.parametrize(
        ("kind", "written", "says"),
        [
            (INVENTION, "ZL201710601862.4", "check digit"),
            (INVENTION, "ZL2017", "not a Chinese patent number"),
            (INVENTION, "ZL20171060186X.3", "not a Chinese patent number"),
            (IpRightKind.UTILITY_MODEL, "ZL201710601862.3", "another kind"),
            (INVENTION, "ZL201740601862", "another kind"),
        ],
    )
    def test_refuses_wrong_ones(self, kind, written, says):
        with pytest.raises(RuleBroken, match=says) as caught:
            normalize_number(kind, written)
        assert caught.value.field == "rights"


class TestShownNumber:
    @pytest.mark.parametrize(
        ("kept", "shown"),
        [
            ("ZL2017106018623", "ZL 2017 1 0601862.3"),
            ("ZL95115608X", "ZL 95 1 15608.X"),
            ("CN101234567B", "CN101234567B"),
            ("ZL12", "ZL12"),
        ],
    )
    def test_prints_as_the_office_does(self, kept, shown):
        assert shown_number(kept) == shown

    def test_leaves_out_the_letters_before_grant(self):
        assert shown_number("ZL2017106018623", granted=False) == "2017 1 0601862.3"


class TestExpiresOn:
    @pytest.mark.parametrize(
        ("kind", "filed", "ends"),
        [
            (INVENTION, date(2020, 3, 1), date(2040, 3, 1)),
            (INVENTION, date(2020, 2, 29), date(2040, 2, 29)),
            (IpRightKind.UTILITY_MODEL, date(2020, 2, 29), date(2030, 3, 1)),
            (IpRightKind.DESIGN, date(2021, 5, 31), date(2031, 5, 31)),
            (IpRightKind.DESIGN, date(2021, 6, 1), date(2036, 6, 1)),
            (IpRightKind.SOFTWARE, date(2020, 1, 1), None),
            (INVENTION, None, None),
        ],
    )
    def test_follows_the_patent_law(self, kind, filed, ends):
        assert expires_on(kind, filed) == ends


def test_only_a_grant_counts_as_granted():
    assert is_granted("granted")
    assert is_granted(LegalStatus.GRANTED)
    assert not is_granted("applied")
    assert not is_granted(None)
