"""Export control: what a foreign receiving side means for the contract.

Regulations on Technology Import and Export, articles 30–38: prohibited technology may not leave;
restricted technology needs a license before the contract takes effect; free technology is
registered, and the certificate is issued within three working days of the application.
"""

from __future__ import annotations

from dataclasses import dataclass

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.listings.models import ExportControl

#: Working days within which the registration of free technology is answered.
REGISTRATION_DAYS = 3


class ExportStanding(LabelledEnum):
    """What the export question comes to."""

    NOT_FOREIGN = "not_foreign", N_("No foreign party: no question of export")
    UNCHECKED = "unchecked", N_("The technology has not been looked up yet")
    BLOCKED = "blocked", N_("Export prohibited: no contract with a foreign party")
    LICENSE_MISSING = "license_missing", N_("Export restricted: the license is missing")
    LICENSED = "licensed", N_("Export restricted: licensed")
    TO_REGISTER = "to_register", N_("Free to export: register the contract")
    REGISTERED = "registered", N_("Free to export: registered")


@dataclass(frozen=True, kw_only=True)
class ExportPapers:
    """What was recorded of license and registration."""

    license_number: str = ""
    has_license_file: bool = False
    registration_number: str = ""


def standing(*, is_foreign: bool, control: ExportControl, papers: ExportPapers) -> ExportStanding:
    """Judge the question from the receiving side, the listing's mark and the papers."""
    if not is_foreign:
        return ExportStanding.NOT_FOREIGN
    if control is ExportControl.PROHIBITED:
        return ExportStanding.BLOCKED
    if control is ExportControl.UNCHECKED:
        return ExportStanding.UNCHECKED
    if control is ExportControl.RESTRICTED:
        licensed = bool(papers.license_number.strip()) and papers.has_license_file
        return ExportStanding.LICENSED if licensed else ExportStanding.LICENSE_MISSING
    if papers.registration_number.strip():
        return ExportStanding.REGISTERED
    return ExportStanding.TO_REGISTER


#: Why a standing keeps the parties from signing, and how to mend it.
OBSTACLES: dict[ExportStanding, str] = {
    ExportStanding.BLOCKED: N_(
        "The technology is prohibited for export: it can't be licensed to a foreign party."
    ),
    ExportStanding.UNCHECKED: N_(
        "Look the technology up in the export catalogue, and set its mark in the listing first."
    ),
    ExportStanding.LICENSE_MISSING: N_(
        "The technology is export restricted: record the license number and its file first."
    ),
}


def obstacle(found: ExportStanding) -> str | None:
    """Give the message id of what stands in the way of signing, or None."""
    return OBSTACLES.get(found)
