"""How a certificate is set on its sheet: the largest type that everything fits in, and the air that is left shared out.

Setting a sheet is most of the work of drawing it, so the size is foreseen rather than tried: the lines are counted by
how wide letters run. Where the count was wrong, the next smaller size is tried.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

from app.awards.document.sheets import Line, Sheet, width_in_ems

if TYPE_CHECKING:
    from weasyprint import Document


@dataclass(frozen=True, slots=True)
class Paper:
    """A size of paper, lying on its side, in points."""

    css: str
    width: float
    height: float

    @property
    def line(self) -> float:
        """How wide a line may be (sheet.css, @page)."""
        return self.width - 124.0

    @property
    def room(self) -> float:
        """How much height there is above the foot (sheet.css, @page)."""
        return self.height - 55.0 - 161.0


PAPERS = {"letter": Paper("letter", 792.0, 612.0), "a4": Paper("A4", 841.89, 595.28)}


@dataclass(frozen=True, slots=True)
class Size:
    """How large a sheet is set, in points."""

    text: float
    holder: float
    title: float  # how wide its lines may be
    address: float


TEXT = (10.0, 9.6, 9.2, 8.8, 8.4, 8.0, 7.6, 7.2, 6.8, 6.4, 6.0)  # points, largest first
_HOLDER, _HOLDER_LEAST = 34.0, 15.0
_ADDRESS_WIDTH, _ADDRESS_LEAST = 203.0, 6.4

# What sheet.css gives to each part, in rem.
_LEADING = 1.3
_HEAD, _DEMONSTRATION = (1.25 + 2.5) * _LEADING, 1.15 * _LEADING
_LEADS, _BELOW_HOLDER, _HOLDER_LEADING = 2 * 1.15 * _LEADING, 0.3, 1.35
_TITLE, _SMALL = 1.55, 0.86
_LABELS, _CAPTION_AIR, _ROW_AIR, _STATEMENT_AIR = 6.8, 0.1, 0.4, 0.15
_PLAIN = 0.88  # how wide the plain type runs beside what sheets.width_in_ems says of serifs
_GUTTER, _HAIRLINE = 26.0, 0.4  # points
_AIR = 10.0  # points, between one part and the next; sheet.css insists on three

# How what is left over is shared: above the first part, between the parts, below the last; and how much is too much.
_SHARES, _LAST_SHARE, _MOST = (0.6, 2.0, 2.0, 1.2), 1.0, 30.0
_POINTS_PER_PIXEL = 0.75
_INK, _ROW_INK = "0.110 0.145 0.188", "0.725 0.706 0.659"  # --ink and --line of type.css


@dataclass(frozen=True, slots=True)
class Measured:
    """How wide everything that may break into lines runs, in ems."""

    holder: float
    title: float
    tables: tuple[tuple[tuple[float, ...], ...], ...]
    statements: tuple[float, ...]
    address: float
    demonstration: bool

    @classmethod
    def of(cls, sheet: Sheet) -> Measured:
        """Measure a sheet's words."""
        return cls(
            holder=width_in_ems(sheet.holder_name),
            title=_width(sheet.course_title),
            tables=tuple(tuple(tuple(map(_plain_width, row.lines)) for row in table.rows) for table in sheet.tables),
            statements=tuple(map(_plain_width, sheet.approvals)),
            address=width_in_ems(sheet.verify_url) * _PLAIN,
            demonstration=bool(sheet.demonstration),
        )

    def sizes(self, paper: Paper) -> Iterator[Size]:
        """Give the sizes to try, the one foreseen to fit first, and then smaller ones."""
        fits = False
        for text in TEXT:
            size = self.size(paper, text)
            if fits := fits or text == TEXT[-1] or self._height(paper, size) <= paper.room:
                yield size

    def size(self, paper: Paper, text: float) -> Size:
        """Size the name to fill one line at most, and the address to fit beside the code; both shrink with the rest."""
        whole = self.title * text * _TITLE
        lines = _lines(whole / paper.line)
        return Size(
            text=text,
            holder=_half(max(min(_HOLDER * min(1.0, text / 8), paper.line / self.holder), _HOLDER_LEAST)),
            # The lines of a long title are given about the same length: no last line of one word.
            title=paper.line if lines == 1 else min(paper.line, round(whole / lines * 1.1)),
            address=round(max(min(text, _ADDRESS_WIDTH / self.address), _ADDRESS_LEAST), 1),
        )

    def _height(self, paper: Paper, size: Size) -> float:
        """Foresee how high the sheet's parts stand in all, in points."""
        column = (paper.line - _GUTTER) / 2 / size.text - _LABELS
        rem = _HEAD + (_DEMONSTRATION if self.demonstration else 0) + _LEADS + _BELOW_HOLDER
        rem += _lines(self.title * size.text * _TITLE / size.title) * _TITLE * _LEADING
        rem += _LEADING + _CAPTION_AIR + max(_rows(table, column) for table in self.tables)
        if self.statements:
            lines = (_lines(width * size.text * _SMALL / paper.line) for width in self.statements)
            rem += _LEADING + sum(count * _SMALL * _LEADING + _STATEMENT_AIR for count in lines)
        holder = _lines(self.holder * size.holder / paper.line) * size.holder * _HOLDER_LEADING
        rules = _HAIRLINE * max(map(len, self.tables))
        return rem * size.text + holder + rules + _AIR * (3 if self.statements else 2)


def spread(laid_out: Document) -> None:
    """Share out the height that is left, by moving the parts of the sheet down."""
    page: Any = laid_out.pages[0]._page_box  # noqa: SLF001 - once it is set, nothing else can be moved
    body = page.children[0].children[0]
    parts = [part for part in body.children if part.is_in_normal_flow()]
    left = page.content_box_y() + page.height - parts[-1].position_y - parts[-1].margin_height()
    shares = _SHARES[: len(parts)]
    unit = min(left / (sum(shares) + _LAST_SHARE), _MOST / _POINTS_PER_PIXEL)
    down = 0.0
    for part, share in zip(parts, shares, strict=True):
        down += share * unit
        part.translate(dy=down)


def hairlines(laid_out: Document) -> bytes:
    """Draw the hairlines above the rows and under the signature where they came to stand, in points.

    As borders each would be a shape of its own, computed for all four sides: a tenth of the work of a sheet.
    """
    from weasyprint.formatting_structure.boxes import BlockBox

    page = laid_out.pages[0]._page_box  # noqa: SLF001 - only there is told what stands where
    boxes = [box for box in page.descendants(placeholders=True) if isinstance(box, BlockBox)]
    rows = (_line(box, box.position_y) for box in boxes if box.element_tag == "th")
    signed = (_line(box, box.position_y + box.margin_height()) for box in boxes if box.element.get("class") == "signed")
    return f"q {_ROW_INK} RG {_HAIRLINE} w\n{''.join(rows)}S\n{_INK} RG 0.6 w\n{''.join(signed)}S Q\n".encode()


def _line(box: Any, y: float) -> str:
    left, right = box.position_x * _POINTS_PER_PIXEL, (box.position_x + box.width) * _POINTS_PER_PIXEL
    return f"{left:.2f} {y * _POINTS_PER_PIXEL:.2f} m {right:.2f} {y * _POINTS_PER_PIXEL:.2f} l\n"


def _half(points: float) -> float:
    """Round to half points, downwards: few sizes in all, so that the fonts kept for each stay few."""
    return int(points * 2) / 2


def _width(line: Line) -> float:
    return sum(width_in_ems(run.text) for run in line)


def _plain_width(line: Line) -> float:
    return _width(line) * _PLAIN


def _rows(table: tuple[tuple[float, ...], ...], ems: float) -> float:
    return sum(sum(_lines(line / ems) for line in row) * _LEADING + _ROW_AIR for row in table)


def _lines(lines: float) -> int:
    return max(1, ceil(lines))
