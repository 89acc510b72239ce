"""The life of a facility, and what its text must hold before anybody is shown it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from marketplace.core.lifecycle import Lifecycle
from marketplace.core.messages import N_
from marketplace.drafting.outline import needed, require_complete
from marketplace.drafting.rules import ReviewPath
from marketplace.facilities.models import FacilityKind, FacilityStatus, FilingLevel

if TYPE_CHECKING:
    from datetime import date

    from marketplace.drafting.outline import Content, Remark

_S = FacilityStatus

#: Which step leads where. Changes to a published text wait beside it and have no state.
LIFECYCLE: Lifecycle[FacilityStatus] = Lifecycle(
    {
        "send": ({_S.DRAFT, _S.RETURNED}, _S.UNDER_REVIEW),
        "recall": ({_S.UNDER_REVIEW}, _S.DRAFT),
        "return": ({_S.UNDER_REVIEW}, _S.RETURNED),
        "publish": ({_S.UNDER_REVIEW}, _S.PUBLISHED),
        "suspend": ({_S.PUBLISHED}, _S.SUSPENDED),
        "restore": ({_S.SUSPENDED}, _S.PUBLISHED),
        "withdraw": (
            {_S.DRAFT, _S.RETURNED, _S.UNDER_REVIEW, _S.PUBLISHED, _S.SUSPENDED},
            _S.WITHDRAWN,
        ),
        "reopen": ({_S.WITHDRAWN}, _S.DRAFT),
    }
)

#: States in which the columns hold a reviewed text, so that edits wait beside it.
REVIEWED = frozenset({_S.PUBLISHED, _S.SUSPENDED})
REVIEW = ReviewPath(LIFECYCLE, _S.UNDER_REVIEW, REVIEWED)
#: Kinds that the city keeps on file and counts (plan to 2027).
FILED_KINDS = frozenset({FacilityKind.CONCEPT_CENTER, FacilityKind.PILOT_PLATFORM})

NAME_LENGTH = 120


_MISSING = {
    "name": N_("Give the facility's name."),
    "summary": N_("Say in one sentence what it does for whom."),
    "district_code": N_("Choose the district that it stands in."),
    "address": N_("Give the address, so that users and samples find it."),
    "contact_name": N_("Name a person whom users can ask."),
    "industry_codes": N_("Choose at least one industry."),
    "hours": N_("Give the opening hours of at least one day of the week."),
    "instruments": N_("Name at least one instrument, line or room."),
}


def missing(content: Content, *, today: date, known_number: str = "") -> list[Remark]:
    """Give what must be mended before the text may be sent or published.

    ``known_number`` is the filing number that was reviewed or filed here already: it needs no
    proof again.
    """
    kind = FacilityKind(content["kind"])
    names = list(_MISSING)
    if kind is FacilityKind.OFFICE:
        names.remove("industry_codes")
    found = [needed(name, _MISSING[name]) for name in names if not content[name]]
    if kind is not FacilityKind.OFFICE:
        if content["trl_from"] is None or content["trl_to"] is None:
            found.append(
                needed("trl_from", N_("Say between which readiness levels it helps (1 to 9)."))
            )
        if not content["capabilities"]:
            found.append(
                needed("capabilities", N_("Say in at least one row what goes in and comes out."))
            )
    if kind is FacilityKind.PILOT_PLATFORM and not content["services"]:
        found.append(needed("services", N_("Choose at least one of the eight pilot services.")))
    if kind is FacilityKind.CONCEPT_CENTER and not content["verifications"]:
        found.append(
            needed("verifications", N_("Choose at least one of the four kinds of verification."))
        )
    if not (content["contact_phone"] or content["contact_email"]):
        found.append(needed("contact_phone", N_("Give a phone number or an e-mail address.")))
    return found + _filing(content, today, known_number)


def _filing(content: Content, today: date, known_number: str) -> list[Remark]:
    level = content["filing_level"]
    if level is None:
        return []
    if content["filing_number"]:
        return [] if content["filing_number"] == known_number else _filed(content, today)
    if level != FilingLevel.CITY:
        return [
            needed(
                "filing_number",
                N_("Give the number of the filing; only the city's filing is applied for here."),
            )
        ]
    if FacilityKind(content["kind"]) not in FILED_KINDS:
        return [
            needed(
                "filing_level",
                N_("The city keeps proof-of-concept centres and pilot platforms on file alone."),
            )
        ]
    return []


def _filed(content: Content, today: date) -> list[Remark]:
    """Judge a filing that is claimed: its day must be past, and a file must prove it."""
    if content["filed_on"] > today.isoformat():
        return [needed("filed_on", N_("The day of the filing lies in the future."))]
    if content["filing_proof_id"] is None:
        return [needed("filing_proof_id", N_("Attach the notice or list that proves the filing."))]
    return []


def require_publishable(content: Content, *, today: date, known_number: str = "") -> None:
    """Raise RuleBroken when the text lacks what every reader may expect."""
    require_complete(missing(content, today=today, known_number=known_number))


def is_application(level: str | None, number: str) -> bool:
    """Whether the text applies for the city's file: its level without a number."""
    return level == FilingLevel.CITY and not number


def steps_served(trl_from: int | None, trl_to: int | None) -> tuple[int, ...]:
    """Give the readiness levels that a user can reach with the facility's help."""
    if trl_from is None or trl_to is None:
        return ()
    # Who comes with level 4 and leaves with 6 has reached 5 and 6; a facility that tests within
    # one level serves that level.
    return tuple(range(trl_from + 1, trl_to + 1)) or (trl_to,)
