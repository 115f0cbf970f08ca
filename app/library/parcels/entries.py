"""What the entries of a strange zip say of themselves, looked at before any is opened: names, kinds and places."""

from __future__ import annotations

import re
import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from app.content.folder import MEDIA
from app.library import limits, names

MOST_ENTRIES = 2 * limits.MOST_FILES + 1_000  # a Mac packs a shadow beside each file
LOCAL_HEADER = 30  # bytes before the name of an entry
IS_UTF8, ENCRYPTED = 0x800, 0x1 | 0x40 | 0x2000
JUNK = {"__MACOSX", "Thumbs.db", "desktop.ini"}
DRIVE = re.compile(r"[A-Za-z]:")
WAYS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}  # the others inflate without a bound


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a zip under the name that it would have in a course."""

    name: str
    info: zipfile.ZipInfo


@dataclass(frozen=True, slots=True)
class Looked:
    """The files of a zip, or what speaks against it; `left_out` are no part of a course."""

    entries: tuple[Entry, ...] = ()
    left_out: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


def look(infos: Sequence[zipfile.ZipInfo]) -> Looked:
    """Look at every entry: all of them are sound, or none is used."""
    if len(infos) > MOST_ENTRIES:
        sentence = f"This zip holds {len(infos):,} entries, and a course may hold up to {limits.MOST_FILES:,} files."
        return Looked(problems=(sentence,))
    problems = tuple(dict.fromkeys((*filter(None, map(_wrong, infos)), *_overlapping(infos))))
    if problems:
        return Looked(problems=problems)
    found = [Entry(_name(info), info) for info in infos if not _is_folder(info) and not _is_junk(_name(info))]
    if problems := tuple(_double(found)):
        return Looked(problems=problems)
    inside = _without_top(found)
    wanted = tuple(entry for entry in inside if names.is_one(entry.name))
    left_out = tuple(sorted(entry.name for entry in inside if not names.is_one(entry.name)))
    return Looked(wanted, left_out)


def _wrong(info: zipfile.ZipInfo) -> str:
    """Say what speaks against an entry, in a sentence with its name; nothing if nothing does."""
    name = _name(info)
    told = _wrong_name(name) or _wrong_kind(info)
    return f"“{names.shown(name or info.orig_filename)}” {told}" if told else ""


def _wrong_name(name: str) -> str:
    if not name:
        return "has a name that is not written in UTF-8. Rename the file, or zip the folder with another program."
    if "\\" in name or DRIVE.match(name) or name.startswith("/"):
        return "names a place on a disk instead of one in the course. Zip the folder itself."
    if {".", ".."} & set(name.split("/")):
        return "leads out of the folder. Zip the folder itself."
    if not name.isprintable() or "//" in name:
        return "is no name that a file can have everywhere. Rename it."
    return ""


def _wrong_kind(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & ENCRYPTED:
        return "is locked with a password. Zip the folder without one."
    if stat.S_IFMT(info.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return "is a link and not a file. Put the file itself in its place."
    if info.compress_type not in WAYS:
        return "is packed in an unusual way. Zip the folder with the program that your computer came with."
    return ""


def _name(info: zipfile.ZipInfo) -> str:
    """Give the name of an entry; nothing if its bytes are no UTF-8, whatever the zip says they are."""
    name = info.orig_filename
    if not info.flag_bits & IS_UTF8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            return ""
    return unicodedata.normalize("NFC", name)


def _overlapping(infos: Iterable[zipfile.ZipInfo]) -> Iterator[str]:
    for one, following in pairwise(sorted(infos, key=lambda info: info.header_offset)):
        ends = one.header_offset + LOCAL_HEADER + len(one.orig_filename) + one.compress_size
        if ends > following.header_offset:
            yield f"“{names.shown(following.orig_filename)}” lies inside another entry: this zip is a trap, or damaged."


def _is_folder(info: zipfile.ZipInfo) -> bool:
    return _name(info).endswith("/") or stat.S_ISDIR(info.external_attr >> 16)


def _is_junk(name: str) -> bool:
    return any(part in JUNK or part.startswith(".") for part in name.split("/"))


def _double(found: Iterable[Entry]) -> Iterator[str]:
    seen: dict[str, str] = {}
    seen_already = set[str]()
    for entry in found:
        other, here = seen.setdefault(names.key(entry.name), entry.name), names.shown(entry.name)
        if other != entry.name:
            yield f"“{names.shown(other)}” and “{here}” are one name on many computers. Rename one of them."
        elif entry.name in seen_already:
            yield f"“{here}” is in this zip twice. Zip the folder again."
        seen_already.add(entry.name)


def _without_top(found: Sequence[Entry]) -> list[Entry]:
    """Take off the one folder that people zip a course in."""
    tops = {entry.name.partition("/")[0] for entry in found}
    if len(tops) != 1 or not all("/" in entry.name for entry in found) or tops == {MEDIA}:
        return list(found)
    return [Entry(entry.name.partition("/")[2], entry.info) for entry in found]
