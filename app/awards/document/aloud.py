"""What a program that reads aloud, searches or copies finds: every text as it is spelled, and no foot of a page.

WeasyPrint leaves two things open. It notes for each shape one spelling, the first it meets, but in scripts whose
letters join and change places a shape stands for different letters in different words: the text of such a word is
written beside it. And it gives the foot of every page tags that hang on nothing: they become ornaments, so that
“Page 2 of 3” is not read out mid-table.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pikepdf
    from weasyprint import Document
    from weasyprint.formatting_structure.boxes import Box

_RIGHT_TO_LEFT = frozenset({"R", "AL"})
_Step = tuple[list["pikepdf.Object"], "pikepdf.Operator"]


def finish(pdf: pikepdf.Pdf, laid_out: Document) -> None:
    """Put both right, in the file that was painted from these sheets."""
    from pikepdf import Array

    marks = list(_marks(pdf.Root.StructTreeRoot))
    rows = pdf.Root.StructTreeRoot.ParentTree.Nums  # a page's number, the tags of its marks, the next page's number …
    for number, (page, sheet) in enumerate(zip(pdf.pages, laid_out.pages, strict=True)):
        here = [mark for place, mark in marks if place == page.objgen]
        texts = dict(zip(here, _texts(sheet._page_box), strict=True))  # noqa: SLF001 - WeasyPrint shows them nowhere else
        tags = enumerate(rows[2 * number + 1])
        rows[2 * number + 1] = Array([tag if mark in texts else None for mark, tag in tags])
        page.Contents = pdf.make_stream(_retold(page, texts))


def _marks(element: pikepdf.Object) -> Iterator[tuple[tuple[int, int], int]]:
    """Give every mark that the tags lead to, in the order of reading, each with its page."""
    from pikepdf import Array, Dictionary

    below: pikepdf.Object | list[pikepdf.Object] = element.get("/K", [])
    for child in below if isinstance(below, Array) else [below]:
        if isinstance(child, Dictionary):
            yield from _marks(child)
        elif isinstance(child, int):
            yield element.Pg.objgen, child


def _texts(box: Box) -> Iterator[str]:
    """Give the text of each of these marks; that of a picture is empty."""
    from weasyprint.formatting_structure import boxes

    for child in box.children:
        inner = getattr(child, "_box", child)  # what is set at a place of its own stands behind a placeholder
        if isinstance(inner, boxes.TextBox):
            yield inner.text
        elif isinstance(inner, boxes.ReplacedBox):
            yield ""
        elif not isinstance(inner, boxes.MarginBox):
            yield from _texts(inner)


def _retold(page: pikepdf.Page, texts: Mapping[int, str]) -> bytes:
    from pikepdf import parse_content_stream, unparse_content_stream

    steps = ((list(step.operands), step.operator) for step in parse_content_stream(page))
    return unparse_content_stream([_step(operands, operator, texts) for operands, operator in steps])


def _step(operands: list[pikepdf.Object], operator: pikepdf.Operator, texts: Mapping[int, str]) -> _Step:
    """Retell one step of the painting, if it begins what is marked."""
    from pikepdf import Dictionary, Name, Operator, String

    if operator == Operator("BDC") and Name.MCID in operands[1]:
        mark = int(operands[1].MCID)
        if mark not in texts:
            return [Name.Artifact, Dictionary(Type=Name.Pagination)], operator
        if _changes_places(texts[mark]):
            return [operands[0], Dictionary(MCID=mark, ActualText=String(texts[mark]))], operator
    return operands, operator


def _changes_places(text: str) -> bool:
    """Say whether shapes may stand for other letters than they seem to: Devanagari, Tamil, Thai.

    Text from right to left is left as it is: readers turn it around by themselves, and would do so twice.
    """
    joins = any(unicodedata.category(letter) in {"Mc", "Mn"} for letter in text)
    return joins and not any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text)
