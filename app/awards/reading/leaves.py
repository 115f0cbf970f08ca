"""The pages of a PDF as a person would see them: words with their places, and the look, by PDFium.

PDFium here has no JavaScript engine and opens no file and no address: what a page asks for beyond itself is not there.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import pypdfium2
import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from PIL import Image

MOST_LETTERS = 40_000  # of a page; a certificate has 1,200
MOST_DOTS = 12_000_000  # of one picture
_HYPHENS = {0x2, 0xFFFE}  # what PDFium gives for a hyphen at the end of a line
_WHITE = 0xFFFFFFFF
_POINTS_PER_INCH = 72.0

Box = tuple[float, float, float, float]  # left, bottom, right, top, in points


@dataclass(frozen=True, slots=True)
class Word:
    """One word and where its letters are in the page's text."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fit:
    """Where the points of a page lie on the original: scaled, then moved."""

    scale: float = 1.0
    right: float = 0.0
    up: float = 0.0


class Leaf:
    """One page of an open PDF."""

    def __init__(self, document: pypdfium2.PdfDocument, place: int) -> None:
        self._document = document
        self._page = document[place]
        self.rotation = self._page.get_rotation()
        if self.rotation:
            self._page.set_rotation(0)  # a page that lies on its side says what it says upright
        self.width, self.height = self._page.get_size()
        self._box: Box = self._page.get_bbox()
        self._pictures: dict[float, Image.Image] = {}

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """Give the words of the text layer in their order."""
        return tuple(self._words())

    @cached_property
    def is_overfull(self) -> bool:
        """Whether there is more text than any certificate has."""
        return bool(pdfium.FPDFText_CountChars(self._text) > MOST_LETTERS)

    def box(self, word: Word) -> Box:
        """Give the place of a word."""
        boxes = [self._letter(index) for index in range(word.start, word.end)]
        return union(boxes)

    def line_height(self, word: Word) -> float:
        """Give the height of the line that a word's font asks for, in points."""
        around = pdfium.FS_RECTF()
        pdfium.FPDFText_GetLooseCharBox(self._text, word.start, around)
        return float(abs(around.top - around.bottom))

    def picture(self, dpi: float) -> Image.Image:
        """Give the whole page in grays, with its forms and annotations; painted once for all who ask."""
        if dpi not in self._pictures:
            self._pictures[dpi] = self._painted(dpi)
        return self._pictures[dpi]

    def cutout(self, box: Box, dpi: float, fit: Fit) -> Image.Image:
        """Paint a part of the page in grays as it lies on the original: the box is in the original's points."""
        scale = dpi / _POINTS_PER_INCH
        left, bottom, right, top = box
        width, height = max(1, round((right - left) * scale)), max(1, round((top - bottom) * scale))
        # Before it applies a matrix, PDFium puts the page's upper left corner at 0,0 and one point on one dot.
        whole = fit.scale * scale
        across = (fit.right + fit.scale * self._box[0] - left) * scale
        down = (top - fit.up - fit.scale * self._box[3]) * scale
        matrix = pdfium.FS_MATRIX(whole, 0, 0, whole, across, down)
        # What lies beyond the page's edge is not seen, though it may be there.
        edge = (max(0.0, across), max(0.0, down), across + self.width * whole, down + self.height * whole)
        with _sheet(width, height) as bitmap:
            clip = pdfium.FS_RECTF(edge[0], edge[1], min(width, edge[2]), min(height, edge[3]))
            pdfium.FPDF_RenderPageBitmapWithMatrix(bitmap, self._page, matrix, clip, pdfium.FPDF_ANNOT)
            if self._document.formenv:
                size = round(self.width * whole), round(self.height * whole)
                form = (self._document.formenv, bitmap, self._page, round(across), round(down), *size)
                pdfium.FPDF_FFLDraw(*form, 0, pdfium.FPDF_ANNOT)
            return _taken(bitmap)

    def painted(self) -> Iterator[tuple[int, Box]]:
        """Give the kind and the place of everything that is painted, what lies in forms included."""
        yield from self._objects(pdfium.FPDFPage_CountObjects(self._page), pdfium.FPDFPage_GetObject, self._page)

    def close(self) -> None:
        """Let go of the page."""
        if "_text" in self.__dict__:
            pdfium.FPDFText_ClosePage(self._text)
        self._page.close()

    def _painted(self, dpi: float) -> Image.Image:
        scale = dpi / _POINTS_PER_INCH
        width, height = max(1, round(self.width * scale)), max(1, round(self.height * scale))
        if width * height > MOST_DOTS:
            shrunk = (MOST_DOTS / (width * height)) ** 0.5
            width, height = max(1, int(width * shrunk)), max(1, int(height * shrunk))
        with _sheet(width, height) as bitmap:
            whole = (bitmap, self._page, 0, 0, width, height, 0, pdfium.FPDF_ANNOT)
            pdfium.FPDF_RenderPageBitmap(*whole)
            if self._document.formenv:
                pdfium.FPDF_FFLDraw(self._document.formenv, *whole)
            return _taken(bitmap)

    @cached_property
    def _text(self) -> pdfium.FPDF_TEXTPAGE:
        return pdfium.FPDFText_LoadPage(self._page)

    def _words(self) -> Iterator[Word]:
        letters: list[str] = []
        start, count = 0, min(pdfium.FPDFText_CountChars(self._text), MOST_LETTERS)
        for index in range(count):
            code = pdfium.FPDFText_GetUnicode(self._text, index)
            letter = "-" if code in _HYPHENS else chr(code)
            if code > 0x20 and not letter.isspace():
                start = start if letters else index
                letters.append(letter)
            elif letters:
                yield Word("".join(letters), start, index)
                letters = []
        if letters:
            yield Word("".join(letters), start, count)

    def _letter(self, index: int) -> Box:
        left, right, bottom, top = (ctypes.c_double() for _ in range(4))
        pdfium.FPDFText_GetCharBox(self._text, index, left, right, bottom, top)
        return left.value, bottom.value, right.value, top.value

    def _objects(self, count: int, get: object, parent: object, depth: int = 0) -> Iterator[tuple[int, Box]]:
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        for index in range(count):
            part = get(parent, index)  # type: ignore[operator]
            kind = pdfium.FPDFPageObj_GetType(part)
            pdfium.FPDFPageObj_GetBounds(part, left, bottom, right, top)
            yield kind, (left.value, bottom.value, right.value, top.value)
            if kind == pdfium.FPDF_PAGEOBJ_FORM and depth < 8:
                inner = pdfium.FPDFFormObj_CountObjects(part)
                yield from self._objects(inner, pdfium.FPDFFormObj_GetObject, part, depth + 1)


@contextmanager
def opened(content: bytes) -> Iterator[pypdfium2.PdfDocument]:
    """Open a PDF to be looked at. Raises `PdfiumError` where PDFium cannot."""
    document = pypdfium2.PdfDocument(content)
    try:
        if document.get_formtype() != pdfium.FORMTYPE_NONE:
            document.init_forms()
        yield document
    finally:
        document.close()


def union(boxes: list[Box]) -> Box:
    """Give the box around boxes."""
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    return min(lefts), min(bottoms), max(rights), max(tops)


@contextmanager
def _sheet(width: int, height: int) -> Iterator[pdfium.FPDF_BITMAP]:
    bitmap = pdfium.FPDFBitmap_CreateEx(width, height, pdfium.FPDFBitmap_Gray, None, 0)
    if not bitmap:
        raise MemoryError
    try:
        pdfium.FPDFBitmap_FillRect(bitmap, 0, 0, width, height, _WHITE)
        yield bitmap
    finally:
        pdfium.FPDFBitmap_Destroy(bitmap)


def _taken(bitmap: pdfium.FPDF_BITMAP) -> Image.Image:
    from PIL import Image

    width, height = pdfium.FPDFBitmap_GetWidth(bitmap), pdfium.FPDFBitmap_GetHeight(bitmap)
    stride = pdfium.FPDFBitmap_GetStride(bitmap)
    dots = ctypes.string_at(pdfium.FPDFBitmap_GetBuffer(bitmap), stride * height)
    return Image.frombuffer("L", (width, height), dots, "raw", "L", stride, 1)
