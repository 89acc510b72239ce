"""Tells an author before sending what buyers refuse: vague titles, praise without a figure.

Remarks are advice and never stop anybody; what is required stands in ``rules.missing``. Reasons by
which companies decline offers: too early, gain unclear, commercial route unclear, vague, doubtful.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from marketplace.core.cooperation import CooperationForm
from marketplace.core.messages import N_
from marketplace.drafting.outline import Remark
from marketplace.listings import rights
from marketplace.listings.models import ExportControl, LegalStatus, ListingKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from marketplace.drafting.outline import Content

#: A figure: digits, or Chinese numerals that count something (三倍, 九成).
_FIGURE = re.compile(
    r"\d|[一二两三四五六七八九十百千万半]+(?:倍|成|分之|个百分点|万|亿|小时|天|年)"
)
#: Praise that says nothing without a figure beside it.
_PRAISE = {
    "zh": re.compile(
        "新型|新颖|首创|领先|先进|一流|填补(?:了)?(?:国内|国际)?空白|革命性|创新性|高效|优异|显著"
    ),
    "en": re.compile(
        r"\b(?:new|novel|innovative|advanced|state[- ]of[- ]the[- ]art|cutting[- ]edge|unique"
        r"|revolutionary|superior|excellent|efficient|significant(?:ly)?)\b",
        re.IGNORECASE,
    ),
}
#: A title that names an activity of research, not what the technology does for its user.
_VAGUE_TITLE = {
    "zh": re.compile(r"(?:研究|探讨|探索|分析|综述|浅析|探析|初探|设想)$|^(?:关于|论|浅谈|浅论)"),
    "en": re.compile(
        r"^(?:a |an |the )?(?:study|research|investigation|analysis|review|discussion)\b"
        r"|\b(?:study|research|analysis|review)$",
        re.IGNORECASE,
    ),
}
_COMPARISON = {
    "zh": re.compile("比|相较|较|对照|代替|替代|取代|传统|现有|目前|原来|由.+(?:降|升|提|增|减)"),
    "en": re.compile(
        r"\b(?:than|versus|vs|compared|instead of|replac\w+|today|conventional|existing|current"
        r"|from .+ to)\b",
        re.IGNORECASE,
    ),
}
#: Words of advertising, which an open license statement must not hold (Patent Rules 86).
_ADVERTISING = re.compile(
    r"最(?![终后低迟晚小多短])|第一|唯一|顶级|国家级|\b(?:best|leading|unique|unrivall?ed)\b",
    re.IGNORECASE,
)
_SHORT_TITLE = {"zh": 6, "en": 15}
_LONG_SUMMARY = {"zh": 120, "en": 320}
_FEW_KEYWORDS = 3
_SHORT_STEP = 10


def lint(content: Content, language: str) -> list[Remark]:
    """Give the remarks on a text written in ``language`` (zh or en), in the order of the wizard."""
    own = language if language in _PRAISE else "zh"
    return [remark for check in _CHECKS for remark in check(content, own)]


def has_figure(text: str) -> bool:
    """Whether the text holds a figure, in digits or as a Chinese count."""
    return bool(_FIGURE.search(text))


def _title(content: Content, language: str) -> Iterator[Remark]:
    title = content["title"].strip()
    if not title:
        return
    if _VAGUE_TITLE[language].search(title) or len(title) < _SHORT_TITLE[language]:
        yield Remark(
            "title",
            N_("The title is vague."),
            N_(
                "Say what the technology does for whom: “Laser cleaning triples the speed of "
                "removing rust from rails”."
            ),
        )
    elif _PRAISE[language].search(title) and not has_figure(title):
        yield _praise("title", _PRAISE[language], title)


def _praise(part: str, pattern: re.Pattern[str], text: str) -> Remark:
    found = pattern.search(text)
    return Remark(
        part,
        N_("“%(word)s” stands there without a figure."),
        N_("Put the measured figure in its place: how much, against what."),
        values={"word": found.group() if found else ""},
    )


def _summary(content: Content, language: str) -> Iterator[Remark]:
    summary = content["summary"].strip()
    if not summary:
        return
    if not has_figure(summary):
        yield Remark(
            "summary",
            N_("The summary holds no figure."),
            N_("Name the one figure that a buyer remembers: speed, yield, cost, life."),
        )
    if len(summary) > _LONG_SUMMARY[language]:
        yield Remark(
            "summary",
            N_("The summary is long."),
            N_("Keep one sentence; the rest belongs into the description."),
        )
    if not content["plain_summary"].strip():
        yield Remark(
            "plain_summary",
            N_("Nothing is said in plain words."),
            N_("Explain it to a neighbor in two sentences; the public page starts with them."),
        )


def _finding(content: Content, _language: str) -> Iterator[Remark]:
    if len(content["keywords"]) < _FEW_KEYWORDS:
        yield Remark(
            "keywords",
            N_("There are fewer than three keywords."),
            N_("Add the words by which a company in need would look for it."),
        )
    if not content["industry_codes"]:
        yield Remark(
            "industry_codes",
            N_("No industry is chosen."),
            N_("Choose the industries that would use it; searches and matches go by them."),
        )


def _gain(content: Content, language: str) -> Iterator[Remark]:
    gain, rows = content["gain"].strip(), content["gains"]
    whole = [row for row in rows if row.get("today") and row.get("ours")]
    if gain and not whole and not _COMPARISON[language].search(gain):
        yield Remark(
            "gain",
            N_("The gain is not compared with the solution of today."),
            N_("Name today's solution and its figure, then yours, under equal conditions."),
        )
    if gain and not whole and not has_figure(gain):
        yield Remark(
            "gain",
            N_("The gain holds no figure."),
            N_("Fill a row of the table: what was measured, unit, today, yours."),
        )
    for row in rows:
        if not (row.get("today") and row.get("ours") and row.get("unit")):
            yield Remark(
                "gains",
                N_("The row “%(name)s” lacks a value or its unit."),
                N_("Give the unit, today's value and yours."),
                values={"name": row.get("name") or "?"},
            )
    for part in ("problem", "abstract"):
        text = content[part]
        if _PRAISE[language].search(text) and not has_figure(text):
            yield _praise(part, _PRAISE[language], text)
    if not content["abstract"].strip():
        yield Remark(
            "abstract",
            N_("There is no technical description."),
            N_("Describe how it works, so that an engineer can judge if it fits."),
        )


def _readiness(content: Content, _language: str) -> Iterator[Remark]:
    trl = content["trl"]
    if trl is not None:
        proven = [row for row in content["evidence"] if row["level"] == trl]
        if not any(row.get("statement") or row.get("attachment_id") for row in proven):
            yield Remark(
                "evidence",
                N_("Nothing proves level %(level)s."),
                N_("Say what was tested, where and by whom, or attach the report."),
                values={"level": trl},
            )
    step = content["next_step"].strip()
    if step and len(step) < _SHORT_STEP:
        yield Remark(
            "next_step",
            N_("The next step is too short to act on."),
            N_("Say what has to be done, how long it takes, and whom you look for."),
        )


def _rights(content: Content, _language: str) -> Iterator[Remark]:
    rows = content["rights"]
    if not rows and content["kind"] == ListingKind.PATENT:
        yield Remark(
            "rights",
            N_("A patent is offered, but none is named."),
            N_("Add the patent with its number."),
        )
    for row in rows:
        name = (row.get("number") and rights.shown_number(row["number"])) or row.get("title") or "?"
        if row.get("legal_status") in (LegalStatus.LAPSED, LegalStatus.REFUSED):
            yield Remark(
                "rights",
                N_("The right “%(name)s” is no longer in force."),
                N_("Take it out, or say why it is still worth a license."),
                values={"name": name},
            )
        elif row["kind"] in rights.PATENTS and not (row.get("number") and row.get("legal_status")):
            yield Remark(
                "rights",
                N_("The right “%(name)s” lacks its number or legal status."),
                N_("Copy both from the patent register."),
                values={"name": name},
            )
    if content["export_control"] == ExportControl.UNCHECKED:
        yield Remark(
            "export_control",
            N_("The export rules have not been checked."),
            N_(
                "Look the technology up in the catalogue of restricted technologies; buyers abroad "
                "ask first."
            ),
        )


def _terms(content: Content, _language: str) -> Iterator[Remark]:
    forms = content["cooperation"]
    if CooperationForm.USE_FIRST in forms and not content["terms"].strip():
        yield Remark(
            "terms",
            N_("“Use first, pay later” is offered without its conditions."),
            N_("Say how long the free use lasts and what is paid afterwards."),
        )
    statement = " ".join(str(value) for value in content["open_license"].values())
    if CooperationForm.OPEN_LICENSE in forms and _ADVERTISING.search(statement):
        yield Remark(
            "open_license",
            N_("The open license statement holds words of advertising."),
            N_("Keep to facts: the patent office refuses statements that advertise."),
        )


def _people(content: Content, _language: str) -> Iterator[Remark]:
    if not content["inventors"]:
        yield Remark(
            "inventors",
            N_("No inventor is named."),
            N_("Name the people behind it in the order of the patent."),
        )


def _english(content: Content, language: str) -> Iterator[Remark]:
    if language == "en" or (content["title_en"].strip() and content["summary_en"].strip()):
        return
    yield Remark(
        "title_en",
        N_("There is no English title and summary."),
        N_("Add both: readers abroad see “Chinese only” otherwise."),
    )


_CHECKS: tuple[Callable[[Content, str], Iterator[Remark]], ...] = (
    _title,
    _summary,
    _finding,
    _gain,
    _readiness,
    _rights,
    _terms,
    _people,
    _english,
)
