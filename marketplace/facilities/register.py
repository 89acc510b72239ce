"""The public register: what is shown, counted by kind, level, district and field, and listed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.codes import rules
from marketplace.core.enums import LabelledEnum
from marketplace.core.messages import N_
from marketplace.core.paging import Page, page_of
from marketplace.facilities import permissions
from marketplace.facilities.models import Facility, FacilityKind, FilingLevel
from marketplace.facilities.rules import FILED_KINDS
from marketplace.facilities.settings import TARGETS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session


class NamedField(LabelledEnum):
    """A field in which the city's plan of 2025–2027 wants a centre or a platform."""

    DISPLAY = "display", N_("Future display")
    BIOMANUFACTURING = "biomanufacturing", N_("Biomanufacturing")
    SEMICONDUCTOR = "semiconductor", N_("Advanced semiconductors")
    MOBILE = "mobile", N_("Next-generation mobile communication")


#: Which kind each named field wants, and the words by which a facility shows that it serves it.
NAMED_FIELDS: Mapping[NamedField, tuple[FacilityKind, tuple[str, ...]]] = {
    NamedField.DISPLAY: (FacilityKind.CONCEPT_CENTER, ("未来显示", "新型显示", "显示")),
    NamedField.BIOMANUFACTURING: (FacilityKind.CONCEPT_CENTER, ("生物制造", "合成生物")),
    NamedField.SEMICONDUCTOR: (FacilityKind.PILOT_PLATFORM, ("先进半导体", "半导体", "芯片")),
    NamedField.MOBILE: (FacilityKind.PILOT_PLATFORM, ("新一代移动通信", "移动通信", "6G")),
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What a reader of the register asks for; every empty value asks for nothing."""

    kind: FacilityKind | None = None
    level: FilingLevel | None = None
    filed: bool = False
    district: str = ""
    industry: str = ""
    discipline: str = ""
    named: NamedField | None = None
    words: str = ""


@dataclass(frozen=True)
class Target:
    """A target of the city beside what has been reached."""

    kind: FacilityKind
    reached: int
    wanted: int

    @property
    def percent(self) -> int:
        """How much is reached, in whole percent rounded down, at most 100."""
        return min(100, self.reached * 100 // self.wanted) if self.wanted else 100


@dataclass(frozen=True)
class Counts:
    """How many facilities are shown; each number opens to the list behind it."""

    total: int
    by_kind: Mapping[FacilityKind, int]
    by_level: Mapping[FilingLevel, int]
    by_district: Mapping[str, int]
    #: (kind, district) → how many.
    by_place: Mapping[tuple[FacilityKind, str], int]
    by_industry: Mapping[str, int]
    by_field: Mapping[str, int]
    targets: Sequence[Target] = field(default=())


def _rows(session: Session) -> Sequence[Any]:
    return session.execute(
        select(
            Facility.kind,
            Facility.filing_level,
            Facility.filing_number,
            Facility.district_code,
            Facility.industry_codes,
            Facility.field_codes,
        ).where(permissions.shown())
    ).all()


def counts(session: Session) -> Counts:
    """Count the shown facilities by kind, filing level, district, industry and discipline.

    A level counts only with a filing number: an application is no filing.
    """
    kinds: Counter[FacilityKind] = Counter()
    levels: Counter[FilingLevel] = Counter()
    filed: Counter[FacilityKind] = Counter()
    districts: Counter[str] = Counter()
    places: Counter[tuple[FacilityKind, str]] = Counter()
    industries: Counter[str] = Counter()
    fields: Counter[str] = Counter()
    for kind, level, number, district, industry_codes, field_codes in _rows(session):
        kinds[kind] += 1
        if level is not None and number:
            levels[level] += 1
            filed[kind] += 1
        if district:
            districts[district] += 1
            places[kind, district] += 1
        industries.update(set(industry_codes))
        fields.update(set(field_codes))
    wanted = rules.numbers(session, TARGETS.values())
    return Counts(
        total=kinds.total(),
        by_kind=kinds,
        by_level=levels,
        by_district=districts,
        by_place=places,
        by_industry=industries,
        by_field=fields,
        targets=[Target(kind, filed[kind], wanted[key]) for kind, key in TARGETS.items()],
    )


def _statement(wanted: Wanted) -> Select[Facility]:
    statement = (
        select(Facility)
        .options(joinedload(Facility.organization), selectinload(Facility.instruments))
        .where(permissions.shown())
    )
    if wanted.kind is not None:
        statement = statement.where(Facility.kind == wanted.kind)
    if wanted.level is not None:
        statement = statement.where(Facility.filing_level == wanted.level)
    if wanted.filed or wanted.level is not None:
        statement = statement.where(Facility.filing_number != "")
    if wanted.district:
        statement = statement.where(Facility.district_code == wanted.district)
    if wanted.industry:
        statement = statement.where(Facility.industry_codes.contains([wanted.industry]))
    if wanted.discipline:
        statement = statement.where(Facility.field_codes.contains([wanted.discipline]))
    if wanted.named is not None:
        kind, signs = NAMED_FIELDS[wanted.named]
        statement = statement.where(Facility.kind == kind, or_(*(_says(sign) for sign in signs)))
    if wanted.words:
        statement = statement.where(_says(wanted.words))
    return statement


def _says(words: str) -> Any:  # noqa: ANN401 — a clause of SQLAlchemy
    return or_(
        Facility.name.icontains(words, autoescape=True),
        Facility.name_en.icontains(words, autoescape=True),
        Facility.summary.icontains(words, autoescape=True),
        # Keywords are kept as JSON; a keyword is asked for as a whole.
        Facility.keywords.contains([words]),
    )


def list_register(
    session: Session, wanted: Wanted, *, number: int = 1, size: int = 20
) -> Page[Facility]:
    """Give one page of the shown facilities that answer, by name."""
    statement = _statement(wanted).order_by(Facility.name, Facility.id)
    return page_of(session, statement, number=number, size=size)


def every_row(session: Session, wanted: Wanted) -> Sequence[Facility]:
    """Give all shown facilities that answer, for a file."""
    return session.scalars(
        _statement(wanted).order_by(Facility.district_code, Facility.name, Facility.id)
    ).all()


@dataclass(frozen=True)
class Gap:
    """An industry or a named field with its centres and platforms; a zero is a gap."""

    key: str
    counts: Mapping[FacilityKind, int]
    #: The kind that the city's plan wants here, when it names one.
    wanted: FacilityKind | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is missing: the wanted kind, or any of the two."""
        kinds = FILED_KINDS if self.wanted is None else {self.wanted}
        return any(not self.counts.get(kind) for kind in kinds)


def gaps(session: Session, industries: Sequence[str]) -> list[Gap]:
    """Give for each industry how many centres and platforms serve it."""
    found: dict[str, Counter[FacilityKind]] = {code: Counter() for code in industries}
    for row in _rows(session):
        for code in set(row.industry_codes) & found.keys():
            found[code][row.kind] += 1
    return [Gap(code, kinds) for code, kinds in found.items()]


def named_gaps(session: Session) -> list[Gap]:
    """Give for each field that the plan names how many facilities of the wanted kind serve it."""
    found = []
    for name, (kind, _signs) in NAMED_FIELDS.items():
        statement = _statement(Wanted(named=name)).options().order_by(None)
        count = session.scalar(
            select(func.count()).select_from(statement.with_only_columns(Facility.id).subquery())
        )
        found.append(Gap(name, {kind: count or 0}, wanted=kind))
    return found
