"""Drawn pictures of demo facilities: plainly illustrations, never taken for photos.

Everything is made of plain shapes by code, so no picture of a real place is shown or copied.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont

from marketplace.facilities.models import FacilityKind

if TYPE_CHECKING:
    from collections.abc import Callable

WIDTH, HEIGHT = 1200, 675
#: Drawn larger and made smaller, so that slanting edges are smooth.
_SCALE = 2
_FLOOR = 520
#: Wall, floor, body, shade, accent; one row for each look.
_COLORS = (
    ("#e8f1f9", "#cfdde9", "#ffffff", "#b9cadb", "#12609f"),
    ("#e6f5ef", "#cbe3d8", "#ffffff", "#b3d2c4", "#0b6b4f"),
    ("#fff3d6", "#eedfb8", "#ffffff", "#dcc894", "#9a5b00"),
    ("#f1ecfa", "#dcd3ee", "#ffffff", "#c7b9e2", "#5b3a94"),
)
_INK = "#16202c"


class _Board:
    """A sheet with a look; measures are those of the small picture."""

    def __init__(self, look: int) -> None:
        self.wall, self.floor, self.body, self.shade, self.accent = _COLORS[look % len(_COLORS)]
        self.image = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), self.wall)
        self._draw = ImageDraw.Draw(self.image)
        self.box(0, _FLOOR, WIDTH, HEIGHT, self.floor)
        for left in range(60, WIDTH, 270):
            self.box(left, 60, left + 200, 190, self.body, radius=6)
            self.box(left + 97, 60, left + 103, 190, self.wall)

    def box(self, *measures: int | str, radius: int = 0) -> None:
        """Draw a box: left, top, right, bottom, color."""
        *corners, color = measures
        place = [int(one) * _SCALE for one in corners]
        self._draw.rounded_rectangle(place, radius * _SCALE, fill=str(color))

    def disc(self, x: int, y: int, radius: int, color: str) -> None:
        """Draw a disc."""
        place = [(one * _SCALE) for one in (x - radius, y - radius, x + radius, y + radius)]
        self._draw.ellipse(place, fill=color)

    def line(self, points: list[tuple[int, int]], color: str, width: int) -> None:
        """Draw a line along points."""
        places = [(x * _SCALE, y * _SCALE) for x, y in points]
        self._draw.line(places, fill=color, width=width * _SCALE, joint="curve")

    def bars(self, left: int, bottom: int, heights: tuple[int, ...]) -> None:
        """Draw a small chart."""
        for number, height in enumerate(heights):
            start = left + number * 22
            self.box(start, bottom - height, start + 14, bottom, self.accent)

    def done(self) -> io.BytesIO:
        """Write "DEMO" into the corner and give the picture."""
        font = ImageFont.load_default(size=30 * _SCALE)
        self._draw.text(
            ((WIDTH - 28) * _SCALE, (HEIGHT - 24) * _SCALE),
            "DEMO",
            font=font,
            fill=self.accent,
            anchor="rs",
        )
        out = io.BytesIO()
        small = self.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
        small.save(out, "JPEG", quality=86, optimize=True)
        out.seek(0)
        return out


def _tank(board: _Board, left: int, top: int, width: int) -> None:
    board.box(left, top, left + width, _FLOOR - 40, board.body, radius=34)
    board.box(left + width - 34, top + 30, left + width - 12, _FLOOR - 80, board.shade, radius=10)
    for leg in (left + 18, left + width - 30):
        board.box(leg, _FLOOR - 60, leg + 12, _FLOOR + 10, _INK)
    board.box(left + width // 2 - 8, top - 46, left + width // 2 + 8, top + 4, board.accent)
    board.disc(left + width // 3, top + 90, 24, board.wall)
    board.disc(left + width // 3, top + 90, 16, board.accent)


def _platform(board: _Board) -> None:
    """A line of vessels, joined by pipes, over a conveyor."""
    for number, left in enumerate((110, 340, 570)):
        _tank(board, left, 250 - 20 * number, 170)
    board.line([(195, 206), (195, 176), (425, 176), (425, 190)], board.accent, 14)
    board.line([(425, 186), (425, 156), (655, 156), (655, 170)], board.accent, 14)
    board.box(800, 300, 1100, _FLOOR + 10, board.body, radius=14)
    board.box(830, 330, 960, 430, _INK, radius=8)
    board.bars(850, 418, (30, 52, 40, 70))
    for row in range(3):
        board.disc(1010 + 34 * row, 350, 11, board.accent if row else "#a82017")
    board.box(60, 560, 1140, 588, _INK, radius=14)
    for left in range(90, 1120, 74):
        board.disc(left, 574, 9, board.shade)
    for left in (180, 420, 700, 960):
        board.box(left, 508, left + 86, 560, board.accent, radius=6)


def _bench(board: _Board) -> None:
    board.box(80, 430, 1120, 456, _INK, radius=6)
    for left in (120, 560, 1040):
        board.box(left, 456, left + 22, 600, board.shade)


def _laboratory(board: _Board) -> None:
    """A bench with a microscope, glass and a measuring device."""
    _bench(board)
    board.box(150, 404, 330, 430, board.accent, radius=8)
    board.line([(280, 404), (280, 300), (220, 250)], board.accent, 26)
    board.line([(240, 280), (190, 350)], _INK, 30)
    board.disc(186, 366, 14, board.shade)
    for left, fill in ((420, 60), (500, 96), (580, 40)):
        board.box(left, 290, left + 56, 430, board.body, radius=16)
        board.box(left + 6, 424 - fill, left + 50, 424, board.accent, radius=10)
    board.box(700, 270, 1040, 430, board.body, radius=14)
    board.box(724, 294, 900, 406, _INK, radius=8)
    board.line([(736, 380), (770, 340), (800, 366), (836, 312), (884, 350)], board.wall, 6)
    for row in range(3):
        board.disc(960, 316 + 38 * row, 12, board.accent)


def _center(board: _Board) -> None:
    """A bench with a prototype under an arm, and a screen that shows its figures."""
    _bench(board)
    board.box(130, 380, 270, 430, board.shade, radius=8)
    board.line([(200, 384), (200, 290), (330, 230), (420, 320)], board.accent, 28)
    for x, y in ((200, 290), (330, 230), (420, 320)):
        board.disc(x, y, 24, _INK)
        board.disc(x, y, 10, board.wall)
    board.box(380, 372, 500, 430, board.body, radius=10)
    board.box(400, 388, 480, 414, board.accent, radius=6)
    board.box(620, 230, 1000, 400, _INK, radius=12)
    board.bars(660, 380, (36, 60, 48, 84, 96, 120))
    board.box(830, 260, 970, 276, board.wall, radius=6)
    board.box(830, 292, 930, 308, board.shade, radius=6)
    board.box(790, 400, 830, 430, board.shade)


def _office(board: _Board) -> None:
    """Desks with screens, chairs and a plant."""
    for left in (110, 440, 770):
        board.box(left, 430, left + 270, 450, _INK, radius=6)
        for leg in (left + 14, left + 240):
            board.box(leg, 450, leg + 16, 600, board.shade)
        board.box(left + 60, 310, left + 200, 404, board.accent, radius=8)
        board.box(left + 72, 322, left + 188, 392, board.wall, radius=4)
        board.box(left + 122, 404, left + 138, 430, board.shade)
        board.box(left + 80, 490, left + 180, 512, board.accent, radius=10)
        board.box(left + 124, 512, left + 136, 610, _INK)
    board.box(1080, 500, 1140, 610, board.accent, radius=8)
    for x, y, radius in ((1110, 450, 46), (1080, 480, 30), (1142, 476, 32)):
        board.disc(x, y, radius, "#2c7a5a")


_SCENES: dict[FacilityKind, tuple[Callable[[_Board], None], str, str]] = {
    FacilityKind.PILOT_PLATFORM: (_platform, "中试产线", "pilot line"),
    FacilityKind.LABORATORY: (_laboratory, "实验台", "laboratory bench"),
    FacilityKind.CONCEPT_CENTER: (_center, "样机验证台", "bench for prototypes"),
    FacilityKind.OFFICE: (_office, "共享办公区", "shared office"),
}


def picture(kind: FacilityKind, look: int) -> io.BytesIO:
    """Draw a facility of a kind as JPEG; ``look`` chooses the colors."""
    board = _Board(look)
    _SCENES[kind][0](board)
    return board.done()


def caption(kind: FacilityKind) -> tuple[str, str]:
    """Give what the picture shows, in Chinese and English, and that it is drawn."""
    _draw, zh, en = _SCENES[kind]
    return f"示意图：{zh}（演示，非实拍）", f"Illustration of a {en} (demo, not a photo)"
