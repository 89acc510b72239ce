"""Lists of codes as the choices of a field, in the language of the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask_babel import gettext

from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.messages import N_
from marketplace.web.forms import SelectChoice
from marketplace.web.languages import current_language

if TYPE_CHECKING:
    from marketplace.codes.code import CodeList


def _grouped(codes: CodeList, rest: str) -> list[SelectChoice]:
    """Give living codes under their parents' names; those without children under ``rest``."""
    language = current_language()
    alone: list[SelectChoice] = []
    grouped: list[SelectChoice] = []
    for code in codes:
        if code.retired or code.parent is not None:
            continue
        below = [child for child in codes.children(code.code) if not child.retired]
        group = code.name(language) if below else gettext(rest)
        (grouped if below else alone).extend(
            SelectChoice(one.code, f"{one.code} {one.name(language)}", optgroup=group)
            for one in (code, *below)
        )
    return [SelectChoice("", "–"), *alone, *grouped]


def industry_choices() -> list[SelectChoice]:
    """Give Wuhan's clusters first, then the national classification."""
    return _grouped(INDUSTRIES, N_("Industry clusters of Wuhan"))


def field_choices() -> list[SelectChoice]:
    """Give the disciplines under their categories."""
    return _grouped(FIELDS, N_("Other"))
