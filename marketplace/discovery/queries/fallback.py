"""Search by the tables alone, for the time in which the engine does not answer.

Words are looked for as parts of texts, filters hold as usual, and nothing is counted per facet.
What an engine would not show (a withheld name, a hidden place) is not looked at here either.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Text, and_, case, cast, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import aliased

from marketplace.core.cooperation import CooperationForm
from marketplace.listings import documents as listing_documents
from marketplace.listings import permissions as listing_permissions
from marketplace.listings.models import IpRight, Listing, ListingKind, ListingStatus, PriceMode
from marketplace.needs import documents as need_documents
from marketplace.needs import permissions as need_permissions
from marketplace.needs.models import SHOWN, Confidentiality, Need, NeedKind
from marketplace.organizations.models import Organization
from search.documents import Kind
from search.queries import NEGOTIABLE, PRICE_BANDS, Sort
from search.results import FacetValue, Hit, Results
from search.syntax import parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from marketplace.core.actor import Actor
    from search.documents import Document
    from search.queries import Query
    from search.syntax import Atom, Parsed

#: Under a name of its own: the clauses of visibility look at ``organization`` themselves.
Owner = aliased(Organization)
#: Quotation marks of both languages.
_QUOTES = str.maketrans(dict.fromkeys("“”„「」『』＂", '"'))
#: Quoted texts that are asked for, not excluded.
_PHRASE = re.compile(r'(?<![-－])"([^"]+)"')
#: Words beyond these are not looked for: each one costs a look at every text.
WORDS_LIMIT = 8


def search(session: Session, query: Query, *, actor: Actor) -> Results:
    """Give one page of what the actor may find, with the exact total."""
    statement = _FROM[query.kind](actor)
    parsed = parse(query.text)
    words = [word.raw for word in parsed.words][:WORDS_LIMIT]
    statement = statement.where(*_asked(query, parsed, words))
    for facet, values in query.chosen.items():
        statement = statement.where(_FACETS[query.kind][facet](values))
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery()))
    ids = session.scalars(
        statement.order_by(*_order(query, words))
        .limit(query.size)
        .offset((query.page - 1) * query.size)
    ).all()
    return Results(
        hits=_hits(session, query.kind, ids),
        total=total or 0,
        facets=_choices(query),
        tokens=parsed.tokens,
        notice=parsed.notice,
    )


def _asked(query: Query, parsed: Parsed, words: Sequence[str]) -> Iterator[ColumnElement[bool]]:
    """Give what a record must hold: every word, every phrase, one of each group."""
    for word in words:
        yield _holds(query.kind, word)
    for phrase in _PHRASE.findall(query.text.translate(_QUOTES)):
        yield _holds(query.kind, phrase)
    for group in parsed.required:
        ways = [_every(query.kind, atom) for atom in group if atom.words or atom.number]
        if ways:
            yield or_(*ways)
    for atom in parsed.excluded:
        if atom.words or atom.number:
            yield ~_every(query.kind, atom)


def _every(kind: Kind, atom: Atom) -> ColumnElement[bool]:
    texts = [word.raw for word in atom.words] or [atom.number]
    return and_(*(_holds(kind, text) for text in texts))


def _choices(query: Query) -> dict[str, list[FacetValue]]:
    """Give what can be ticked: short lists whole, of the others what is ticked already."""
    kinds: Iterable[str] = ListingKind if query.kind is Kind.LISTING else NeedKind
    offered: dict[str, list[str]] = {
        "record_kind": list(kinds),
        "trl": list("987654321"),
        "cooperation": [form.value for form in CooperationForm],
        "price_band": [*(name for name, _bound in PRICE_BANDS), NEGOTIABLE],
    }
    return {
        facet: [
            FacetValue(str(value), 0, chosen=value in query.chosen.get(facet, ()))
            for value in offered.get(facet, query.chosen.get(facet, ()))
        ]
        for facet in {**offered, **query.chosen}
    }


def published_of(session: Session, organization_id: UUID, *, actor: Actor, size: int) -> Results:
    """Give an organization's newest public listings and how many there are."""
    statement = _listings(actor).where(Listing.organization_id == organization_id)
    total = session.scalar(select(func.count()).select_from(statement.subquery()))
    ids = session.scalars(
        statement.order_by(Listing.published_at.desc(), Listing.id).limit(size)
    ).all()
    return Results(hits=_hits(session, Kind.LISTING, ids), total=total or 0)


def load(session: Session, kind: Kind, ids: Sequence[UUID]) -> list[Document]:
    """Give documents by id in the order asked for; those that nobody may find are left out."""
    loader: Callable[[Session, Sequence[UUID]], Mapping[UUID, Document | None]] = (
        listing_documents.load_documents if kind is Kind.LISTING else need_documents.load_documents
    )
    found = loader(session, ids)
    return [document for one in ids if (document := found.get(one)) is not None]


def _hits(session: Session, kind: Kind, ids: Sequence[UUID]) -> list[Hit]:
    return [Hit(document, 0.0) for document in load(session, kind, ids)]


def _listings(actor: Actor) -> Select[UUID]:
    return (
        select(Listing.id)
        .join(Owner, Owner.id == Listing.organization_id)
        .where(Listing.status == ListingStatus.PUBLISHED, listing_permissions.visible_to(actor))
    )


def _needs(actor: Actor) -> Select[UUID]:
    return (
        select(Need.id)
        .join(Owner, Owner.id == Need.organization_id)
        .where(Need.status.in_(SHOWN), need_permissions.visible_to(actor))
    )


_FROM = {Kind.LISTING: _listings, Kind.NEED: _needs}

_TEXTS: dict[Kind, tuple[Any, ...]] = {
    Kind.LISTING: (
        Listing.title,
        Listing.title_en,
        Listing.summary,
        Listing.summary_en,
        Listing.problem,
        Listing.abstract,
        cast(Listing.keywords, Text),
        cast(Listing.keywords_en, Text),
        Owner.name,
        Owner.name_en,
    ),
    Kind.NEED: (
        Need.title,
        Need.title_en,
        Need.problem,
        Need.problem_en,
        Need.situation,
        cast(Need.keywords, Text),
        cast(Need.keywords_en, Text),
    ),
}


def _holds(kind: Kind, word: str) -> ColumnElement[bool]:
    pattern = "%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
    clauses = [column.ilike(pattern) for column in _TEXTS[kind]]
    if kind is Kind.LISTING:
        clauses.append(
            select(IpRight.id)
            .where(IpRight.listing_id == Listing.id, IpRight.number.ilike(pattern))
            .exists()
        )
    else:
        clauses.append(
            and_(
                Need.confidentiality == Confidentiality.NAMED,
                or_(Owner.name.ilike(pattern), Owner.name_en.ilike(pattern)),
            )
        )
    return or_(*clauses)


def _order(query: Query, words: Sequence[str]) -> tuple[ColumnElement[Any], ...]:
    table: Any = Listing if query.kind is Kind.LISTING else Need
    newest = table.published_at.desc()
    if query.sort is Sort.SOONEST:
        return (_due(query.kind).asc().nulls_last(), newest, table.id)
    if query.sort is Sort.RELEVANCE and words:
        near = func.word_similarity(literal(" ".join(words)), table.title)
        return (near.desc(), newest, table.id)
    return (newest, table.id)


def _due(kind: Kind) -> Any:  # noqa: ANN401 — a column, or a query that gives one
    if kind is Kind.NEED:
        return Need.deadline_on
    return (
        select(func.min(IpRight.renewal_due_on))
        .where(IpRight.listing_id == Listing.id)
        .scalar_subquery()
    )


def _any_of(column: Any) -> Callable[[Sequence[str]], ColumnElement[bool]]:  # noqa: ANN401 — a JSON column
    def clause(values: Sequence[str]) -> ColumnElement[bool]:
        return column.op("?|")(cast(list(values), ARRAY(Text)))  # type: ignore[no-any-return]

    return clause


def _one_of(column: Any) -> Callable[[Sequence[str]], ColumnElement[bool]]:  # noqa: ANN401 — any column
    def clause(values: Sequence[str]) -> ColumnElement[bool]:
        return column.in_(values)  # type: ignore[no-any-return]

    return clause


def _number_of(column: Any) -> Callable[[Sequence[str]], ColumnElement[bool]]:  # noqa: ANN401 — any column
    def clause(values: Sequence[str]) -> ColumnElement[bool]:
        return column.in_([int(value) for value in values])  # type: ignore[no-any-return]

    return clause


def _organization(column: Any, shown: ColumnElement[bool]) -> Callable[..., ColumnElement[bool]]:  # noqa: ANN401 — a column
    def clause(values: Sequence[str]) -> ColumnElement[bool]:
        return and_(shown, column.in_([UUID(value) for value in values]))

    return clause


def _place(shown: ColumnElement[bool]) -> Callable[[Sequence[str]], ColumnElement[bool]]:
    def clause(values: Sequence[str]) -> ColumnElement[bool]:
        return and_(shown, Owner.district_code.in_(values))

    return clause


def _band(price: Any) -> Callable[..., ColumnElement[bool]]:  # noqa: ANN401 — a column
    """Give the clause of ``search.queries.price_band`` over a column of minor units."""
    bounds: dict[str, tuple[int, int | None]] = {}
    low = 0
    for name, bound in PRICE_BANDS:
        bounds[name] = (low, bound)
        low = bound or low

    def clause(values: Sequence[str]) -> ColumnElement[bool]:
        clauses = []
        for value in values:
            if value == NEGOTIABLE:
                clauses.append(price.is_(None))
                continue
            least, bound = bounds[value]
            clauses.append(price >= least if bound is None else price.between(least, bound - 1))
        return or_(*clauses)

    return clause


_FACETS: dict[Kind, Mapping[str, Callable[..., ColumnElement[bool]]]] = {
    Kind.LISTING: {
        "record_kind": _one_of(Listing.kind),
        "industries": _any_of(Listing.industry_codes),
        "fields": _any_of(Listing.field_codes),
        "trl": _number_of(Listing.trl),
        "cooperation": _any_of(Listing.cooperation),
        "organization_id": _organization(Listing.organization_id, true()),
        "district": _place(true()),
        "price_band": _band(
            case((Listing.price_mode == PriceMode.FREE, 0), else_=Listing.price_minor)
        ),
        "year": _number_of(Listing.year),
    },
    Kind.NEED: {
        "record_kind": _one_of(Need.kind),
        "industries": _any_of(Need.industry_codes),
        "fields": _any_of(Need.field_codes),
        "trl": _number_of(Need.trl_min),
        "cooperation": _any_of(Need.cooperation),
        "organization_id": _organization(
            Need.organization_id, Need.confidentiality == Confidentiality.NAMED
        ),
        "district": _place(Need.confidentiality != Confidentiality.ON_CONSENT),
        "price_band": _band(func.coalesce(Need.budget_min_minor, Need.budget_max_minor)),
        "year": _number_of(func.date_part("year", Need.published_at)),
    },
}
