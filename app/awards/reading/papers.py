"""A file that was handed in, opened: the numbers in it, and its pages to be held against originals."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import cached_property

import pypdfium2
import pypdfium2.raw as pdfium

from app.awards import numbers
from app.awards.reading import attached, leaves, look, pictures, structure
from app.awards.reading.findings import Doubt, Page, Reading
from app.awards.reading.kinds import Kind, Trouble
from app.awards.reading.leaves import Leaf
from app.awards.reading.unpacking import NotRead

_LETTER_OR_A4 = (792 / 612 + 841.89 / 595.28) / 2  # long side to short side, halfway between the two papers
IMAGE_SHARE = 0.5  # of a page: beyond that the page is an image, whatever else is on it
MOST_MISTYPED = 5


class Paper:
    """One opened PDF."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.structure = structure.of(content)
        self._open = ExitStack()
        try:
            self._document = self._open.enter_context(leaves.opened(content))
        except pypdfium2.PdfiumError:
            raise NotRead(Trouble.DAMAGED) from None
        if len(self._document) != self.structure.page_count:
            self.structure.mixed = True
        self._leaves: dict[int, Leaf] = {}

    def leaf(self, place: int) -> Leaf:
        """Give a page. Raises `NotRead` where it cannot be opened."""
        if place not in self._leaves:
            try:
                self._leaves[place] = Leaf(self._document, place)
            except (pypdfium2.PdfiumError, IndexError):
                raise NotRead(Trouble.DAMAGED) from None
        return self._leaves[place]

    def reading(self) -> Reading:
        """Say which numbers it names, page by page."""
        return Reading(
            kind=Kind.PDF,
            pages=tuple(self._page(place) for place in range(self.structure.page_count)),
            page_count=self.structure.page_count,
            attached=attached.numbers_in(self.structure.attachments),
            has_statement=attached.statement(self.structure.attachments) is not None,
            is_sealed=self.structure.is_sealed,
            has_script=Doubt.SCRIPT in self.structure.meanings,
        )

    def is_image(self, place: int) -> bool:
        """Say whether a page is an image: a scan, or a printing that kept no words."""
        leaf = self.leaf(place)
        whole = max(1.0, leaf.width * leaf.height)
        return any(
            kind == pdfium.FPDF_PAGEOBJ_IMAGE and (box[2] - box[0]) * (box[3] - box[1]) / whole > IMAGE_SHARE
            for kind, box in leaf.painted()
        )

    def has_images(self, place: int) -> bool:
        """Say whether any image is on a page, inline ones included."""
        return any(kind == pdfium.FPDF_PAGEOBJ_IMAGE for kind, _box in self.leaf(place).painted())

    def codes(self, place: int) -> tuple[str, ...]:
        """Give what the QR codes of a page say, as it is painted."""
        return self._codes[place]

    def close(self) -> None:
        """Let go of the file."""
        for leaf in self._leaves.values():
            leaf.close()
        self._open.close()

    @cached_property
    def _codes(self) -> _Codes:
        return _Codes(self)

    def _page(self, place: int) -> Page:
        leaf = self.leaf(place)
        text = " ".join(word.text for word in leaf.words)
        printed = pictures.numbers_in([text])
        return Page(
            place=place,
            paper=nearer(leaf.width, leaf.height),
            printed=printed,
            coded=() if printed else pictures.numbers_in(self.codes(place)),
            mistyped=tuple(_mistyped(text)),
            is_image=not printed and self.is_image(place),
        )


class _Codes(dict[int, tuple[str, ...]]):
    """The QR codes of each page, searched for when they are first asked for."""

    def __init__(self, paper: Paper) -> None:
        super().__init__()
        self._paper = paper

    def __missing__(self, place: int) -> tuple[str, ...]:
        leaf = self._paper.leaf(place)
        found = pictures.codes(leaf.picture(look.COARSE_DPI)) or pictures.codes(leaf.picture(2 * look.COARSE_DPI))
        self[place] = tuple(code.text for code in found)
        return self[place]


def of_image(content: bytes) -> Reading:
    """Say which numbers the QR codes of a scan or photo name. Raises `NotRead`."""
    pages = []
    try:
        for place, image in enumerate(pictures.frames(content)):
            texts = [code.text for code in pictures.searched(image)]
            coded = pictures.numbers_in(texts)
            pages.append(Page(place=place, paper=nearer(*image.size), coded=coded, codes=tuple(texts), is_image=True))
    except pictures.NotAnImage as refused:
        raise NotRead(refused.trouble) from None
    return Reading(kind=Kind.IMAGE, pages=tuple(pages), page_count=len(pages))


def nearer(width: float, height: float) -> str:
    """Say which paper a page is nearer to."""
    longer, shorter = max(width, height), max(1e-6, min(width, height))
    return "letter" if longer / shorter < _LETTER_OR_A4 else "a4"


def refused(kind: Kind, trouble: Trouble, detail: str = "") -> Reading:
    """Say of a file that nothing can be said of it."""
    return Reading(kind=kind, trouble=trouble, detail=detail)


def _mistyped(text: str) -> Sequence[str]:
    """Give what is built like a number and is none; five words in a row are not."""
    odd = [numbers.read(typed) for typed in pictures.typed_in([text]) if sum(map(str.isdigit, typed)) > 2]
    return [one for one in dict.fromkeys(odd) if not numbers.is_well_formed(one)][:MOST_MISTYPED]
