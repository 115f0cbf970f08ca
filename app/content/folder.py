"""A course folder on disk: which files belong to the course, and their text. Links are never followed."""

from __future__ import annotations

import hashlib
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.content.comments import without_comments
from app.content.findings import Findings, Line, Place

COURSE, EXAM, EVALUATION, MEDIA = "course.md", "exam.md", "evaluation.md", "media"
MEDIA_ENDINGS = frozenset({"png", "jpg", "jpeg", "webp", "gif", "svg", "mp4", "webm", "mp3", "m4a", "vtt", "md", "pdf"})
_MODULE = re.compile(r"(?P<number>[0-9]+)-(?P<slug>[a-z0-9-]*[a-z0-9][a-z0-9-]*)\.md")
_IGNORED = {"Thumbs.db", "desktop.ini"}
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """A module by its file name: `01-a-decision-model.md`."""

    name: str
    number: int
    slug: str


@dataclass(frozen=True, slots=True)
class Folder:
    """What a course folder holds, told apart by name. `unknown` names are none of the course's."""

    root: Path
    names: frozenset[str]
    modules: tuple[ModuleFile, ...]
    unknown: tuple[str, ...]

    def read(self, name: str) -> bytes | None:
        """Give the bytes of a file of the course; nothing if it is not there or cannot be opened."""
        if name not in self.names:
            return None
        try:
            return (self.root / name).read_bytes()
        except OSError:
            return None


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


def look_into(root: Path) -> Folder:
    """List a course folder; one that cannot be opened is empty."""
    names: set[str] = set()
    unknown: list[str] = []
    for name, is_file in sorted(_entries(root)):
        if name == MEDIA and not is_file and not (root / name).is_symlink():
            inside = sorted(_entries(root / MEDIA))
            names.update(f"{MEDIA}/{each}" for each, plain in inside if plain and _is_media(each))
            unknown += [f"{MEDIA}/{each}" for each, plain in inside if not plain or not _is_media(each)]
        elif is_file and (name in {COURSE, EXAM, EVALUATION} or _MODULE.fullmatch(name)):
            names.add(name)
        else:
            unknown.append(name)
    found = ((name, _MODULE.fullmatch(name)) for name in sorted(names))
    modules = (ModuleFile(name, int(match["number"]), match["slug"]) for name, match in found if match)
    return Folder(root, frozenset(names), tuple(sorted(modules, key=_order)), tuple(unknown))


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


def content_hash(root: Path) -> str:
    """Name what a folder holds: equal for equal courses, whatever the folder is called."""
    folder = look_into(root)
    digest = hashlib.sha256()
    for name in sorted(folder.names):
        content = folder.read(name) or b""
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def source(folder: Folder, name: str) -> Source:
    """Read a file as text, or find out what keeps it from being one."""
    content = folder.read(name)
    if content is None:
        findings = Findings(name)
        findings.add("missing-file", Place(), f"{name} cannot be opened.", "Check that you may read this file.")
        return Source(name, ("",), findings, readable=False)
    content = content.removeprefix(_BYTE_ORDER_MARK)
    lines = _lines(content.decode("utf-8", errors="replace"))
    findings = Findings(name, lines)
    return Source(name, tuple(lines), findings, readable=not _reported(content, findings))


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
