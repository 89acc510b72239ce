"""The register as a table for reviewers and officers."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from marketplace.codes.districts import DISTRICTS
from marketplace.codes.fields import FIELDS
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from marketplace.managers.models import ManagerProfile

#: Marks the file as UTF-8 for spreadsheets.
BOM = "\ufeff"
#: Cells that begin with one of these are run as formulas by spreadsheets.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
COLUMNS = (
    N_("Name"),
    N_("Name in English"),
    N_("Organization"),
    N_("Manager's level"),
    N_("State"),
    N_("Fields"),
    N_("Languages"),
    N_("Works in"),
    N_("Applied on"),
    N_("Licensed on"),
    N_("License runs until"),
)


def harmless(text: str) -> str:
    """Give a cell that no spreadsheet takes for a formula."""
    return "'" + text if text.startswith(_FORMULA_SIGNS) else text


def rows_of(
    profiles: Iterable[ManagerProfile], *, language: str, translate: Callable[[str], str]
) -> Iterator[str]:
    """Give the register as pieces of CSV, with a head in the reader's language."""
    yield BOM + _line([translate(column) for column in COLUMNS])
    for profile in profiles:
        yield _line(_cells(profile, language, translate))


def _cells(profile: ManagerProfile, language: str, translate: Callable[[str], str]) -> list[str]:
    return [
        profile.name,
        profile.name_en,
        profile.organization.name,
        translate(profile.level.label),
        translate(profile.status.label),
        "；".join(FIELDS.label(code, language) for code in profile.field_codes),
        "；".join(profile.languages),
        DISTRICTS.label(profile.district_code, language) if profile.district_code else "",
        f"{profile.applied_at:%Y-%m-%d}",
        f"{profile.licensed_at:%Y-%m-%d}" if profile.licensed_at else "",
        profile.expires_on.isoformat() if profile.expires_on else "",
    ]


def _line(cells: Iterable[str]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([harmless(cell) for cell in cells])
    return buffer.getvalue()
