"""Records for measuring speed: many, alike enough to real ones, without running any model.

Titles, sentences and keywords of a corpus are put together anew within a discipline. Vectors lie
between those of a few real texts, with noise, so that neighborhoods are as crowded as real ones.
"""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from search.documents import Audience, Document, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

#: Real texts whose vectors the made ones lie between.
CENTERS: Final = 96
#: Length of the noise beside a unit vector.
_NOISE: Final = 0.45
_SENTENCE: Final = re.compile(r"[^。；;.!?！？]+[。；;.!?！？]?")
_FIRST_DAY: Final = datetime(2020, 1, 1, tzinfo=UTC)
_ORGANIZATIONS: Final = 500
_DISTRICTS: Final = 13
_INDUSTRIES: Final = 60
_COOPERATION: Final = ("transfer", "exclusive", "sole", "ordinary", "open", "equity")
_AUDIENCES: Final = (Audience.PUBLIC,) * 8 + (Audience.SIGNED_IN, Audience.VERIFIED)


@dataclass(frozen=True)
class Corpus:
    """Texts by discipline, and the vectors of some of them by space."""

    entries: Sequence[Mapping[str, Any]]
    by_discipline: Mapping[str, Sequence[Mapping[str, Any]]]
    centers: Mapping[str, np.ndarray]


def read_corpus(path: Path) -> list[dict[str, Any]]:
    """Read a corpus: one JSON object a line with title, abstract, keywords and discipline."""
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def corpus(entries: Sequence[Mapping[str, Any]], centers: Mapping[str, np.ndarray]) -> Corpus:
    """Order a corpus for recombination."""
    grouped: dict[str, list[Mapping[str, Any]]] = {}
    for entry in entries:
        grouped.setdefault(str(entry.get("discipline", "")), []).append(entry)
    return Corpus(entries, grouped, centers)


def made_vector(generator: np.random.Generator, centers: np.ndarray) -> np.ndarray:
    """Give a unit vector between three of the centers, with noise."""
    some = centers[generator.integers(0, len(centers), 3)]
    weights = generator.dirichlet((1.0, 1.0, 1.0)).astype(np.float32)
    noise = generator.standard_normal(centers.shape[1], dtype=np.float32)
    mixed = weights @ some + noise * (_NOISE / np.sqrt(centers.shape[1]))
    unit: np.ndarray = mixed / np.linalg.norm(mixed)
    return unit


def records(source: Corpus, count: int, *, seed: int = 1) -> Iterator[Document]:
    """Make documents; the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311 — nothing secret
    generator = np.random.default_rng(seed)
    for number in range(count):
        yield _record(source, number, chance, generator)


def _record(
    source: Corpus, number: int, chance: random.Random, generator: np.random.Generator
) -> Document:
    entry = chance.choice(source.entries)
    discipline = str(entry.get("discipline", ""))
    alike = source.by_discipline[discipline]
    others = [entry, *(chance.choice(alike) for _other in range(2))]
    sentences = [
        sentence for other in others for sentence in _SENTENCE.findall(str(other["abstract"]))
    ]
    keywords = [keyword for other in others for keyword in other["keywords"]]
    priced = chance.random() < 0.4  # noqa: PLR2004 — a share
    organization = min(int(chance.expovariate(1 / 60)), _ORGANIZATIONS - 1)
    return Document(
        kind=Kind.LISTING,
        id=f"record-{number:08d}",
        version=1,
        title=f"{entry['title']}—{chance.choice(keywords) if keywords else number}",
        body="".join(chance.sample(sentences, min(len(sentences), 7))),
        keywords=tuple(chance.sample(keywords, min(len(keywords), 4))),
        names=(f"{chance.choice('王李张刘陈杨赵黄')}{chance.choice('伟芳娜敏静磊洋勇')}",),
        organization_id=f"organization-{organization}",
        organization_name=f"第{organization}研究院",
        audience=chance.choice(_AUDIENCES),
        numbers=(f"ZL{chance.randrange(2010, 2026)}1{number:07d}.{number % 10}",),
        record_kind=chance.choice(("result", "patent", "technology")),
        industries=tuple({f"C{chance.randrange(_INDUSTRIES)}" for _each in range(2)}),
        fields=(discipline,) if discipline else (),
        trl=chance.randrange(1, 10),
        cooperation=tuple({chance.choice(_COOPERATION) for _each in range(2)}),
        district=f"district-{chance.randrange(_DISTRICTS)}",
        price_minor=chance.randrange(1, 900) * 1_000_000 if priced else None,
        year=chance.randrange(2015, 2027),
        published_at=_FIRST_DAY + timedelta(minutes=chance.randrange(3_000_000)),
        due_on=date(2027, 1, 1) + timedelta(days=chance.randrange(700)),
        vectors={name: made_vector(generator, some) for name, some in source.centers.items()},
    )


@dataclass(frozen=True)
class Typed:
    """What somebody might look for: words, ticked facets, and a need's text."""

    text: str
    chosen: Mapping[str, tuple[str, ...]]
    need: str
    vectors: Mapping[str, np.ndarray]


def questions(source: Corpus, count: int, *, seed: int = 2) -> list[Typed]:
    """Make questions: keywords and pieces of titles, half of them with ticked facets."""
    chance = random.Random(seed)  # noqa: S311 — nothing secret
    generator = np.random.default_rng(seed)
    made: list[Typed] = []
    for number in range(count):
        entry = chance.choice(source.entries)
        keywords = [str(keyword) for keyword in entry["keywords"]] or [str(entry["title"])]
        text = [
            chance.choice(keywords),
            " ".join(chance.sample(keywords, min(2, len(keywords)))),
            str(entry["title"])[:14],
            "",
        ][number % 4]
        ticked: list[dict[str, tuple[str, ...]]] = [
            {},
            {"trl": ("6", "7", "8")},
            {},
            {"record_kind": ("result",), "industries": (f"C{chance.randrange(_INDUSTRIES)}",)},
        ]
        made.append(
            Typed(
                text=text,
                chosen=ticked[number // 4 % len(ticked)],
                need=f"{entry['title']}。{str(entry['abstract'])[:80]}",
                vectors={
                    name: made_vector(generator, some) for name, some in source.centers.items()
                },
            )
        )
    return made
