"""Turns an answer into what the page shows: facets, chips and rows."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flask import url_for
from flask_babel import gettext

from marketplace.core.messages import N_
from marketplace.discovery.labels import FIXED_ORDER, HEADINGS, Labels
from marketplace.discovery.rows import Row, row_of
from marketplace.indexing.parsing import LAST_PAGE, args_of, without
from search.documents import Kind
from search.queries import Sort
from search.results import FacetValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from marketplace.discovery.asking import Answer
    from search.queries import Query

#: Values of a facet that are shown before "more".
SHORT = 8
#: Facets that are open before anything is ticked.
OPEN = frozenset({"record_kind", "trl", "cooperation", "price_band", "level", "steps", "languages"})

ENDPOINTS = {
    Kind.LISTING: "discovery.listings",
    Kind.NEED: "discovery.needs",
    Kind.FACILITY: "discovery.facilities",
    Kind.MANAGER: "discovery.managers",
}
#: What each kind of record is called: its tab, and the heading over its search.
NAMES = {
    Kind.LISTING: (N_("Technologies"), N_("Search technologies")),
    Kind.NEED: (N_("Needs"), N_("Search needs")),
    Kind.FACILITY: (N_("Centres and platforms"), N_("Search centres, platforms and laboratories")),
    Kind.MANAGER: (N_("Technology managers"), N_("Search technology managers")),
}
#: What the order by day is called.
_SOONEST = {
    Kind.LISTING: N_("Renewal soonest"),
    Kind.NEED: N_("Deadline soonest"),
    Kind.FACILITY: N_("Free soonest"),
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A value that can be ticked; without a count when the engine is away."""

    value: str
    label: str
    count: int | None
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class Facet:
    """A group of choices; ``rest`` stands behind "more"."""

    name: str
    heading: str
    choices: Sequence[Choice]
    rest: Sequence[Choice] = field(default_factory=tuple)

    @property
    def chosen(self) -> int:
        """How many are ticked."""
        return sum(choice.chosen for choice in (*self.choices, *self.rest))

    @property
    def is_open(self) -> bool:
        """Whether the group is unfolded."""
        return bool(self.chosen) or self.name in OPEN


@dataclass(frozen=True, kw_only=True)
class Link:
    """A chip, a dropped filter or an order: where it leads and what it says."""

    url: str
    label: str
    heading: str = ""
    count: int | None = None
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class Shown:
    """Everything a search page needs beside its frame."""

    kind: Kind
    query: Query
    total: int
    number: int
    last: int
    facets: Sequence[Facet]
    chips: Sequence[Link]
    sorts: Sequence[Link]
    drops: Sequence[Link]
    rows: Sequence[Row]
    clear_url: str
    reset_url: str
    did_you_mean: Link | None
    notices: Sequence[str]
    engine_down: bool
    #: The other kinds of records, for the same words.
    scopes: Sequence[Link]
    title: str
    heading: str


def address(query: Query) -> str:
    """Give the address of a search page."""
    values: dict[str, Any] = {**args_of(query)}
    return url_for(ENDPOINTS[query.kind], **values)


def present(
    session: Session, answer: Answer, *, language: str, notices: Sequence[str] = ()
) -> Shown:
    """Give what the page shows of an answer."""
    query, results = answer.query, answer.results
    organizations = {hit.document.organization_id for hit in results.hits}
    organizations |= {value.value for value in results.facets.get("organization_id", ())}
    organizations |= set(query.chosen.get("organization_id", ()))
    labels = Labels(session, language, organizations)
    if results.notice:
        notices = [*notices, gettext(results.notice)]
    likelier = answer.did_you_mean
    return Shown(
        kind=query.kind,
        query=query,
        total=results.total,
        number=query.page,
        last=min(max(1, -(-results.total // query.size)), LAST_PAGE),
        facets=_facets(answer, labels),
        chips=chips_of(query, labels),
        sorts=_sorts(query),
        drops=_drops(answer, labels),
        rows=[row_of(hit, results.tokens, labels, searched=query.text) for hit in results.hits],
        clear_url=address(replace(query, chosen={}, page=1)),
        reset_url=url_for(ENDPOINTS[query.kind]),
        did_you_mean=Link(url=address(replace(query, text=likelier, page=1)), label=likelier)
        if likelier
        else None,
        notices=notices,
        engine_down=answer.engine_down,
        scopes=[
            Link(
                url=url_for(ENDPOINTS[kind], q=query.text or None),
                label=gettext(name),
                current=kind is query.kind,
            )
            for kind, (name, _heading) in NAMES.items()
        ],
        title=gettext(NAMES[query.kind][0]),
        heading=gettext(NAMES[query.kind][1]),
    )


def _facets(answer: Answer, labels: Labels) -> list[Facet]:
    counted = not answer.engine_down
    facets = []
    for name, heading in HEADINGS[answer.query.kind].items():
        values = list(_values(name, answer))
        if not values:
            continue
        choices = [
            Choice(
                value=value.value,
                label=labels.of(name, value.value),
                count=value.count if counted else None,
                chosen=value.chosen,
            )
            for value in values
        ]
        short = _short(choices)
        facets.append(
            Facet(
                name=name, heading=gettext(heading), choices=choices[:short], rest=choices[short:]
            )
        )
    return facets


def _short(choices: Sequence[Choice]) -> int:
    """Give how many choices stand before "more": never fewer than to the last ticked one."""
    ticked = max((at for at, choice in enumerate(choices, 1) if choice.chosen), default=0)
    # A "more" that hides two values costs more room than it saves.
    return len(choices) if len(choices) <= SHORT + 2 else max(SHORT, ticked)


def _values(name: str, answer: Answer) -> Sequence[FacetValue]:
    ticked = answer.query.chosen.get(name, ())
    found = {value.value: value for value in answer.results.facets.get(name, ()) if value.value}
    for value in ticked:
        present = found.get(value, FacetValue(value, 0))
        found[value] = replace(present, chosen=True)
    if name in FIXED_ORDER:
        return [found[value] for value in FIXED_ORDER[name] if value in found]
    if name == "year":
        return sorted(found.values(), key=lambda value: value.value, reverse=True)
    # A ticked value stays where it was: counts of one facet do not change with its own choices.
    return sorted(found.values(), key=lambda value: (-value.count, value.value))


def chips_of(query: Query, labels: Labels) -> list[Link]:
    """Give each ticked value with the address that is left without it."""
    headings = HEADINGS[query.kind]
    return [
        Link(
            url=address(without(query, name, value)),
            label=labels.of(name, value),
            heading=gettext(headings[name]),
        )
        for name in headings
        for value in query.chosen.get(name, ())
    ]


def _sorts(query: Query) -> list[Link]:
    names = {Sort.RELEVANCE: gettext("Relevance"), Sort.NEWEST: gettext("Newest")}
    if query.kind in _SOONEST:
        names[Sort.SOONEST] = gettext(_SOONEST[query.kind])
    current = query.sort
    if not query.text:
        # Without words there is nothing to be relevant to: the newest come first.
        del names[Sort.RELEVANCE]
        current = Sort.NEWEST if current is Sort.RELEVANCE else current
    return [
        Link(url=address(replace(query, sort=sort, page=1)), label=name, current=sort is current)
        for sort, name in names.items()
    ]


def _drops(answer: Answer, labels: Labels) -> list[Link]:
    links = []
    for drop in answer.drops:
        if drop.facet:
            query = without(answer.query, drop.facet, drop.value)
            label = labels.of(drop.facet, drop.value)
        else:
            query = replace(answer.query, text="", page=1)
            label = f"“{answer.query.text}”"
        links.append(Link(url=address(query), label=label, count=drop.total))
    return links
