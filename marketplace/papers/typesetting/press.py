"""Sets a sheet as PDF by Typst; texts travel as JSON, so that no typed word is ever markup."""

from __future__ import annotations

import io
import json
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import segno
import typst

from marketplace.papers.typesetting import fonts
from marketplace.papers.typesetting.sheet import laid_out, stamp_time, word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from marketplace.papers.content import Run
    from marketplace.papers.typesetting.sheet import Sheet, SheetParty

_HERE = Path(__file__).parent
_PAPER = _HERE / "paper.typ"
WATERMARK = _HERE / "watermark.typ"
_WORDS = (
    "parties",
    "code",
    "address",
    "signatures",
    "seal",
    "signer",
    "signed_on",
    "hash",
    "check",
    "superseded",
    "translation",
    "unsigned",
)


@lru_cache(maxsize=1)
def _fonts() -> Any:  # noqa: ANN401 — the binding's own type
    """Read the shipped fonts once; those of the machine are never used."""
    return typst.Fonts(
        font_paths=[str(path) for path in fonts.paths()],
        include_system_fonts=False,
        include_embedded_fonts=True,
    )


def compiled(source: Path, data: dict[str, Any]) -> bytes:
    """Set one of our own sources with its data."""
    made = typst.compile(
        str(source),
        root=str(_HERE),
        font_paths=_fonts(),
        format="pdf",
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return bytes(made)


def press_pdf(sheet: Sheet) -> bytes:
    """Set a sheet as PDF."""
    return compiled(_PAPER, page_data(sheet))


def page_data(sheet: Sheet) -> dict[str, Any]:
    """Give what the source reads."""
    language = sheet.language
    return {
        "language": language,
        "fonts": fonts.SERIF,
        "sans": fonts.SANS,
        "title": sheet.title,
        "subtitle": _subtitle(sheet),
        "remark": sheet.remark,
        "parts": [
            {
                "kind": part.kind.value,
                "label": part.label,
                "runs": _runs(part.runs),
                "rows": [[_runs(cell) for cell in row] for row in part.rows],
            }
            for part in laid_out(sheet.blocks, language)
        ],
        "parties": [_party(party, language) for party in sheet.parties],
        "sha256": sheet.sha256,
        "check_url": sheet.check_url,
        "qr": qr_svg(sheet.check_url) if sheet.check_url else "",
        "superseded": sheet.is_superseded,
        "is_translation": sheet.is_translation,
        "page": word("page", language),
        "words": {name: word(name, language) for name in _WORDS},
    }


def _subtitle(sheet: Sheet) -> str:
    if sheet.subtitle or not sheet.number or sheet.drawn_at is None:
        return sheet.subtitle
    number = word("number", sheet.language).format(number=sheet.number)
    drawn = stamp_time(sheet.drawn_at)[:10]
    return f"{number} · {word('drawn', sheet.language)} {drawn}"


def _runs(runs: Sequence[Run]) -> list[dict[str, Any]]:
    return [{"text": run.text, "filled": bool(run.source)} for run in runs]


def _party(party: SheetParty, language: str) -> dict[str, Any]:
    signature = party.signature
    return {
        "role": party.role,
        "name": party.name,
        "code": party.code,
        "address": party.address,
        "person": party.is_person,
        "signer": signature.name if signature else "",
        "at": f"{stamp_time(signature.at)} ({word('beijing', language)})" if signature else "",
    }


def qr_svg(address: str) -> str:
    """Draw an address as a QR code without a border."""
    drawn = io.BytesIO()
    segno.make(address, error="m").save(drawn, kind="svg", border=0, xmldecl=False)
    return drawn.getvalue().decode()
