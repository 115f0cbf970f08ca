"""What a PDF is built of: its pages, what else is in it, and how it was put together; by pikepdf, with budgets.

Everything is measured before anything is painted: what unpacks to too much, or runs in circles, is never handed on.
Two pages that paint the same have the same digest, however their files are packed (`unpacking`).
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Stream, String

from app.awards.reading.findings import Doubt
from app.awards.reading.kinds import Trouble
from app.awards.reading.unpacking import NotRead, Unpacker, listed

MOST_PAGES = 20
MOST_OBJECTS = 100_000
MOST_ATTACHED = 1024 * 1024  # bytes of one attachment; ours have a few thousand

# Names that our certificates have no use for, and what having them means.
_MEANINGS = {
    Doubt.SCRIPT: (b"/JavaScript", b"/JS"),
    Doubt.ACTION: (
        b"/Launch",
        b"/SubmitForm",
        b"/ImportData",
        b"/GoToR",
        b"/GoToE",
        b"/Rendition",
        b"/Movie",
        b"/Sound",
    ),
    Doubt.LAYERS: (b"/OCG", b"/OCMD", b"/OCProperties", b"/OC"),
    Doubt.FORM: (b"/XFA", b"/NeedAppearances"),
    Doubt.NOTES: (b"/RichMedia", b"/3D", b"/Screen"),
    Doubt.FILES: (b"/Collection",),
}
# What programs leave behind without anything being lost.
_HARMLESS = ("reported number of objects",)
_NAME = re.compile(rb"/[^\x00-\x20()<>\[\]{}/%]+")
_OBJECT = re.compile(rb"(?<![0-9])([0-9]{1,10} [0-9]{1,5}) obj\b")
_HOURS = re.compile(r"([0-9]+(?:[.,][0-9]+)?)\s+(?:contact\s+)?(?:hours?|credits?|CEUs?)\b", re.IGNORECASE)
_SPOKEN = ("/ActualText", "/Alt", "/E")


@dataclass(frozen=True, slots=True)
class Note:
    """An annotation: what it is, where it leads, and what it paints."""

    kind: str  # /Link, /Widget/Sig, …
    leads_to: str
    paints: str  # a digest; empty where it paints nothing


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file within the PDF. `content` is None where it cannot be unpacked."""

    name: str
    content: bytes | None


@dataclass(slots=True)
class Structure:
    """What one PDF is built of."""

    page_count: int
    revisions: int  # how often something was appended to it, itself included
    mixed: bool  # built so that two programs may read two different things
    warnings: tuple[str, ...]
    meanings: frozenset[Doubt]
    paints: tuple[str, ...]  # a digest of what each page paints, without its annotations
    notes: tuple[tuple[Note, ...], ...]  # of each page
    fields: int
    attachments: tuple[Attachment, ...]
    description: str  # title, subject and the like
    spoken: frozenset[str]  # what is read aloud, or copied, instead of what is painted
    images: int
    is_sealed: bool

    @property
    def is_damaged(self) -> bool:
        """Whether it had to be mended to be read at all."""
        return bool(self.warnings)

    @property
    def hours_described(self) -> frozenset[str]:
        """Give the hours that its description names."""
        return frozenset(_HOURS.findall(self.description))


def of(content: bytes) -> Structure:
    """Take a PDF apart. Raises `NotRead`."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            return _Reader(pdf, content).structure()
    except pikepdf.PasswordError:
        raise NotRead(Trouble.LOCKED) from None
    except pikepdf.PdfError as error:
        raise NotRead(Trouble.TANGLED if "oop" in str(error) else Trouble.DAMAGED) from None  # Loop, loop
    except RecursionError:
        raise NotRead(Trouble.TANGLED) from None
    except MemoryError:
        raise NotRead(Trouble.BOMB) from None


class _Reader:
    """Reads one open PDF within its budgets."""

    def __init__(self, pdf: pikepdf.Pdf, content: bytes) -> None:
        self._pdf, self._content = pdf, content
        self._unpacker = Unpacker()
        self._spoken: set[str] = set()
        self._titles: list[str] = []

    def structure(self) -> Structure:
        """Read all of it."""
        count = self._page_count()
        pages = [self._pdf.pages[index] for index in range(count)]
        paints = tuple(self._unpacker.digest(page.obj.get("/Contents"), page.obj.get("/Resources")) for page in pages)
        notes = tuple(tuple(self._notes(page.obj)) for page in pages)
        meanings = frozenset(self._meanings())
        attachments = tuple(self._attachments())
        return Structure(
            page_count=count,
            revisions=self._revisions(),
            mixed=self._is_mixed(),
            warnings=tuple(self._warnings()),
            meanings=meanings,
            paints=paints,
            spoken=frozenset(self._spoken | ({"within the page"} if self._unpacker.speaks else set())),
            notes=notes,
            fields=self._fields(),
            attachments=attachments,
            description=self._description(),
            images=self._unpacker.images,
            is_sealed=b"/ByteRange" in self._content,
        )

    def _page_count(self) -> int:
        if len(self._pdf.objects) > MOST_OBJECTS:
            raise NotRead(Trouble.BOMB)
        try:
            count = len(self._pdf.pages)
        except pikepdf.PdfError:
            raise NotRead(Trouble.TANGLED) from None
        if count > MOST_PAGES:
            raise NotRead(Trouble.TOO_MANY_PAGES, str(count))
        if count == 0:
            raise NotRead(Trouble.NO_PAGE)
        return count

    def _revisions(self) -> int:
        ends = self._content.count(b"startxref")
        return ends - 1 if ends > 1 and self._pdf.is_linearized else ends

    def _is_mixed(self) -> bool:
        """Say whether its bytes are built so that programs differ in what they find: two objects of one name, say."""
        named = _OBJECT.findall(self._content)
        doubled = len(named) != len(set(named)) and self._revisions() < 2
        return doubled or b"/XRefStm" in self._content or not self._content.startswith(b"%PDF-")

    def _meanings(self) -> Iterator[Doubt]:
        names: set[bytes] = set()
        for one in self._pdf.objects:
            held = one.stream_dict if isinstance(one, Stream) else one
            if isinstance(held, Dictionary | Array):
                names.update(_NAME.findall(held.unparse(resolved=True)))
            if isinstance(held, Dictionary):
                self._hear(held)
        names.update(_NAME.findall(self._pdf.trailer.unparse(resolved=True)))
        for meaning, spelled in _MEANINGS.items():
            if not names.isdisjoint(spelled):
                yield meaning
        if self._unpacker.is_unusual:
            yield Doubt.UNUSUAL

    def _hear(self, one: Dictionary) -> None:
        """Note what an object says beside what is painted: to screen readers, to whoever copies, in bookmarks."""
        self._spoken.update(str(one[key]) for key in _SPOKEN if isinstance(one.get(key), String))
        if "/Title" in one:
            self._titles.append(str(one["/Title"]))

    def _warnings(self) -> Iterator[str]:
        if self._unpacker.is_broken:
            yield "something cannot be unpacked"
        for warning in map(str, self._pdf.get_warnings()):
            if not any(harmless in warning for harmless in _HARMLESS):
                yield warning

    def _notes(self, page: Dictionary) -> Iterator[Note]:
        for note in listed(page.get("/Annots")):
            if isinstance(note, Dictionary):
                action = note.get("/A")
                leads_to = str(action.get("/URI", "")) if isinstance(action, Dictionary) else ""
                paints = self._unpacker.digest(note.get("/AP")) if note.get("/AP") is not None else ""
                kind = f"{note.get('/Subtype', '')}{note.get('/FT', '')}"
                yield Note(kind, leads_to, paints)

    def _fields(self) -> int:
        form = self._pdf.Root.get("/AcroForm")
        return len(listed(form.get("/Fields"))) if isinstance(form, Dictionary) else 0

    def _attachments(self) -> Iterator[Attachment]:
        try:
            listed = list(self._pdf.attachments.items())[:MOST_PAGES]
        except (pikepdf.PdfError, ValueError, KeyError, TypeError, AttributeError):
            yield Attachment("", None)
            return
        for name, spec in listed:
            yield Attachment(name, self._attached(spec))

    def _attached(self, spec: pikepdf.AttachedFileSpec) -> bytes | None:
        try:
            streams = spec.obj.EF
            stream: Any = streams.get("/F", streams.get("/UF"))
            content = self._unpacker.bytes_of(stream, most=MOST_ATTACHED)
        except (pikepdf.PdfError, NotRead, KeyError, AttributeError, TypeError, ValueError):
            return None
        return content

    def _description(self) -> str:
        told = [*(str(value) for value in self._details()), *self._titles]
        metadata = self._pdf.Root.get("/Metadata")
        if isinstance(metadata, Stream):
            told.append(self._unpacker.bytes_of(metadata, most=MOST_ATTACHED).decode(errors="replace"))
        return "\n".join(told)

    def _details(self) -> Iterable[object]:
        info = self._pdf.trailer.get("/Info")
        return info.values() if isinstance(info, Dictionary) else ()
