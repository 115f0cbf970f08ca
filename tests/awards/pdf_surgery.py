"""Surgery on PDFs: what a forger's tools can do to a certificate, as small verbs."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Operator, Pdf, Stream, String

_PAIR = re.compile(rb"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>")
WHITE, INK = "1 g", "0.11 0.145 0.188 rg"


class NotFound(Exception):
    """The words to be changed are not there: the corpus would plant nothing."""


@contextmanager
def opened(content: bytes) -> Iterator[tuple[Pdf, io.BytesIO]]:
    """Open a PDF to be changed; it is written once the block is left."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        yield pdf, written
        pdf.save(written)


def changed(content: bytes, change: Callable[[Pdf], None], **saved: Any) -> bytes:
    """Change a PDF, and write it whole."""
    written = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        change(pdf)
        pdf.save(written, **saved)
    return written.getvalue()


def appended(content: bytes, change: Callable[[Any], None]) -> bytes:
    """Change a PDF by appending to it: what was there before stays in the file."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

    writer = IncrementalPdfFileWriter(io.BytesIO(content), strict=False)
    change(writer)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


# --- words in the content stream ---------------------------------------------------------------------------------


def letters_of(font: Dictionary) -> dict[str, str]:
    """Give the letter of each code of a font, by its ToUnicode."""
    pairs = _PAIR.findall(font.ToUnicode.read_bytes())
    return {code.decode().lower(): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def reword(pdf: Pdf, old: str, new: str, *, which: int = 0) -> None:
    """Change words in the page's content, in the letters of their own font."""
    page = pdf.pages[0]
    fonts = {str(name): letters_of(font) for name, font in page.Resources.Font.items()}
    left = which
    instructions = list(pikepdf.parse_content_stream(page))
    current: dict[str, str] = {}
    for place, (operands, operator) in enumerate(instructions):
        if str(operator) == "Tf":
            current = fonts[str(operands[0])]
        if str(operator) in {"TJ", "Tj"} and old in (text := _text(operands, current)):
            if left:
                left -= 1
                continue
            wanted = text.replace(old, new, 1)
            instructions[place] = ([Array([String(_coded(wanted, current))])], Operator("TJ"))
            page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))
            return
    raise NotFound(old)


def recode(pdf: Pdf, old: str, new: str, *, which: int = 0) -> None:
    """Change words so that they look new, and say in ToUnicode that they are the old ones still."""
    page = pdf.pages[0]
    font_name = font_with(pdf, old, which=which)
    reword(pdf, old, new, which=which)
    font = page.Resources.Font[font_name]
    codes = {letter: code for code, letter in letters_of(font).items()}
    table = font.ToUnicode.read_bytes()
    for was, now in zip(old, new, strict=True):
        if was != now:
            hexed = was.encode("utf-16-be").hex()
            table = re.sub(rb"<%s> <[0-9a-fA-F]+>" % codes[now].encode(), f"<{codes[now]}> <{hexed}>".encode(), table)
    font.ToUnicode = pdf.make_stream(table)


def font_with(pdf: Pdf, words: str, *, which: int = 0) -> str:
    """Name the font in which words are set."""
    page = pdf.pages[0]
    fonts = {str(name): letters_of(font) for name, font in page.Resources.Font.items()}
    name, left = "", which
    for operands, operator in pikepdf.parse_content_stream(page):
        if str(operator) == "Tf":
            name = str(operands[0])
        if str(operator) in {"TJ", "Tj"} and words in _text(operands, fonts[name]):
            if not left:
                return name
            left -= 1
    raise NotFound(words)


def _text(operands: Any, letters: dict[str, str]) -> str:
    (first,) = operands
    parts = list(first) if isinstance(first, Array) else [first]
    raw = b"".join(bytes(part) for part in parts if isinstance(part, String))
    return "".join(letters.get(raw[at : at + 2].hex(), "?") for at in range(0, len(raw), 2))


def _coded(text: str, letters: dict[str, str]) -> bytes:
    codes = {letter: code for code, letter in letters.items()}
    if missing := set(text) - set(codes):
        raise NotFound(f"the font has no {missing}")
    return b"".join(bytes.fromhex(codes[letter]) for letter in text)


# --- what is painted over ----------------------------------------------------------------------------------------


def place_of(content: bytes, words: str, *, which: int = 0) -> tuple[float, float, float, float]:
    """Find where words stand on the page: left, bottom, right, top."""
    import pypdfium2

    document = pypdfium2.PdfDocument(content)
    text = document[0].get_textpage()
    searcher = text.search(words, match_case=True)
    found = None
    for _ in range(which + 1):
        found = searcher.get_next()
    if found is None:
        raise NotFound(words)
    start, count = found
    boxes = [text.get_charbox(index) for index in range(start, start + count)]
    lefts, bottoms, rights, tops = zip(*boxes, strict=True)
    document.close()
    return min(lefts), min(bottoms), max(rights), max(tops)


def paint(pdf: Pdf, painted: str, *, fonts: bool = True) -> None:
    """Paint something over the page, in the page's own points."""
    page = pdf.pages[0]
    if fonts:
        page.Resources.Font.Forged = pdf.make_indirect(
            Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, Encoding=Name.WinAnsiEncoding)
        )
    page.contents_add(pdf.make_stream(b"q"), prepend=True)
    page.contents_add(pdf.make_stream(f"Q\nq\n{painted}\nQ".encode("cp1252")))


def boxed(place: tuple[float, float, float, float], color: str = WHITE, *, by: float = 1.0) -> str:
    """Fill a box around a place."""
    left, bottom, right, top = place
    return f"{color} {left - by} {bottom - by} {right - left + 2 * by} {top - bottom + 2 * by} re f"


def written(place: tuple[float, float, float, float], words: str, *, size: float = 0.0, more: str = INK) -> str:
    """Write words at a place."""
    left, bottom, _right, top = place
    size = size or (top - bottom) * 1.35
    return f"BT {more} /Forged {size:.2f} Tf 1 0 0 1 {left} {bottom} Tm ({words}) Tj ET"


def annotated(pdf: Pdf, note: Dictionary) -> None:
    """Add an annotation to the page."""
    page = pdf.pages[0]
    page.Annots = Array([*page.obj.get("/Annots", Array()), pdf.make_indirect(note)])


def appearance(pdf: Pdf, place: tuple[float, float, float, float], words: str) -> Stream:
    """Draw an annotation's appearance: a white box with words in it."""
    left, bottom, right, top = place
    width, height = right - left + 2, top - bottom + 2
    painted = f"1 g 0 0 {width} {height} re f BT 0 g /F {height * 0.95:.2f} Tf 1 2 Td ({words}) Tj ET"
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    form = pdf.make_stream(painted.encode("cp1252"))
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, width, height])
    form.Resources = Dictionary(Font=Dictionary(F=font))
    return form


def rectangle(place: tuple[float, float, float, float]) -> Array:
    """Give the rectangle of an annotation around a place."""
    left, bottom, right, top = place
    return Array([left - 1, bottom - 1, right + 1, top + 1])


# --- attachments -------------------------------------------------------------------------------------------------


def attachment(pdf: Pdf, name: str) -> bytes:
    """Read a file within the PDF."""
    return bytes(pdf.attachments[name].get_file().read_bytes())


def attach(pdf: Pdf, name: str, content: bytes) -> None:
    """Put another file in the place of an attachment."""
    pdf.attachments[name].obj.EF.F.write(content)


def strip(pdf: Pdf) -> None:
    """Take all attachments out."""
    for name in list(pdf.attachments):
        del pdf.attachments[name]
    pdf.Root.AF = Array()
