"""A facility's values as a page shows them: in one language, with what has expired marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from marketplace.facilities.models import Facility

#: Days before its end in which a certificate is said to end soon.
SOON_DAYS = 60


class Validity(LabelledEnum):
    """Whether a certificate holds."""

    VALID = "valid", N_("Valid")
    SOON = "soon", N_("Ends soon")
    EXPIRED = "expired", N_("Expired on its date")
    UNDATED = "undated", N_("No end given")


@dataclass(frozen=True)
class Certificate:
    """One certificate with its state on a day."""

    kind: str
    number: str
    scope: str
    expires_on: date | None
    validity: Validity


def certificates_of(rows: Iterable[Mapping[str, Any]], today: date) -> list[Certificate]:
    """Give the certificates with their state; the last day still counts."""
    return [
        Certificate(
            row["kind"],
            row.get("number") or "",
            row.get("scope") or "",
            expires,
            validity_of(expires, today),
        )
        for row in rows
        for expires in [date.fromisoformat(row["expires_on"]) if row.get("expires_on") else None]
    ]


def validity_of(expires_on: date | None, today: date) -> Validity:
    """Say whether a certificate holds on a day."""
    if expires_on is None:
        return Validity.UNDATED
    if expires_on < today:
        return Validity.EXPIRED
    return Validity.SOON if expires_on - today <= timedelta(days=SOON_DAYS) else Validity.VALID


def localized(facility: Facility, language: str) -> dict[str, str]:
    """Give name, summary, description and address in a language, Chinese as the last resort."""
    texts = {}
    for name in ("name", "summary", "about", "address"):
        english = str(getattr(facility, f"{name}_en")) if language == "en" else ""
        texts[name] = english or str(getattr(facility, name))
    return texts
