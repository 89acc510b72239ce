"""Terms survive being kept, hash alike exactly when equal, and are judged field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.errors import RuleBroken
from marketplace.terms.kinds import (
    ContractKind,
    LicenseKind,
    Ownership,
    RoyaltyBase,
    RoyaltyCount,
    RoyaltyForm,
    RoyaltyPeriod,
    Sublicensing,
    TaxBearer,
)
from marketplace.terms.rules import difference, validation
from marketplace.terms.value import (
    NAMES,
    Milestone,
    RoyaltyStep,
    Terms,
    fitted,
    from_json,
    to_json,
)

LICENSE = Terms(
    contract_kind=ContractKind.LICENSE,
    license_kind=LicenseKind.EXCLUSIVE,
    subject="发明专利 ZL202010123456.7 激光清洗",
    fields_of_use="轨道交通",
    territory="湖北省",
    starts_on=date(2027, 1, 1),
    term_months=60,
    sublicensing=Sublicensing.NO,
    upfront_fee_minor=20_000_000,
    entry_fee_minor=5_000_000,
    milestones=(
        Milestone(
            name="样机",
            criterion="连续运行 300 小时",
            amount_minor=10_000_000,
            due_on=date(2027, 6, 30),
        ),
    ),
    royalty_base=RoyaltyBase.SALES,
    royalty_form=RoyaltyForm.RISING,
    royalty_steps=(
        RoyaltyStep(from_minor=0, rate_bp=300),
        RoyaltyStep(from_minor=1_000_000_000, rate_bp=500),
    ),
    royalty_count=RoyaltyCount.YEARLY,
    royalty_period=RoyaltyPeriod.HALF_YEAR,
    minimum_annual_royalty_minor=1_000_000,
    improvements=Ownership.MAKER,
    inspects_books=True,
    know_how="工艺参数",
    confidentiality_years=5,
    liability="按民法典",
    tax_borne_by=TaxBearer.BY_LAW,
)
SERVICE = Terms(
    contract_kind=ContractKind.SERVICE, subject="焊缝检测服务", upfront_fee_minor=3_000_000
)

texts = st.text(max_size=12)
amounts = st.integers(0, 10**14)


def _maybe(strategy):
    return st.none() | strategy


any_terms = st.builds(
    Terms,
    contract_kind=st.sampled_from(ContractKind),
    subject=texts,
    license_kind=_maybe(st.sampled_from(LicenseKind)),
    fields_of_use=texts,
    territory=texts,
    starts_on=_maybe(st.dates()),
    term_months=_maybe(st.integers(-5, 700)),
    sublicensing=_maybe(st.sampled_from(Sublicensing)),
    currency=st.sampled_from(("CNY", "USD")),
    free_of_charge=st.booleans(),
    upfront_fee_minor=amounts,
    entry_fee_minor=amounts,
    milestones=st.lists(
        st.builds(
            Milestone, name=texts, criterion=texts, amount_minor=amounts, due_on=_maybe(st.dates())
        ),
        max_size=3,
    ).map(tuple),
    royalty_base=_maybe(st.sampled_from(RoyaltyBase)),
    royalty_form=_maybe(st.sampled_from(RoyaltyForm)),
    royalty_steps=st.lists(
        st.builds(RoyaltyStep, from_minor=amounts, rate_bp=st.integers(0, 12_000)), max_size=3
    ).map(tuple),
    royalty_count=_maybe(st.sampled_from(RoyaltyCount)),
    royalty_period=_maybe(st.sampled_from(RoyaltyPeriod)),
    minimum_annual_royalty_minor=_maybe(amounts),
    equity_bp=_maybe(st.integers(0, 12_000)),
    valuation_minor=_maybe(amounts),
    improvements=_maybe(st.sampled_from(Ownership)),
    new_results=_maybe(st.sampled_from(Ownership)),
    inspects_books=_maybe(st.booleans()),
    know_how=texts,
    confidentiality_years=_maybe(st.integers(-2, 60)),
    liability=texts,
    tax_borne_by=_maybe(st.sampled_from(TaxBearer)),
    foreign_licensee=st.booleans(),
    other=texts,
)


def fields_at_fault(terms: Terms) -> set[str]:
    return {fault.field for fault in validation.faults(terms)}


class TestJson:
    @given(any_terms)
    def test_gives_back_the_same_terms_and_hash(self, terms):
        read = from_json(to_json(terms))
        assert read == terms
        assert read.sha256 == terms.sha256

    @given(any_terms, any_terms)
    def test_hashes_differ_when_terms_do(self, one, other):
        assert (one.sha256 == other.sha256) == (one == other)

    def test_gives_defaults_for_fields_added_later(self):
        kept = to_json(LICENSE)
        del kept["training"]
        assert from_json(kept) == LICENSE

    def test_refuses_a_value_of_no_list(self):
        with pytest.raises(ValueError, match="barter"):
            from_json(to_json(SERVICE) | {"contract_kind": "barter"})


class TestFixedTotal:
    def test_sums_all_that_is_owed_whatever_happens(self):
        assert LICENSE.fixed_total_minor == 35_000_000


class TestFaults:
    @pytest.mark.parametrize("terms", [LICENSE, SERVICE])
    def test_finds_none_in_sound_terms(self, terms):
        assert validation.faults(terms) == []
        validation.require_sound(terms)

    @pytest.mark.parametrize(
        ("field", "changes"),
        [
            ("subject", {"subject": "  "}),
            ("liability", {"liability": "长" * 5001}),
            ("territory", {"territory": "湖北\x00"}),
            ("sublicensing", {"license_kind": LicenseKind.OPEN, "sublicensing": Sublicensing.YES}),
            ("royalty_base", {"license_kind": LicenseKind.OPEN}),
            ("term_months", {"term_months": 0}),
            ("term_months", {"term_months": 601}),
            ("confidentiality_years", {"confidentiality_years": -1}),
            ("confidentiality_years", {"confidentiality_years": 51}),
            ("currency", {"currency": "ZZZ"}),
            ("upfront_fee_minor", {"upfront_fee_minor": -1}),
            ("valuation_minor", {"equity_bp": 100, "valuation_minor": 10**15 + 1}),
            ("free_of_charge", {"free_of_charge": True}),
            ("milestones", {"milestones": (Milestone(name="", criterion="x", amount_minor=1),)}),
            ("milestones", {"milestones": (Milestone(name="x", criterion="", amount_minor=1),)}),
            ("milestones", {"milestones": (Milestone(name="x", criterion="x", amount_minor=0),)}),
            (
                "milestones",
                {
                    "milestones": (
                        Milestone(
                            name="x", criterion="x", amount_minor=1, due_on=date(2026, 12, 31)
                        ),
                    )
                },
            ),
            (
                "milestones",
                {
                    "milestones": (
                        Milestone(name="x", criterion="x", amount_minor=1, due_on=date(2027, 9, 1)),
                        Milestone(name="y", criterion="y", amount_minor=1),
                        Milestone(name="z", criterion="z", amount_minor=1, due_on=date(2027, 8, 1)),
                    )
                },
            ),
            (
                "milestones",
                {"milestones": (Milestone(name="x", criterion="x", amount_minor=1),) * 41},
            ),
            ("royalty_form", {"royalty_form": None}),
            ("royalty_count", {"royalty_count": None}),
            ("royalty_period", {"royalty_period": None}),
            ("royalty_steps", {"royalty_steps": ()}),
            (
                "royalty_steps",
                {
                    "royalty_steps": (
                        RoyaltyStep(from_minor=0, rate_bp=1),
                        RoyaltyStep(from_minor=10**15 + 1, rate_bp=2),
                    )
                },
            ),
            ("royalty_base", {"royalty_base": None}),
            ("entry_fee_minor", {"royalty_base": None}),
            ("minimum_annual_royalty_minor", {"royalty_base": None}),
            ("valuation_minor", {"equity_bp": 1000}),
            ("equity_bp", {"valuation_minor": 1000}),
            ("equity_bp", {"equity_bp": 0, "valuation_minor": 1000}),
            ("valuation_minor", {"equity_bp": 1, "valuation_minor": 0}),
            ("license_kind", {"contract_kind": ContractKind.TRANSFER}),
            ("sublicensing", {"contract_kind": ContractKind.TRANSFER}),
            ("royalty_base", {"contract_kind": ContractKind.SERVICE}),
            (
                "equity_bp",
                {
                    "contract_kind": ContractKind.CONSULTING,
                    "equity_bp": 10,
                    "valuation_minor": 10,
                },
            ),
        ],
    )
    def test_names_the_field(self, field, changes):
        assert field in fields_at_fault(replace(LICENSE, **changes))

    def test_wants_a_payment_or_the_mark_of_none(self):
        unpaid = replace(SERVICE, upfront_fee_minor=0)
        assert fields_at_fault(unpaid) == {"upfront_fee_minor"}
        assert fields_at_fault(replace(unpaid, free_of_charge=True)) == set()

    def test_raises_at_the_first_fault(self):
        with pytest.raises(RuleBroken) as caught:
            validation.require_sound(replace(LICENSE, subject=""))
        assert caught.value.field == "subject"


class TestFitted:
    def test_keeps_a_license_as_it_is(self):
        assert fitted(LICENSE) == LICENSE

    @given(any_terms, st.sampled_from(ContractKind))
    def test_leaves_nothing_that_the_kind_has_no_place_for(self, terms, kind):
        fit = fitted(replace(terms, contract_kind=kind))
        misfits = {"license_kind", "royalty_base"} | (
            {"equity_bp"} if kind in (ContractKind.SERVICE, ContractKind.CONSULTING) else set()
        )
        if fit.license_kind is not LicenseKind.OPEN and fit.equity_bp is None:
            assert not fields_at_fault(fit) & (misfits - {"equity_bp"})
        assert fitted(fit) == fit


class TestCompare:
    @given(any_terms, any_terms)
    def test_marks_exactly_the_fields_that_differ(self, one, other):
        lines = difference.compare(one, other)
        marked = {line.name for line in lines if line.is_changed}
        assert marked == set(difference.changed(one, other))
        assert replace(one, **{name: getattr(other, name) for name in marked}) == other

    @given(any_terms)
    def test_marks_nothing_between_equal_terms(self, terms):
        assert not any(line.is_changed for line in difference.compare(terms, terms))

    def test_shows_a_row_for_every_milestone_of_either_side(self):
        more = replace(LICENSE, milestones=(*LICENSE.milestones, Milestone(name="量产")))
        rows = [line for line in difference.compare(LICENSE, more) if line.name == "milestones"]
        assert [(row.row, row.is_changed) for row in rows] == [(1, False), (2, True)]
        assert rows[1].before is None

    def test_shows_everything_of_a_first_offer(self):
        lines = difference.compare(None, SERVICE)
        assert {line.name for line in lines} >= set(NAMES) - {"milestones", "royalty_steps"}
        assert next(line for line in lines if line.name == "subject").before is None
