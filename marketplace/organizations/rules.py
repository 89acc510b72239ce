"""What makes an organization's record right, and the steps of its verification."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from stdnum.cn import uscc

from marketplace.codes.districts import DISTRICTS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.errors import RuleBroken
from marketplace.core.lifecycle import Lifecycle
from marketplace.core.messages import N_
from marketplace.organizations.models import OrganizationKind, OrganizationSize, OrganizationStatus

if TYPE_CHECKING:
    from marketplace.codes.code import CodeList

APPLIED, RETURNED, VERIFIED, SUSPENDED = (
    OrganizationStatus.APPLIED,
    OrganizationStatus.RETURNED,
    OrganizationStatus.VERIFIED,
    OrganizationStatus.SUSPENDED,
)

LIFE: Lifecycle[OrganizationStatus] = Lifecycle(
    {
        "verify": ({APPLIED}, VERIFIED),
        "return": ({APPLIED}, RETURNED),
        "apply_again": ({RETURNED}, APPLIED),
        "suspend": ({VERIFIED}, SUSPENDED),
        "restore": ({SUSPENDED}, VERIFIED),
    }
)

CODE_LENGTH = 18
_SIGNS = re.compile("[0-9]{8}[0-9A-HJ-NPQRTUWXY]{10}")

#: Once a reviewer has seen the proof of them, these facts change only by a new verification.
PROVEN = ("kind", "name", "credit_code", "state_owned")


@dataclass(frozen=True, kw_only=True)
class OrganizationDraft:
    """What an organization says of itself."""

    kind: OrganizationKind
    name: str
    credit_code: str
    name_en: str = ""
    industry_code: str | None = None
    district_code: str | None = None
    state_owned: bool = False
    size: OrganizationSize | None = None
    website: str = ""
    about: str = ""
    about_en: str = ""
    address: str = ""


def plain_credit_code(typed: str) -> str:
    """Fold width and case of a typed code and drop blanks and hyphens."""
    return re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed)).upper()


def require_credit_code(code: str) -> None:
    """Check a unified social credit code by GB 32100-2015: 18 signs, the last by modulus 31."""
    if len(code) != CODE_LENGTH:
        raise RuleBroken(
            N_("The code has 18 characters, this one has %(count)s."),
            field="credit_code",
            count=len(code),
        )
    if not _SIGNS.fullmatch(code):
        raise RuleBroken(
            N_("The code starts with 8 digits and has no I, O, S, V or Z after them."),
            field="credit_code",
        )
    if not uscc.is_valid(code):
        raise RuleBroken(
            N_("The last character does not fit the others. Compare with the license."),
            field="credit_code",
        )


def require_known(codes: CodeList, code: str | None, *, field: str) -> None:
    """Refuse a code that is not in the list or may no longer be chosen."""
    if code is None:
        return
    known = codes.get(code)
    if known is None or known.retired:
        raise RuleBroken(N_("Choose an entry of the list."), field=field)


def require_right(draft: OrganizationDraft) -> None:
    """Check everything about a draft that needs no database; raises RuleBroken with the field."""
    if not draft.name.strip():
        raise RuleBroken(N_("Give the name as it stands on the license."), field="name")
    require_credit_code(draft.credit_code)
    require_known(INDUSTRIES, draft.industry_code, field="industry_code")
    require_known(DISTRICTS, draft.district_code, field="district_code")
    if draft.website:
        parts = urlsplit(draft.website)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise RuleBroken(N_("Give the full address, starting with https://"), field="website")
