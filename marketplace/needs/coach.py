"""Asks the author of a need for what answering people miss; rewrites nothing."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketplace.core.messages import N_
from marketplace.needs.examples import Example, example_for
from marketplace.needs.models import Confidentiality, NeedKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from marketplace.needs.content import NeedContent

#: Words that promise without saying how much; a figure in the same sentence makes them good.
VAGUE_ZH = (
    "更好", "更高", "更低", "更快", "更强", "更优", "先进", "领先", "提高", "提升", "改善", "优化",
    "降低", "减少", "高效", "高性能", "高质量", "低成本", "智能化", "新型", "创新", "优异", "良好",
    "显著", "大幅", "尽快", "尽量", "合理", "适当", "一流",
)  # fmt: skip
VAGUE_EN = (
    "better", "higher", "lower", "faster", "stronger", "cheaper", "advanced", "leading", "improve",
    "improved", "improving", "enhance", "enhanced", "optimize", "optimized", "reduce", "increase",
    "efficient", "high-performance", "low-cost", "intelligent", "novel", "innovative", "excellent",
    "significant", "significantly", "substantially", "soon", "reasonable", "appropriate",
    "state-of-the-art", "world-class", "cutting-edge",
)  # fmt: skip

_HAN = re.compile(r"[㐀-鿿]")
_DIGIT = re.compile(r"[0-9０-９]")
_SENTENCE = re.compile(r"[^。；;！!？?\n]+")
_VAGUE_EN = re.compile(
    r"(?<![\w-])(?:" + "|".join(map(re.escape, VAGUE_EN)) + r")(?![\w-])", re.IGNORECASE
)
_VAGUE_ZH = re.compile("|".join(VAGUE_ZH))
#: A figure that ends a phrase, or is followed by a bound, has no unit behind it.
_BARE = re.compile(
    r"(?<![A-Za-z0-9_.,:/¥$€\-–—~～：])((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)(?![\d,]*\d)"
    r"(?=\s*(?:以上|以下|以内|左右|[，。；、！？,;!?]|\.(?:\s|$)|$|or (?:more|less|higher)\b))",
    re.MULTILINE,
)
#: Before a figure that is a name rather than a measure.
_NUMBERED = re.compile(
    r"(?:第|等级|级别|型号|编号|(?<![A-Za-z])(?:GB|GB/T|HJ|ISO|IEC|EN|ASTM|IEEE|TRL|level|grade|day|step|phase|article|type|no\.?))\s*$",
    re.IGNORECASE,
)
_YEAR = re.compile(r"^(?:19|20)\d\d$")
#: Values that carry their unit themselves.
_HAS_UNIT = re.compile(r"[%％‰°℃]|\d\s*[A-Za-zμµΩ㐀-鿿]")
_CHARACTERS_AT_LEAST, _WORDS_AT_LEAST = 40, 20


@dataclass(frozen=True, kw_only=True)
class Question:
    """What is missing, where, why it matters, and how others of the industry said it.

    ``message`` and ``why`` are message ids, ``values`` fill the places of ``message``. ``field``
    names the field to go to, ``excerpt`` quotes the author's own words where there are some.
    ``important`` tells what keeps people from answering from what merely helps them.
    """

    code: str
    field: str
    message: str
    why: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)
    excerpt: str = ""
    example: str = ""
    important: bool = True


def coach(content: NeedContent, language: str, *, names: Sequence[str] = ()) -> list[Question]:
    """Give every question about a text, the important ones first.

    Examples come in ``language`` (zh or en). ``names`` are the company's names, which must not
    stand in the text of a need that hides them.
    """
    example = example_for(content.kind, content.industry_codes)
    found: list[Question] = []
    for check in _CHECKS:
        found += check(content, example, language)
    found += _own_name(content, names)
    return sorted(found, key=lambda question: not question.important)


def _plain_words(content: NeedContent, example: Example, language: str) -> Iterator[Question]:
    told = content.problem
    short = (
        len("".join(told.split())) < _CHARACTERS_AT_LEAST
        if _HAN.search(told)
        else len(told.split()) < _WORDS_AT_LEAST
    )
    if short:
        yield Question(
            code="problem_short",
            field="problem",
            message=N_("What happens, where in your process, and what does it cost you today?"),
            why=N_("A researcher outside your industry must see the problem before the solution."),
            example=example.problem(language),
        )


def _situation(content: NeedContent, example: Example, language: str) -> Iterator[Question]:
    if not content.situation:
        yield Question(
            code="no_situation",
            field="situation",
            message=N_("How do you do it today, and what have you tried already?"),
            why=N_("Without today's solution nobody can say what a new one gains."),
            example=example.situation(language),
        )


def _figures(content: NeedContent, example: Example, language: str) -> Iterator[Question]:
    rows = [row for row in content.parameters if row.name or row.wanted or row.now]
    if not any(_DIGIT.search(row.wanted) for row in rows):
        yield Question(
            code="no_figures",
            field="parameters",
            message=_BY_KIND["no_figures"][content.kind],
            why=N_("Figures let people judge within minutes whether they can help."),
            example=example.figures(language),
        )
    for row in rows:
        name = row.name or row.wanted or row.now
        if not row.wanted:
            yield Question(
                code="wanted_missing",
                field="parameters",
                message=N_("What value of “%(name)s” do you want?"),
                values={"name": name},
                why=N_("A row without a wanted value can't be answered."),
                excerpt=row.now,
            )
        elif not _DIGIT.search(row.wanted) and any(_DIGIT.search(one.wanted) for one in rows):
            yield Question(
                code="wanted_without_number",
                field="parameters",
                message=N_("Can you put a number on “%(name)s”?"),
                values={"name": name},
                why=N_("Figures let people judge within minutes whether they can help."),
                excerpt=row.wanted,
            )
        if row.wanted and not row.now:
            yield Question(
                code="now_missing",
                field="parameters",
                message=N_("What is “%(name)s” today?"),
                values={"name": name},
                why=N_("Without today's solution nobody can say what a new one gains."),
                excerpt=row.wanted,
                important=False,
            )
        figure = next((text for text in (row.wanted, row.now) if _DIGIT.search(text)), "")
        if figure and not row.unit and not _HAS_UNIT.search(figure):
            yield Question(
                code="unit_missing",
                field="parameters",
                message=N_("In which unit is “%(name)s” measured?"),
                values={"name": name},
                why=N_("The same figure in two units can differ a thousandfold."),
                excerpt=figure,
            )


def _bare_figures(content: NeedContent, _example: Example, _language: str) -> Iterator[Question]:
    for name, told in _texts(content):
        for match in _BARE.finditer(told):
            named = _NUMBERED.search(told[: match.start()])
            if not named and not _YEAR.match(match[1]):
                yield Question(
                    code="figure_without_unit",
                    field=name,
                    message=N_("In which unit is the figure %(figure)s?"),
                    values={"figure": match[1]},
                    why=N_("The same figure in two units can differ a thousandfold."),
                    excerpt=_around(told, match.start(), match.end()),
                )
                break


def _vague_words(content: NeedContent, example: Example, language: str) -> Iterator[Question]:
    for name, told in (("title", content.title), *_texts(content)):
        for sentence in _SENTENCE.finditer(told):
            if _DIGIT.search(sentence[0]):
                continue
            match = _VAGUE_ZH.search(sentence[0]) or _VAGUE_EN.search(sentence[0])
            if match:
                start = sentence.start() + match.start()
                yield Question(
                    code="vague_word",
                    field=name,
                    message=N_("“%(word)s”: by how much, measured how?"),
                    values={"word": match[0]},
                    why=N_("Everybody promises such words; a figure can be proven."),
                    excerpt=_around(told, start, start + len(match[0])),
                    example=example.title(language) if name == "title" else "",
                )
                break


def _budget(content: NeedContent, example: Example, language: str) -> Iterator[Question]:
    if content.budget_min_minor is None and content.budget_max_minor is None:
        yield Question(
            code="no_budget",
            field="budget_max_minor",
            message=_BY_KIND["no_budget"][content.kind],
            why=N_("A range, even a wide one, spares both sides talks that can't end well."),
            example=example.budget(language),
        )
    elif content.budget_max_minor is None:
        yield Question(
            code="no_upper_budget",
            field="budget_max_minor",
            message=N_("Up to what amount could you go?"),
            why=N_("A range, even a wide one, spares both sides talks that can't end well."),
            important=False,
        )


def _deadline(content: NeedContent, _example: Example, _language: str) -> Iterator[Question]:
    if content.deadline_on is None:
        yield Question(
            code="no_deadline",
            field="deadline_on",
            message=N_("By when do you need answers?"),
            why=N_("Needs without a day are put off by everybody who could answer."),
        )


def _acceptance(content: NeedContent, example: Example, language: str) -> Iterator[Question]:
    if not content.acceptance:
        yield Question(
            code="no_acceptance",
            field="acceptance",
            message=N_("How will you test that the need is met?"),
            why=N_("Both sides later look here when they disagree."),
            example=example.acceptance(language),
        )
    elif not _DIGIT.search(content.acceptance):
        yield Question(
            code="acceptance_without_figure",
            field="acceptance",
            message=N_("Which figure must a test show, over what time?"),
            why=N_("Both sides later look here when they disagree."),
            excerpt=content.acceptance[:60],
            example=example.acceptance(language),
        )


def _criteria(content: NeedContent, example: Example, language: str) -> Iterator[Question]:
    if not content.criteria:
        yield Question(
            code="no_criteria",
            field="criteria",
            message=N_("What will you weigh answers by?"),
            why=N_("People who see the weights answer to the point, and you can compare them."),
            example=example.criteria(language),
            important=False,
        )


def _cooperation(content: NeedContent, _example: Example, _language: str) -> Iterator[Question]:
    if content.kind is not NeedKind.TECHNOLOGY:
        return
    if not content.cooperation:
        yield Question(
            code="no_cooperation",
            field="cooperation",
            message=N_("Do you want to buy, license, or develop together?"),
            why=N_("Universities must decide early which form their rules allow."),
        )
    elif "development" in content.cooperation and not content.ip_wishes:
        yield Question(
            code="no_ip_wishes",
            field="ip_wishes",
            message=N_("Who shall own what is developed together?"),
            why=N_(
                "Unless agreed otherwise, the developer owns the patent of commissioned work "
                "(Civil Code, article 859)."
            ),
            important=False,
        )


def _subject(content: NeedContent, _example: Example, _language: str) -> Iterator[Question]:
    if not content.industry_codes and not content.field_codes:
        yield Question(
            code="no_subject",
            field="industry_codes",
            message=N_("Which industry or field is it about?"),
            why=N_("Facets and matches look here, and so do the examples of this page."),
        )


def _english(content: NeedContent, _example: Example, _language: str) -> Iterator[Question]:
    if content.language == "zh" and not content.title_en:
        yield Question(
            code="no_english",
            field="title_en",
            message=N_("Can you add an English title?"),
            why=N_("Readers abroad see the Chinese text alone otherwise."),
            important=False,
        )


def _own_name(content: NeedContent, names: Sequence[str]) -> Iterator[Question]:
    if content.confidentiality is Confidentiality.NAMED:
        return
    english = (("title_en", content.title_en), ("problem_en", content.problem_en))
    for where, told in (("title", content.title), *_texts(content), *english):
        for name in names:
            place = told.lower().find(name.lower()) if name else -1
            if place >= 0:
                yield Question(
                    code="own_name",
                    field=where,
                    message=N_("Your text names your company, although its name is hidden."),
                    why=N_("Everybody reads the text; the setting hides the name beside it only."),
                    excerpt=_around(told, place, place + len(name)),
                )
                break


def _texts(content: NeedContent) -> tuple[tuple[str, str], ...]:
    return (
        ("problem", content.problem),
        ("situation", content.situation),
        ("constraints", content.constraints),
        ("acceptance", content.acceptance),
    )


def _around(told: str, start: int, end: int, margin: int = 16) -> str:
    """Quote a place with a little of what stands around it."""
    before, after = max(0, start - margin), min(len(told), end + margin)
    quote = " ".join(told[before:after].split())
    return ("…" if before else "") + quote + ("…" if after < len(told) else "")


_BY_KIND: Mapping[str, Mapping[NeedKind, str]] = {
    "no_figures": {
        NeedKind.TECHNOLOGY: N_("Which figures must the solution reach, and where are they now?"),
        NeedKind.TALENT: N_("How many people, with how many years of experience?"),
        NeedKind.FINANCE: N_("What are your turnover, orders and margins, now and as planned?"),
    },
    "no_budget": {
        NeedKind.TECHNOLOGY: N_("What may it cost?"),
        NeedKind.TALENT: N_("What can you pay?"),
        NeedKind.FINANCE: N_("How much money do you seek?"),
    },
}
_CHECKS: tuple[Callable[[NeedContent, Example, str], Iterator[Question]], ...] = (
    _plain_words,
    _situation,
    _figures,
    _bare_figures,
    _vague_words,
    _budget,
    _deadline,
    _acceptance,
    _criteria,
    _cooperation,
    _subject,
    _english,
)
