"""Which notes of the law stand beside which field."""

from __future__ import annotations

import pytest

from marketplace.terms.kinds import ContractKind, LicenseKind, Ownership, RoyaltyBase, Sublicensing
from marketplace.terms.rules.articles import Source, Weight
from marketplace.terms.rules.law import Context, by_field, notes
from marketplace.terms.value import Terms

K = ContractKind
FULL = Context(has_patent=True, is_open_license=True, is_public_licensor=True)


def cited(terms, context=FULL):
    return {(note.field, note.source, note.articles) for note in notes(terms, context)}


class TestNotes:
    @pytest.mark.parametrize(
        ("changes", "note"),
        [
            ({}, ("license_kind", Source.COURT, "25")),
            ({}, ("term_months", Source.COURT, "28")),
            ({}, ("sublicensing", Source.CIVIL_CODE, "867")),
            ({}, ("fields_of_use", Source.CIVIL_CODE, "864")),
            ({}, ("improvements", Source.CIVIL_CODE, "875")),
            ({}, ("liability", Source.CIVIL_CODE, "870, 874")),
            ({}, ("know_how", Source.CIVIL_CODE, "866, 868")),
            ({}, ("confidentiality_years", Source.CIVIL_CODE, "868, 869, 871")),
            (
                {"license_kind": LicenseKind.EXCLUSIVE},
                ("license_kind", Source.PATENT_LAW, "51"),
            ),
            ({"license_kind": LicenseKind.SOLE}, ("license_kind", Source.COURT, "27")),
            ({"sublicensing": Sublicensing.YES}, ("sublicensing", Source.COURT, "25")),
            (
                {"improvements": Ownership.LICENSOR},
                ("improvements", Source.CIVIL_CODE, "850"),
            ),
            (
                {"royalty_base": RoyaltyBase.SALES},
                ("inspects_books", Source.CIVIL_CODE, "846"),
            ),
            ({"equity_bp": 100}, ("equity_bp", Source.CONVERSION_LAW, "45")),
            ({"foreign_licensee": True}, ("foreign_licensee", Source.EXPORT_RULES, "30–38")),
            ({"contract_kind": K.TRANSFER}, ("contract_kind", Source.CIVIL_CODE, "847")),
            ({"contract_kind": K.TRANSFER}, ("contract_kind", Source.PATENT_LAW, "10")),
            ({"contract_kind": K.DEVELOPMENT}, ("new_results", Source.CIVIL_CODE, "859, 860")),
            ({"contract_kind": K.DEVELOPMENT}, ("liability", Source.CIVIL_CODE, "858")),
            ({"contract_kind": K.CONSULTING}, ("liability", Source.CIVIL_CODE, "881")),
            ({"contract_kind": K.CONSULTING}, ("new_results", Source.CIVIL_CODE, "885")),
            ({"contract_kind": K.SERVICE}, ("payment_note", Source.CIVIL_CODE, "886")),
        ],
    )
    def test_fill_the_gap_where_it_is(self, changes, note):
        terms = Terms(**{"contract_kind": K.LICENSE} | changes)
        assert note in cited(terms)

    def test_fall_silent_where_terms_speak(self):
        said = Terms(
            contract_kind=K.LICENSE,
            license_kind=LicenseKind.NON_EXCLUSIVE,
            fields_of_use="轨道",
            term_months=12,
            sublicensing=Sublicensing.NO,
            improvements=Ownership.MAKER,
            royalty_base=RoyaltyBase.SALES,
            inspects_books=True,
            know_how="参数",
            confidentiality_years=3,
            liability="依法",
        )
        assert {note.weight for note in notes(said, FULL)} == {Weight.FACT}

    def test_know_nothing_of_patents_without_one(self):
        fields = {note.source for note in notes(Terms(contract_kind=K.LICENSE))}
        assert Source.PATENT_RULES not in fields
        transfer = Terms(contract_kind=K.TRANSFER)
        assert ("contract_kind", Source.PATENT_LAW, "10") not in cited(transfer, Context())

    def test_are_grouped_by_field(self):
        found = notes(Terms(contract_kind=K.LICENSE), FULL)
        grouped = by_field(found)
        assert sum(len(rows) for rows in grouped.values()) == len(found)
        assert all(note.field == name for name, rows in grouped.items() for note in rows)
