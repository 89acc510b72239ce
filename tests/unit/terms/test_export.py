"""The export question over every mark and paper."""

from __future__ import annotations

import pytest

from marketplace.listings.models import ExportControl as C
from marketplace.terms.rules.export import ExportPapers, ExportStanding, obstacle, standing

S = ExportStanding
NONE = ExportPapers()
NUMBER = ExportPapers(license_number="鄂 1")
LICENSED = ExportPapers(license_number="鄂 1", has_license_file=True)
REGISTERED = ExportPapers(registration_number="4201")


@pytest.mark.parametrize(
    ("control", "papers", "found", "stops"),
    [
        (C.PROHIBITED, LICENSED, S.BLOCKED, True),
        (C.UNCHECKED, LICENSED, S.UNCHECKED, True),
        (C.RESTRICTED, NONE, S.LICENSE_MISSING, True),
        (C.RESTRICTED, NUMBER, S.LICENSE_MISSING, True),
        (C.RESTRICTED, ExportPapers(has_license_file=True), S.LICENSE_MISSING, True),
        (C.RESTRICTED, LICENSED, S.LICENSED, False),
        (C.FREE, NONE, S.TO_REGISTER, False),
        (C.FREE, REGISTERED, S.REGISTERED, False),
    ],
)
def test_a_foreign_party_meets_the_mark(control, papers, found, stops):
    result = standing(is_foreign=True, control=control, papers=papers)
    assert result is found
    assert bool(obstacle(result)) == stops


@pytest.mark.parametrize("control", list(C))
def test_a_domestic_party_meets_no_question(control):
    result = standing(is_foreign=False, control=control, papers=NONE)
    assert (result, obstacle(result)) == (S.NOT_FOREIGN, None)
