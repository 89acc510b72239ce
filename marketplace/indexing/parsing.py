"""A search page's address as a query, and a query as an address again.

The address holds everything: ``q``, the facets by name (repeated), ``sort`` and ``page``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl
from uuid import UUID

from marketplace.codes.districts import DISTRICTS
from marketplace.codes.fields import FIELDS
from marketplace.codes.industries import INDUSTRIES
from marketplace.core.cooperation import CooperationForm
from marketplace.core.messages import N_
from marketplace.listings.models import ListingKind
from marketplace.needs.models import NeedKind
from search.documents import Kind
from search.queries import FACETS_OF, NEGOTIABLE, PRICE_BANDS, Query, Sort

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

#: Signs of a query that are read; longer ones are cut and the page says so.
TEXT_LIMIT = 200
#: Ticked values of one facet that are kept.
CHOSEN_LIMIT = 30
PAGE_SIZE = 20
#: Engines give up on deeper pages; nobody reads them.
LAST_PAGE = 500

CUT = N_("Your search was longer than %(limit)s characters; only the beginning was used.")

_YEARS = range(1950, 2101)
_TRLS = frozenset("123456789")
_KNOWN: dict[tuple[Kind, str], frozenset[str]] = {
    (Kind.LISTING, "record_kind"): frozenset(member.value for member in ListingKind),
    (Kind.NEED, "record_kind"): frozenset(member.value for member in NeedKind),
}
_COOPERATION = frozenset(member.value for member in CooperationForm)
_BANDS = frozenset({*(name for name, _bound in PRICE_BANDS), NEGOTIABLE})


def know(kind: Kind, facet: str, values: Iterable[str]) -> None:
    """Let a domain above say which values a facet of its kind of record has."""
    _KNOWN[kind, facet] = frozenset(str(value) for value in values)


class Arguments(Protocol):
    """What a query string was read into; ``request.args`` is one."""

    def getlist(self, key: str) -> Sequence[str]:
        """Give every value of a key, in order."""


class QueryString:
    """The arguments of a query string where there is no request (jobs, commands)."""

    def __init__(self, text: str) -> None:
        self._pairs = parse_qsl(text.lstrip("?"), keep_blank_values=True, max_num_fields=400)

    def getlist(self, key: str) -> list[str]:
        """Give every value of a key, in order."""
        return [value for name, value in self._pairs if name == key]


@dataclass(frozen=True)
class Notice:
    """Something about the query that the reader is told: a message id and its values."""

    message: str
    values: dict[str, object]


@dataclass(frozen=True)
class Parsed:
    """A query and what had to be changed to make it one."""

    query: Query
    notices: tuple[Notice, ...] = ()


def parse(args: Arguments, kind: Kind) -> Parsed:
    """Read a query from the arguments; unknown values are dropped, long text is cut."""
    text = _clean(_first(args, "q"))
    notices: tuple[Notice, ...] = ()
    if len(text) > TEXT_LIMIT:
        text = text[:TEXT_LIMIT].rstrip()
        notices = (Notice(CUT, {"limit": TEXT_LIMIT}),)
    query = Query(
        kind=kind,
        text=text,
        chosen=_chosen(args, kind),
        sort=_sort(_first(args, "sort")),
        page=_page(_first(args, "page")),
        size=PAGE_SIZE,
    )
    return Parsed(query, notices)


def query_from_args(args: Arguments, kind: Kind) -> Query:
    """Read a query from the arguments, for those who show no notices."""
    return parse(args, kind).query


def args_of(query: Query) -> dict[str, list[str]]:
    """Give the arguments that ``parse`` reads as this query; what is usual is left out."""
    args: dict[str, list[str]] = {}
    if query.text:
        args["q"] = [query.text]
    names = FACETS_OF[query.kind]
    args |= {name: list(query.chosen[name]) for name in names if query.chosen.get(name)}
    if query.sort is not Sort.RELEVANCE:
        args["sort"] = [query.sort.value]
    if query.page > 1:
        args["page"] = [str(query.page)]
    return args


def without(query: Query, facet: str, value: str) -> Query:
    """Give the query with one ticked value taken away, back on its first page."""
    kept = {
        name: tuple(ticked for ticked in values if (name, ticked) != (facet, value))
        for name, values in query.chosen.items()
    }
    return replace(query, chosen={name: values for name, values in kept.items() if values}, page=1)


def _first(args: Arguments, key: str) -> str:
    values = args.getlist(key)
    return values[0] if values else ""


def _clean(text: str) -> str:
    """Take out signs that can't be seen and would split words; make blanks single."""
    seen = (" " if unicodedata.category(sign) in ("Cc", "Zl", "Zp") else sign for sign in text)
    return " ".join("".join(sign for sign in seen if _is_text(sign)).split())


def _is_text(sign: str) -> bool:
    # Lone surrogates and signs without a meaning can't be stored or sent to an engine.
    return unicodedata.category(sign) not in ("Cs", "Cn", "Co", "Cf")


def _chosen(args: Arguments, kind: Kind) -> dict[str, tuple[str, ...]]:
    chosen: dict[str, tuple[str, ...]] = {}
    for name in FACETS_OF[kind]:
        values = tuple(_known(name, kind, args.getlist(name)))[:CHOSEN_LIMIT]
        if values:
            chosen[name] = values
    return chosen


def _known(name: str, kind: Kind, values: Iterable[str]) -> Iterable[str]:
    lists: dict[str, Container[object]] = {
        "industries": INDUSTRIES,
        "fields": FIELDS,
        "trl": _TRLS,
        "steps": _TRLS,
        "cooperation": _COOPERATION,
        "district": DISTRICTS,
        "price_band": _BANDS,
    }
    for value in dict.fromkeys(values):
        if name == "organization_id":
            identity = _uuid(value)
            if identity:
                yield identity
        elif name == "year":
            if value.isascii() and value.isdigit() and int(value) in _YEARS:
                yield value
        elif value in lists.get(name, _KNOWN.get((kind, name), frozenset())):
            yield value


def _uuid(value: str) -> str | None:
    try:
        return str(UUID(value))
    except ValueError:
        return None


def _sort(value: str) -> Sort:
    try:
        return Sort(value)
    except ValueError:
        return Sort.RELEVANCE


def _page(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):  # noqa: PLR2004 — digits of any sane page
        return 1
    return min(max(int(value), 1), LAST_PAGE)
