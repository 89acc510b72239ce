"""What facet values are called in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask_babel import gettext
from sqlalchemy import select

from marketplace.codes.districts import DISTRICTS
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.cooperation import CooperationForm
from marketplace.core.messages import N_
from marketplace.facilities.models import FacilityKind, FilingLevel
from marketplace.listings.models import ListingKind
from marketplace.managers.models import Language, ManagerLevel
from marketplace.needs.models import NeedKind
from marketplace.organizations.models import Organization
from search.documents import Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy.orm import Session

    from marketplace.core.enums import LabelledEnum

#: Headings of the facets, in the order of the page.
HEADINGS: dict[Kind, dict[str, str]] = {
    Kind.LISTING: {
        "record_kind": N_("Kind"),
        "trl": N_("Readiness level (TRL)"),
        "cooperation": N_("Form of license or cooperation"),
        "price_band": N_("Price"),
        "fields": N_("Field"),
        "industries": N_("Industry"),
        "organization_id": N_("Organization"),
        "district": N_("District"),
        "year": N_("Year"),
    },
    Kind.NEED: {
        "record_kind": N_("Kind"),
        "price_band": N_("Budget"),
        "trl": N_("Lowest readiness wanted (TRL)"),
        "cooperation": N_("Form of license or cooperation"),
        "fields": N_("Field"),
        "industries": N_("Industry"),
        "organization_id": N_("Organization"),
        "district": N_("District"),
        "year": N_("Year of publication"),
    },
    Kind.FACILITY: {
        "record_kind": N_("Kind"),
        "level": N_("On file at"),
        "steps": N_("Readiness levels it serves"),
        "price_band": N_("Price"),
        "fields": N_("Field"),
        "industries": N_("Industry"),
        "organization_id": N_("Operator"),
        "district": N_("District"),
    },
    Kind.MANAGER: {
        "level": N_("Level"),
        "languages": N_("Languages"),
        "fields": N_("Field"),
        "industries": N_("Industry"),
        "organization_id": N_("Organization"),
        "district": N_("District"),
    },
}

_BANDS = {
    "under_100k": N_("below CN¥100,000"),
    "under_500k": N_("CN¥100,000 to 500,000"),
    "under_1m": N_("CN¥500,000 to 1 million"),
    "under_5m": N_("CN¥1 to 5 million"),
    "from_5m": N_("CN¥5 million and more"),
    "negotiable": N_("Negotiable"),
}
#: Facets whose values have an order of their own; the others go by count.
FIXED_ORDER: dict[str, tuple[str, ...]] = {
    "trl": tuple("987654321"),
    "steps": tuple("123456789"),
    "price_band": tuple(_BANDS),
}


#: Enums that the values of a facet come from, whichever kind of record it is.
_ENUMS: dict[str, tuple[type[LabelledEnum], ...]] = {
    "record_kind": (ListingKind, NeedKind, FacilityKind),
    "cooperation": (CooperationForm,),
    "level": (FilingLevel, ManagerLevel),
    "languages": (Language,),
}


class Labels:
    """Names of values; organizations are read once for all that will be shown."""

    def __init__(self, session: Session, language: str, organizations: Iterable[str]) -> None:
        self.language = language
        self._organizations = names_of(session, organizations, language)

    def of(self, facet: str, value: str) -> str:
        """Give the name of a facet's value; an unknown one is shown as itself."""
        if facet == "organization_id":
            return self._organizations.get(value, value)
        if facet in ("trl", "steps"):
            return f"TRL {value}"
        for name, codes in (
            ("industries", INDUSTRIES),
            ("fields", FIELDS),
            ("district", DISTRICTS),
        ):
            if facet == name:
                return codes.label(value, self.language)
        if facet == "price_band":
            return str(gettext(_BANDS.get(value, value)))
        for enum in _ENUMS.get(facet, ()):
            if value in {member.value for member in enum}:
                return str(gettext(enum(value).label))
        return value

    def organization(self, identity: str, otherwise: str = "") -> str:
        """Give an organization's name in the reader's language."""
        return self._organizations.get(identity, otherwise)


def names_of(session: Session, ids: Iterable[str], language: str) -> Mapping[str, str]:
    """Give the names of organizations in a language, by id."""
    wanted = [UUID(identity) for identity in dict.fromkeys(ids) if identity]
    if not wanted:
        return {}
    rows = session.execute(
        select(Organization.id, Organization.name, Organization.name_en).where(
            Organization.id.in_(wanted)
        )
    )
    return {
        str(identity): name_en if language == "en" and name_en else name
        for identity, name, name_en in rows
    }
