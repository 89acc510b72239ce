"""Rows of a table as records of the marketplace, with every fault named by its column."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marketplace.codes.fields import FIELDS as DISCIPLINES
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.messages import N_
from marketplace.exchange import places, values, words
from marketplace.exchange.fields import ImportKind
from marketplace.exchange.reading.rows import text_of
from marketplace.exchange.values import BadValue
from marketplace.listings.services.records import ListingRecord, RightRecord
from marketplace.needs.content import Parameter
from marketplace.needs.models import Confidentiality, NeedKind
from marketplace.needs.services.bulk import NeedRecord
from marketplace.progress.tracking import kept_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from marketplace.core.errors import RuleBroken
    from marketplace.exchange.reading.rows import Row
    from marketplace.facilities.services.bulk import FacilityRecord

    Record = ListingRecord | NeedRecord | FacilityRecord

#: A title made from a text ends here (characters).
TITLE_FROM_TEXT = 60
#: What a cell is shown as in a message is cut here (characters).
SHOWN = 120


@dataclass(frozen=True)
class Fault:
    """What is wrong with a row: message id and values, column, what stands there, what should."""

    message: str
    column: str = ""
    found: str = ""
    expected: str = ""
    values: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Give the fault as it is kept."""
        return vars(self)


class BadRow(Exception):
    """A row that makes no record, with all its faults."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


class Converter:
    """Makes records of rows by a mapping of columns to fields; remembers numbers seen."""

    def __init__(self, kind: ImportKind, mapping: Mapping[str, str]) -> None:
        self.kind = kind
        self.mapping = dict(mapping)
        self._columns = {key: column for column, key in self.mapping.items()}
        self._seen: dict[str, int] = {}
        self._read = _READERS.get(kind, _LISTING)

    def record(self, row: Row) -> Record:
        """Give the row's record; raise BadRow with every fault found."""
        if row.fault:
            raise BadRow([Fault(row.fault)])
        said: dict[str, Any] = {}
        faults: list[Fault] = []
        for column, cell in row.cells.items():
            key = self.mapping.get(column)
            if key is None or cell in ("", None):
                continue
            try:
                said[key] = self._read[key](cell)
            except BadValue as error:
                shown = text_of(cell)[:SHOWN]
                faults.append(Fault(error.message, column, shown, error.expected, {"found": shown}))
        said = {key: value for key, value in said.items() if value not in (None, (), "", [])}
        number = self._number(said, row, faults)
        if faults:
            raise BadRow(faults)
        if self.kind is ImportKind.FACILITIES:
            return places.record_of(said, number)
        return (
            self._need(said, number)
            if self.kind is ImportKind.NEEDS
            else self._listing(said, number)
        )

    def remember(self, row: Row) -> None:
        """Take note of the number of a row that was written before a restart."""
        try:
            self.record(row)
        except BadRow:
            return

    def fault_of(self, error: RuleBroken, row: Row) -> Fault:
        """Give the fault of a record that the marketplace's rules refuse."""
        named = error.field or ""
        known = places.FIELDS_OF_PARTS if self.kind is ImportKind.FACILITIES else _FIELDS_OF_RULES
        column = self._columns.get(known.get(named, named), "")
        found = text_of(row.cells.get(column))[:SHOWN]
        return Fault(error.message, column, found, "", kept_values(error.values))

    def _number(self, said: dict[str, Any], row: Row, faults: list[Fault]) -> str:
        """Give the number by which the record is known again; a number may stand only once."""
        number = said.get("external_id") or _made_number(said)
        column = self._columns.get("external_id", "")
        if number in self._seen and "reference" in said and "external_id" not in said:
            # Several needs may refer to one thing: the order of the file tells them apart.
            base, count = number, 2
            while number in self._seen:
                number, count = f"{base}-{count}", count + 1
        if not number:
            faults.append(Fault(N_("The row has neither a number nor a title."), column))
        elif number in self._seen:
            faults.append(
                Fault(
                    N_("The number “%(found)s” stands in row %(row)s already: give each its own."),
                    column,
                    number[:SHOWN],
                    "",
                    {"found": number[:SHOWN], "row": self._seen[number]},
                )
            )
        else:
            self._seen[number] = row.number
        return number

    def _listing(self, said: dict[str, Any], number: str) -> ListingRecord:
        language = said.pop("language", None) or _language(said, "abstract", "summary")
        low, high = said.pop("price", None), said.pop("price_max", None)
        rights = _rights(said, self.kind)
        return ListingRecord(
            external_id=number,
            title=said.pop("title", ""),
            kind="patent" if self.kind is ImportKind.PATENTS else "result",
            language=language,
            industry_codes=said.pop("industry", ()),
            field_codes=said.pop("field", ()),
            price_mode="negotiable" if low is None else "fixed" if high is None else "range",
            price_minor=low,
            price_max_minor=None if low is None else high,
            rights=rights,
            **{key: value for key, value in said.items() if key in _PLAIN_LISTING},
        )

    def _need(self, said: dict[str, Any], number: str) -> NeedRecord:
        problem = said.get("problem", "")
        language = said.pop("language", None) or _language(said, "problem")
        kind, secret = said.pop("kind", None), said.pop("confidentiality", None)
        return NeedRecord(
            external_id=number,
            title=said.pop("title", "") or short_title(problem),
            kind=NeedKind(kind) if kind else None,
            language=language,
            confidentiality=Confidentiality(secret) if secret else None,
            budget_min_minor=said.pop("budget_min", None),
            budget_max_minor=said.pop("budget_max", None),
            deadline_on=said.pop("deadline", None),
            industry_codes=said.pop("industry", None),
            field_codes=said.pop("field", None),
            **{key: value for key, value in said.items() if key in _PLAIN_NEED},
        )


def short_title(text: str) -> str:
    """Make a title of a text's beginning, ending at a sentence or a word."""
    text = " ".join(text.split())
    if len(text) <= TITLE_FROM_TEXT:
        return text.rstrip("。.；;")
    cut = text[:TITLE_FROM_TEXT]
    ends = [cut.rfind(sign) for sign in "。；！？"]
    if max(ends) >= TITLE_FROM_TEXT // 3:
        return cut[: max(ends)]
    if text[TITLE_FROM_TEXT - 1 : TITLE_FROM_TEXT + 1].isascii() and " " in cut:
        cut = cut[: cut.rfind(" ")]
    return cut.rstrip("，,、；; ") + "…"


def _made_number(said: Mapping[str, Any]) -> str:
    """Make a number of what stays the same: a right's number, a reference, else the title."""
    if said.get("right_number"):
        return "|".join(said["right_number"])[:100]
    if said.get("reference"):
        return f"{said['reference'][:90]}-{said.get('language') or _language(said, 'problem')}"
    text = said.get("title") or said.get("problem") or ""
    return "t-" + hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def _language(said: Mapping[str, Any], *keys: str) -> str:
    """Tell the language of the texts: Chinese when any Chinese character stands in them."""
    text = "".join(str(said.get(key, "")) for key in ("title", *keys))
    chinese = any("\u3400" <= sign <= "\u9fff" for sign in text)
    return "zh" if chinese or not text else "en"


def _rights(said: dict[str, Any], kind: ImportKind) -> tuple[RightRecord, ...]:
    numbers = said.pop("right_number", ())
    named = said.pop("right_kind", None)
    facts = {
        "applicant": said.pop("right_applicant", ""),
        "filed_on": said.pop("right_filed_on", None),
        "granted_on": said.pop("right_granted_on", None),
        "expires_on": said.pop("right_expires_on", None),
        "legal_status": said.pop("right_status", None),
        "renewal_due_on": said.pop("right_renewal", None),
    }
    if not numbers:
        if named is None and kind is not ImportKind.PATENTS:
            return ()
        numbers = ("",)
    return tuple(
        RightRecord(kind=named or _right_kind(number), number=number, **facts) for number in numbers
    )


def _right_kind(number: str) -> str:
    """Tell the kind by the digit behind the year of a Chinese patent's number (ZC 0006-2003)."""
    digits = "".join(sign for sign in number if sign.isdigit())
    place = 4 if len(digits) >= 12 else 2  # noqa: PLR2004 — lengths since and before October 2003
    kinds = {"2": "utility_model", "9": "utility_model", "3": "design"}
    return kinds.get(digits[place : place + 1], "invention_patent")


def _people(cell: Any) -> tuple[dict[str, str], ...]:  # noqa: ANN401 — whatever a cell holds
    """Give people with their units: 李明（机械学院）；王芳."""
    if isinstance(cell, list) and all(isinstance(entry, dict) for entry in cell):
        return tuple(
            {"name": values.plain(one.get("name", "")), "unit": values.plain(one.get("unit", ""))}
            for one in cell
            if one.get("name")
        )
    found = []
    for entry in values.texts(cell):
        name, _, unit = entry.replace("（", "(").partition("(")
        found.append({"name": name.strip(), "unit": unit.rstrip(")） ").strip()})
    return tuple(found)


def _figures(cell: Any) -> tuple[Parameter, ...]:  # noqa: ANN401 — whatever a cell holds
    """Give rows of name|unit|now|wanted, parted by semicolons or lines."""
    if isinstance(cell, list) and all(isinstance(entry, dict) for entry in cell):
        names = ("name", "unit", "now", "wanted")
        return tuple(
            Parameter(**{name: values.plain(one.get(name, "")) for name in names}) for one in cell
        )
    found = []
    for line in values.plain(cell).replace("；", ";").replace("\n", ";").split(";"):
        parts = [part.strip() for part in line.replace("｜", "|").split("|")]
        if line.strip():
            if len(parts) > 4:  # noqa: PLR2004 — name, unit, now, wanted
                raise BadValue(
                    N_("“%(found)s” is no row of figures: write name|unit|now|wanted."),
                    "漏检率|%|18|3",
                )
            found.append(Parameter(*parts))
    return tuple(found)


def _limits(low: int, high: int) -> Callable[[Any], int | None]:
    return lambda cell: values.number(cell, low, high)


def _of(known: Mapping[str, str]) -> Callable[[Any], str | None]:
    return lambda cell: values.choice(cell, known)


_BOTH: dict[str, Callable[[Any], Any]] = {
    "external_id": values.plain,
    "title": values.plain,
    "title_en": values.plain,
    "problem": values.plain,
    "problem_en": values.plain,
    "language": _of(words.LANGUAGES),
    "keywords": values.texts,
    "keywords_en": values.texts,
    "industry": lambda cell: values.codes(cell, INDUSTRIES),
    "field": lambda cell: values.codes(cell, DISCIPLINES),
    "cooperation": lambda cell: values.choices(cell, words.COOPERATION),
}
_LISTING: dict[str, Callable[[Any], Any]] = {
    **_BOTH,
    **dict.fromkeys(
        (
            "summary",
            "summary_en",
            "plain_summary",
            "gain",
            "gain_en",
            "abstract",
            "abstract_en",
            "next_step",
            "terms",
            "right_applicant",
        ),
        values.plain,
    ),
    "trl": _limits(1, 9),
    "inventors": _people,
    "year": values.year,
    "source_channel": _of(words.SOURCES),
    "price": values.amount,
    "price_max": values.amount,
    "export_control": _of(words.EXPORT_CONTROL),
    "right_number": values.texts,
    "right_kind": _of(words.RIGHT_KINDS),
    "right_filed_on": values.day,
    "right_granted_on": values.day,
    "right_expires_on": values.day,
    "right_renewal": values.day,
    "right_status": _of(words.LEGAL_STATUS),
}
_NEED: dict[str, Callable[[Any], Any]] = {
    **_BOTH,
    **dict.fromkeys(
        ("reference", "situation", "constraints", "acceptance", "ip_wishes"), values.plain
    ),
    "kind": _of(words.NEED_KINDS),
    "parameters": _figures,
    "budget_min": values.amount,
    "budget_max": values.amount,
    "deadline": values.day,
    "confidentiality": _of(words.CONFIDENTIALITY),
    "trl_min": _limits(1, 9),
}
_READERS = {ImportKind.NEEDS: _NEED, ImportKind.FACILITIES: places.READERS}
_PLAIN_LISTING = frozenset(ListingRecord.__dataclass_fields__) - {"external_id", "title"}
_PLAIN_NEED = frozenset(NeedRecord.__dataclass_fields__) - {"external_id", "title"}
#: Fields as the rules name them → fields as tables name them.
_FIELDS_OF_RULES = {
    "rights": "right_number",
    "industry_codes": "industry",
    "field_codes": "field",
    "price_minor": "price",
    "price_max_minor": "price_max",
    "budget_min_minor": "budget_min",
    "budget_max_minor": "budget_max",
    "deadline_on": "deadline",
}
