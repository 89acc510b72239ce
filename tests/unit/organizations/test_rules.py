from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import pytest

from marketplace.core.errors import RuleBroken, StepNotAllowed
from marketplace.organizations.models import OrganizationKind, OrganizationStatus
from marketplace.organizations.rules import (
    LIFE,
    OrganizationDraft,
    plain_credit_code,
    require_credit_code,
    require_right,
)

#: A code of the standard's kind with a right check digit.
GOOD = "91110000600037341L"
DRAFT = OrganizationDraft(
    kind=OrganizationKind.ENTERPRISE, name="武汉长江电池有限公司", credit_code=GOOD
)


class TestPlainCreditCode:
    @pytest.mark.parametrize(
        "typed",
        [
            "91110000600037341l",
            " 9111 0000 6000 3734 1L ",
            "９１１１００００６０００３７３４１Ｌ",
            "911100006-00037341-L",
        ],
    )
    def test_folds_what_people_type(self, typed):
        assert plain_credit_code(typed) == GOOD


class TestRequireCreditCode:
    def test_takes_a_right_one(self):
        require_credit_code(GOOD)

    @pytest.mark.parametrize(
        ("code", "part"),
        [
            (GOOD[:-1], "18 characters"),
            (GOOD + "0", "18 characters"),
            ("", "18 characters"),
            ("9111000060003734IL", "no I, O, S"),
            ("A1110000600037341L", "8 digits"),
            ("9111000060003734１L", "8 digits"),
            (GOOD[:-1] + "M", "last character"),
            ("91110000600037431L", "last character"),
        ],
    )
    def test_says_what_is_wrong(self, code, part):
        with pytest.raises(RuleBroken, match=part) as error:
            require_credit_code(code)
        assert error.value.field == "credit_code"


class TestRequireRight:
    def test_takes_a_whole_draft(self):
        require_right(
            replace(
                DRAFT, industry_code="C39", district_code="420102", website="https://example.cn/a"
            )
        )

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"name": "  "}, "name"),
            ({"industry_code": "XX"}, "industry_code"),
            ({"district_code": "000000"}, "district_code"),
            ({"website": "example.cn"}, "website"),
            ({"website": "javascript:alert(1)"}, "website"),
            ({"website": "https:///nothing"}, "website"),
        ],
    )
    def test_names_the_field(self, changes, field):
        with pytest.raises(RuleBroken) as error:
            require_right(replace(DRAFT, **changes))
        assert error.value.field == field


class TestLife:
    TABLE: ClassVar = {
        OrganizationStatus.APPLIED: {"verify", "return"},
        OrganizationStatus.RETURNED: {"apply_again"},
        OrganizationStatus.VERIFIED: {"suspend"},
        OrganizationStatus.SUSPENDED: {"restore"},
    }

    @pytest.mark.parametrize("state", list(OrganizationStatus))
    def test_allows_these_steps_and_no_others(self, state):
        assert LIFE.possible(state) == self.TABLE[state]

    def test_refuses_a_step_out_of_order(self):
        with pytest.raises(StepNotAllowed):
            LIFE.next(OrganizationStatus.VERIFIED, "verify")
