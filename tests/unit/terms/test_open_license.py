"""Reading a declaration: fee, day, and what the law asks."""

from __future__ import annotations

from datetime import date

import pytest

from marketplace.listings.models import IpRightKind, LegalStatus
from marketplace.terms.rules import open_license as rules
from marketplace.terms.rules.open_license import Fee, Patent
from marketplace.terms.rules.validation import faults

TODAY = date(2026, 11, 20)
STATEMENT = {"fee": "10 万元", "payment": "一次付清", "until": "2030-12-31"}
PATENT = Patent(
    kind=IpRightKind.INVENTION_PATENT,
    number="ZL202010123456X",
    legal_status=LegalStatus.GRANTED,
    expires_on=date(2040, 1, 1),
    fee_due_on=date(2027, 1, 1),
)


class TestReadFee:
    @pytest.mark.parametrize(
        ("text", "fee"),
        [
            ("每年 5 万元", Fee(5_000_000, True)),
            ("一次性 10 万元", Fee(10_000_000, False)),
            ("年费 3000 元", Fee(300_000, True)),
            ("人民币 1,200 元/年", Fee(120_000, True)),
            ("CNY 0.5 million, once", Fee(50_000_000, False)),
            ("1.5 亿元", Fee(15_000_000_000, False)),
            ("50,000 yuan per year", Fee(5_000_000, True)),
            ("免费", Fee(0, False)),
            ("free of charge", Fee(0, False)),
            ("面议", None),
            ("销售额的 3%", None),
            ("小企业 1 万元，大企业 5 万元", None),
            ("0 元", None),
        ],
    )
    def test_takes_one_amount_and_guesses_at_none(self, text, fee):
        assert rules.read_fee(text) == fee


class TestReadDay:
    @pytest.mark.parametrize(
        ("text", "day"),
        [
            ("2030-12-31", date(2030, 12, 31)),
            ("至2028年6月30日", date(2028, 6, 30)),
            ("2027/2/30", None),
            ("长期有效", None),
        ],
    )
    def test_reads_the_usual_forms(self, text, day):
        assert rules.read_day(text) == day


class TestChecks:
    def failed(self, **values):
        values = {
            "cooperation": ["open_license"],
            "patents": [PATENT],
            "statement": STATEMENT,
            "today": TODAY,
        } | values
        return [check.articles for check in rules.checks(**values) if check.holds is False]

    def test_hold_for_a_sound_declaration(self):
        assert self.failed() == []

    @pytest.mark.parametrize(
        "change",
        [
            {"kind": IpRightKind.KNOW_HOW},
            {"number": ""},
            {"legal_status": LegalStatus.APPLIED},
        ],
    )
    def test_want_a_granted_patent(self, change):
        patent = Patent(**{**PATENT.__dict__, **change})
        assert "50" in self.failed(patents=[patent])

    def test_want_a_living_patent_with_paid_fees(self):
        old = Patent(**{**PATENT.__dict__, "expires_on": date(2026, 11, 19)})
        unpaid = Patent(**{**PATENT.__dict__, "fee_due_on": date(2026, 11, 19)})
        assert self.failed(patents=[old]) == ["42"]
        assert self.failed(patents=[unpaid]) == ["85–88"]

    @pytest.mark.parametrize("beside", ["exclusive_license", "sole_license"])
    def test_want_no_exclusive_license_beside(self, beside):
        assert self.failed(cooperation=["open_license", beside]) == ["51"]

    @pytest.mark.parametrize("gap", ["fee", "payment", "until"])
    def test_want_a_whole_statement_in_its_term(self, gap):
        assert self.failed(statement=STATEMENT | {gap: " "}) == ["50"]

    def test_want_a_term_that_runs(self):
        assert self.failed(statement=STATEMENT | {"until": "2026-11-19"}) == ["50"]

    def test_leave_to_the_owner_what_only_the_owner_knows(self):
        design = Patent(**{**PATENT.__dict__, "kind": IpRightKind.DESIGN})
        found = list(
            rules.checks(cooperation=[], patents=[design], statement=STATEMENT, today=TODAY)
        )
        assert sum(check.holds is None for check in found) == 2


class TestTermsOf:
    def made(self, fee, years=3):
        return rules.terms_of(
            subject="除锈装置",
            statement=STATEMENT,
            conditions="",
            fee=fee,
            years=years,
            starts_on=date(2028, 2, 29),
        )

    @pytest.mark.parametrize("fee", [Fee(0, False), Fee(100, False), Fee(100, True)])
    def test_are_sound_terms(self, fee):
        assert faults(self.made(fee)) == []

    def test_charge_every_year_on_its_day(self):
        terms = self.made(Fee(100, True))
        assert [row.due_on for row in terms.milestones] == [
            date(2028, 2, 29),
            date(2029, 2, 28),
            date(2030, 2, 28),
        ]
        assert terms.fixed_total_minor == 300

    def test_charge_once(self):
        assert self.made(Fee(100, False)).upfront_fee_minor == 100

    def test_may_be_for_a_foreign_party(self):
        assert rules.for_foreign_party(self.made(Fee(100, False))).foreign_licensee
