"""A course folder: which files belong to the course, and their text.

It may lie on disk, where links are never followed, or be held in parts: a draft of the Studio, an
uploaded zip. Whoever reads a course does not know which.
"""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from app.content.comments import without_comments
from app.content.findings import Findings, Line, Place

COURSE, EXAM, EVALUATION, MEDIA = "course.md", "exam.md", "evaluation.md", "media"
MEDIA_ENDINGS = frozenset({"png", "jpg", "jpeg", "webp", "gif", "svg", "mp4", "webm", "mp3", "m4a", "vtt", "md", "pdf"})
_MODULE = re.compile(r"(?P<number>[0-9]+)-(?P<slug>(?=-*[a-z0-9])[a-z0-9-]+)\.md")
_IGNORED = {"Thumbs.db", "desktop.ini"}
_PIECE = 64 * 1024
MOST_BYTES = 1024 * 1024  # of one text: ten hours of reading
LONGEST_LINE = 20_000  # characters: three thousand words
LONGEST_PARAGRAPH = 60_000  # characters without a blank line, lists and tables included
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """A module by its file name: `01-a-decision-model.md`."""

    name: str
    number: int
    slug: str


class Shelf(Protocol):
    """Where the files of a course are kept, each named by its path in the course: `media/x.png`."""

    def entries(self) -> Iterator[tuple[str, bool]]:
        """Name everything there, and say of each whether it is a plain file."""
        ...

    def read(self, name: str) -> bytes | None:
        """Give the bytes of a file; nothing if it is not there or cannot be opened."""
        ...

    def digest(self, name: str) -> str:
        """Give the SHA-256 of a file, in hexadecimal."""
        ...

    def path(self, name: str) -> Path | None:
        """Say where a file lies on disk; nothing if it is held in another way."""
        ...


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A course folder on disk."""

    root: Path

    def entries(self) -> Iterator[tuple[str, bool]]:
        """Name what the folder and its media folder hold."""
        for name, is_file in sorted(_entries(self.root)):
            if name == MEDIA and not is_file and not (self.root / name).is_symlink():
                yield from ((f"{MEDIA}/{each}", plain) for each, plain in sorted(_entries(self.root / MEDIA)))
            else:
                yield name, is_file

    def read(self, name: str) -> bytes | None:
        """Read a file."""
        try:
            return (self.root / name).read_bytes()
        except OSError:
            return None

    def digest(self, name: str) -> str:
        """Hash a file piece by piece: a film need not fit into memory."""
        try:
            with (self.root / name).open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            return hashlib.sha256().hexdigest()

    def path(self, name: str) -> Path | None:
        """Say where a file lies."""
        return self.root / name


@dataclass(frozen=True, slots=True)
class Beside(OnDisk):
    """The folder in which one exam lies, whatever the file is called."""

    exam: Path = Path(EXAM)

    @classmethod
    def of(cls, exam: Path) -> Beside:
        """Give the shelf on which an exam stands."""
        return cls(exam.parent, exam)

    def entries(self) -> Iterator[tuple[str, bool]]:
        """Name what lies there, the exam as an exam."""
        yield EXAM, True
        yield from ((name, plain) for name, plain in OnDisk.entries(self) if name != EXAM)

    def read(self, name: str) -> bytes | None:
        """Read a file, the exam from where it lies."""
        try:
            return self.exam.read_bytes() if name == EXAM else OnDisk.read(self, name)
        except OSError:
            return None


@dataclass(frozen=True, slots=True)
class Held:
    """A course whose files are held elsewhere, each by the SHA-256 of its content."""

    digests: Mapping[str, str]  # by name
    open: Callable[[str], bytes | None]  # by SHA-256
    lies: Callable[[str], Path | None] = lambda _: None  # by SHA-256, too: where on disk, if it is on disk

    def entries(self) -> Iterator[tuple[str, bool]]:
        """Name what is held, as a folder would show it."""
        for name in sorted(self.digests):
            hidden = any(part.startswith(".") or part in _IGNORED for part in name.split("/"))
            if not hidden:
                yield name, True

    def read(self, name: str) -> bytes | None:
        """Open a file."""
        return self.open(self.digests[name]) if name in self.digests else None

    def digest(self, name: str) -> str:
        """Give the hash it is held by."""
        return self.digests[name]

    def path(self, name: str) -> Path | None:
        """Say where a file lies, if it is on disk."""
        return self.lies(self.digests[name])


@dataclass(frozen=True, slots=True)
class Folder:
    """What a course folder holds, told apart by name. `unknown` names are none of the course's."""

    shelf: Shelf
    names: frozenset[str]
    modules: tuple[ModuleFile, ...]
    unknown: tuple[str, ...]

    def read(self, name: str) -> bytes | None:
        """Give the bytes of a file of the course; nothing if it is not there or cannot be opened."""
        return self.shelf.read(name) if name in self.names else None


@dataclass(frozen=True, slots=True)
class Source:
    """One text of a course: its lines as written, and as read: notes to oneself left out."""

    name: str
    written: tuple[str, ...]
    findings: Findings
    readable: bool = True

    def body(self, first: int = 0) -> tuple[Line, ...]:
        """Give the lines from an index on, without HTML comments."""
        numbered = (Line(index + 1, 1, text) for index, text in enumerate(self.written[first:], first))
        return tuple(without_comments(list(numbered)))


def look_into(where: Path | Shelf) -> Folder:
    """List a course folder; one that cannot be opened is empty."""
    shelf = OnDisk(where) if isinstance(where, Path) else where
    names: set[str] = set()
    unknown: list[str] = []
    for name, is_file in shelf.entries():
        if is_file and belongs(name):
            names.add(name)
        else:
            unknown.append(name)
    found = ((name, _MODULE.fullmatch(name)) for name in sorted(names))
    modules = (ModuleFile(name, int(match["number"]), match["slug"]) for name, match in found if match)
    return Folder(shelf, frozenset(names), tuple(sorted(modules, key=_order)), tuple(sorted(unknown)))


def pieces(shelf: Shelf, name: str) -> Iterator[bytes]:
    """Read a file piece by piece where it lies on disk, so that a film need not fit into memory; else whole."""
    path = shelf.path(name) if isinstance(shelf, OnDisk | Held) else None
    if path is None:
        yield shelf.read(name) or b""
        return
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


def belongs(name: str) -> bool:
    """Say whether a file of this name is part of a course."""
    place, slash, inside = name.partition("/")
    if slash:
        return place == MEDIA and "/" not in inside and _is_media(inside)
    return name in {COURSE, EXAM, EVALUATION} or _MODULE.fullmatch(name) is not None


def _order(module: ModuleFile) -> tuple[int, str]:
    return module.number, module.name


def _entries(root: Path) -> Iterator[tuple[str, bool]]:
    """Name what a folder holds, and say of each whether it is a plain file."""
    try:
        paths = list(root.iterdir())
    except OSError:
        return
    for path in paths:
        if not path.name.startswith(".") and path.name not in _IGNORED:
            yield path.name, _is_plain(path)


def _is_plain(path: Path) -> bool:
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except OSError:
        return False


def _is_media(name: str) -> bool:
    return name.rpartition(".")[2].lower() in MEDIA_ENDINGS and "." in name


def content_hash(where: Path | Shelf) -> str:
    """Name what a folder holds: equal for equal courses, whatever the folder is called and wherever it is kept."""
    folder = look_into(where)
    names = (f"{folder.shelf.digest(name)}  {name}\n" for name in sorted(folder.names))
    return hashlib.sha256("".join(names).encode()).hexdigest()


def source(folder: Folder, name: str) -> Source:
    """Read a file as text, or find out what keeps it from being one."""
    content = folder.read(name)
    if content is None:
        findings = Findings(name)
        findings.add("missing-file", Place(), f"{name} cannot be opened.", "Check that you may read this file.")
        return Source(name, ("",), findings, readable=False)
    content = content.removeprefix(_BYTE_ORDER_MARK)
    if len(content) > MOST_BYTES:
        findings = Findings(name)
        findings.add(
            "too-long", Place(), f"This text has {len(content) // 1024} KB.", "Divide it into several modules."
        )
        return Source(name, ("",), findings, readable=False)
    lines = _lines(content.decode("utf-8", errors="replace"))
    findings = Findings(name, lines)
    unreadable = _reported(content, findings) or _endless(lines, findings)
    return Source(name, tuple(lines), findings, readable=not unreadable)


def _endless(lines: list[str], findings: Findings) -> bool:
    """Report the first line or paragraph that is longer than any author types: to read it could take for ever."""
    stretch = 0
    for number, line in enumerate(lines, 1):
        stretch = stretch + len(line) if line.strip() else 0
        what, length, most = "line", len(line), LONGEST_LINE
        if length <= most:
            what, length, most = "paragraph", stretch, LONGEST_PARAGRAPH
        if length > most:
            place = Place(number, LONGEST_LINE + 1)  # or the end of a line that is shorter
            message = f"This {what} has {length} characters so far; {most} is the most."
            findings.add("too-long", place, message, "Divide it with blank lines.")
            return True
    return False


def _reported(content: bytes, findings: Findings) -> bool:
    """Report the first byte that is no text."""
    bad = len(content)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError as error:
        bad = error.start
    null = content.find(b"\0")
    if null != -1 and null < bad:
        message, remedy, bad = (
            "This file is not text.",
            "Open it in the program that made it and save it as text.",
            null,
        )
    else:
        message, remedy = "This file is not saved as UTF-8.", "In your editor, choose “Save with encoding” and UTF-8."
    if bad < len(content):
        before = _lines(content[:bad].decode("utf-8"))
        findings.add("not-utf8", Place(len(before), len(before[-1]) + 1), message, remedy)
    return bad < len(content)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
