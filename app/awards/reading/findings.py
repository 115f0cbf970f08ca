"""What is found in a file: plain values that cross the pipe from the process that reads to the one that judges."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from app.awards.reading.kinds import Kind, Trouble


class Doubt(StrEnum):
    """Why a file in which no fact differs is not called the same all the same: some eye must look at it."""

    SCRIPT = "script"
    ACTION = "action"  # it would open, send or play something
    LAYERS = "layers"
    FORM = "form"
    NOTES = "notes"  # annotations: comments, stamps, drawn shapes
    PAGES = "pages"
    IMAGE = "image"  # the page is, or holds, an image
    NO_TEXT = "no-text"
    UNLIKE = "unlike"  # its words are not laid out as the certificate's are
    UNALIGNED = "unaligned"  # it cannot be laid over the original
    MARKS = "marks"  # something is drawn where no fact stands
    WORDS = "words"  # something is written where no fact stands
    ATTACHED = "attached"  # what is attached was changed or broken
    FILES = "files"  # more is attached
    APPENDED = "appended"  # something was appended to the file
    MIXED = "mixed"  # programs differ in how they read it
    DAMAGED = "damaged"
    DESCRIPTION = "description"  # its title names another number, or other hours
    SPOKEN = "spoken"  # what is read aloud is not what is seen
    UNUSUAL = "unusual"  # it is painted with means of which programs show different things
    NO_ORIGINAL = "no-original"


class Look(StrEnum):
    """How a page looks beside the original."""

    EQUAL = "equal"  # every dot
    ALIKE = "alike"  # but for the rounding of another program
    DIFFERS = "differs"  # in places that can be named
    UNALIGNED = "unaligned"
    UNSEEN = "unseen"  # not looked at


@dataclass(frozen=True, slots=True)
class Page:
    """What one page, or one image, names."""

    place: int  # from 0
    paper: str  # letter | a4: which of the two it is nearer to
    printed: tuple[str, ...] = ()  # certificate numbers in its text
    coded: tuple[str, ...] = ()  # certificate numbers in its QR codes
    codes: tuple[str, ...] = ()  # what its QR codes say
    mistyped: tuple[str, ...] = ()  # what is built like a number and is none
    is_image: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file is and which numbers are in it."""

    kind: Kind
    trouble: Trouble | None = None
    detail: str = ""
    pages: tuple[Page, ...] = ()
    page_count: int = 0
    attached: tuple[str, ...] = ()  # numbers in its attachments
    has_statement: bool = False
    is_sealed: bool = False
    has_script: bool = False

    @classmethod
    def from_raw(cls, raw: Mapping[str, Any]) -> Reading:
        """Read back what `asdict` gave, from JSON."""
        pages = tuple(Page(**{name: _tupled(value) for name, value in page.items()}) for page in raw["pages"])
        trouble = Trouble(raw["trouble"]) if raw["trouble"] else None
        attached = tuple(raw["attached"])
        return cls(**{**raw, "kind": Kind(raw["kind"]), "trouble": trouble, "pages": pages, "attached": attached})


@dataclass(frozen=True, slots=True)
class Seal:
    """What the seal of a PDF says."""

    present: bool = False
    unbroken: bool = False  # it is over the whole file, and right
    known: bool = False  # and made with a key of ours that may be trusted
    signer: str = ""  # the name in its certificate

    @property
    def proves(self) -> bool:
        """Whether the file is as we sealed it."""
        return self.present and self.unbroken and self.known


@dataclass(frozen=True, slots=True)
class Comparison:
    """A page held against a record and its original."""

    differences: tuple[tuple[str, str, str], ...] = ()  # field, paper, record
    doubts: tuple[tuple[Doubt, str], ...] = ()  # and what in particular
    alike: float = 0.0  # share of the original's words that are there in their order
    look: Look = Look.UNSEEN
    only_lacks: bool = False  # whatever differs is missing, and nothing says something else
    seal: Seal = Seal()

    @classmethod
    def from_raw(cls, raw: Mapping[str, Any]) -> Comparison:
        """Read back what `asdict` gave, from JSON."""
        return cls(
            differences=tuple((field, paper, record) for field, paper, record in raw["differences"]),
            doubts=tuple((Doubt(doubt), detail) for doubt, detail in raw["doubts"]),
            alike=raw["alike"],
            look=Look(raw["look"]),
            only_lacks=raw["only_lacks"],
            seal=Seal(**raw["seal"]),
        )


@dataclass(frozen=True, slots=True)
class Proven:
    """A file of ours held against nothing but our keys."""

    seal: Seal
    number: str = ""  # of the statement that is attached and signed with a key of ours
    facts: str = ""  # as JSON, of that statement; empty where it is not proven

    @classmethod
    def from_raw(cls, raw: Mapping[str, Any]) -> Proven:
        """Read back what `asdict` gave, from JSON."""
        return cls(Seal(**raw["seal"]), raw["number"], raw["facts"])


def plain(found: Reading | Comparison | Proven) -> dict[str, Any]:
    """Give findings as JSON can hold them."""
    return asdict(found)


def _tupled(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
