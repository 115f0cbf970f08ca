"""What a program that reads aloud, searches or copies finds: every text as it is spelled, and no foot of a page.

WeasyPrint leaves two things open. It notes for each shape one spelling, the first it meets, but in scripts whose
letters join and change places a shape stands for different letters in different words: the text of such a word is
written beside it. And it gives the foot of every page tags that hang on nothing: they become ornaments, so that
“Page 2 of 3” is not read out mid-table.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weasyprint import Document
    from weasyprint.formatting_structure.boxes import Box

Objects = Any  # of pydyf, which WeasyPrint writes with; it is untyped

_RIGHT_TO_LEFT = frozenset({"R", "AL"})


def finish(pdf: Objects, laid_out: Document) -> None:
    """Put both right, in the objects that were painted from these sheets."""
    root = _at(pdf, pdf.catalog["StructTreeRoot"])
    marks = list(_marks(pdf, _at(pdf, root["K"][0])))
    rows = _at(pdf, root["ParentTree"])["Nums"]  # a page's number, the tags of its marks, the next page's number …
    for number, (page, sheet) in enumerate(zip(pdf.page_references, laid_out.pages, strict=True)):
        here = [mark for place, mark in marks if place == page]
        texts = dict(zip(here, _texts(sheet._page_box), strict=True))  # noqa: SLF001 - WeasyPrint shows them nowhere else
        tags = rows[2 * number + 1]
        tags[:] = [tag if mark in texts else b"null" for mark, tag in enumerate(tags)]
        _retell(_at(pdf, _at(pdf, page)["Contents"]).stream, texts)


def _at(pdf: Objects, reference: bytes) -> Objects:
    return pdf.objects[int(reference.split()[0])]


def _marks(pdf: Objects, element: Objects) -> Iterator[tuple[bytes, int]]:
    """Give every mark that the tags lead to, in the order of reading, each with its page."""
    for child in element.get("K", ()):
        if isinstance(child, bytes):
            yield from _marks(pdf, _at(pdf, child))
        else:
            yield element["Pg"], child


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


def _retell(steps: list[Any], texts: Mapping[int, str]) -> None:
    """Retell the steps of a painting that begin what is marked: a tag's name, what is said of it, `BDC`."""
    import pydyf

    for place, step in enumerate(steps):
        if step != b"BDC":
            continue
        mark = steps[place - 1]["MCID"]
        if mark not in texts:
            steps[place - 2 : place] = ["/Artifact", pydyf.Dictionary({"Type": "/Pagination"})]
        elif _changes_places(texts[mark]):
            steps[place - 1]["ActualText"] = pydyf.String(texts[mark])


def _changes_places(text: str) -> bool:
    """Say whether shapes may stand for other letters than they seem to: Devanagari, Tamil, Thai.

    Text from right to left is left as it is: readers turn it around by themselves, and would do so twice.
    """
    if text.isascii():
        return False
    joins = any(unicodedata.category(letter) in {"Mc", "Mn"} for letter in text)
    return joins and not any(unicodedata.bidirectional(letter) in _RIGHT_TO_LEFT for letter in text)
