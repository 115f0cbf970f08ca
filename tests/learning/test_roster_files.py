"""Roster files: what is no table is refused in words, what is one is read, and no file takes more than its share."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from contextlib import suppress
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from xlsxwriter import Workbook

from app.kit.errors import Refusal
from app.learning.rosters import files, lines
from app.learning.rosters.files import EmptyRoster, NotARoster, RosterTooLarge
from app.learning.rosters.lines import ColumnTwice, NoHead

HEAD = "E-mail,Legal name,License state,License type,License number,Course code\n"


def workbook(*rows: tuple[object, ...], formulas: dict[str, tuple[str, object]] | None = None) -> bytes:
    made = io.BytesIO()
    book = Workbook(made, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    for place, (formula, value) in (formulas or {}).items():
        sheet.write_formula(place, formula, None, value)
    book.close()
    return made.getvalue()


def repacked(content: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return made.getvalue()


BOOK = workbook(("E-mail", "Name"), ("ana@example.org", "Ana"))


def in_sheet(old: bytes, new: bytes) -> bytes:
    return repacked(BOOK, lambda name, part: part.replace(old, new) if name.endswith("sheet1.xml") else part)


def bomb() -> bytes:
    return in_sheet(b"</sheetData>", b"<!-- " + b" " * 300_000_000 + b" --></sheetData>")


def lying_bomb() -> bytes:
    """Give a workbook whose sheet says in its head that it is small."""
    whole = in_sheet(b"</sheetData>", b"<!-- " + b" " * 60_000_000 + b" --></sheetData>")
    with zipfile.ZipFile(io.BytesIO(whole)) as packed:
        size = packed.getinfo("xl/worksheets/sheet1.xml").file_size
    return whole.replace(size.to_bytes(4, "little"), (1_000).to_bytes(4, "little"))


BAD: dict[str, tuple[Callable[[], bytes], type[Refusal], str]] = {
    "nothing": (lambda: b"", EmptyRoster, "nobody in this file"),
    "white space": (lambda: b" \r\n\t\n", EmptyRoster, "nobody in this file"),
    "separators only": (lambda: b",,,\n;;;\n", NoHead, "first row"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, NotARoster, "not a table"),
    "a JPEG": (lambda: b"\xff\xd8\xff\xe0" + bytes(range(256)) * 20, NotARoster, "not a table"),
    "a PDF": (lambda: b"%PDF-1.7\n...", NotARoster, "This is a PDF"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, NotARoster, "old Excel"),
    "a zip": (lambda: zipped({"a.txt": b"a"}), NotARoster, "not a table"),
    "a document": (lambda: zipped({"word/document.xml": b"<a/>"}), NotARoster, "not a table"),
    "an OpenDocument table": (lambda: zipped({"content.xml": b"<a/>"}), NotARoster, "not a table"),
    "a broken zip": (lambda: BOOK[:-30], NotARoster, "damaged"),
    "a cut zip": (lambda: BOOK[:400], NotARoster, "damaged"),
    "a zip in name only": (lambda: b"PK\x03\x04 and no more", NotARoster, "damaged"),
    "a workbook without sheets": (lambda: zipped({"xl/workbook.xml": b"<workbook/>"}), NotARoster, "table"),
    "a workbook of noise": (lambda: repacked(BOOK, lambda _, part: part[::-1]), NotARoster, "table"),
    "an empty workbook": (workbook, EmptyRoster, "nobody"),
    "a web page": (lambda: b"<!DOCTYPE html><html><table>", NotARoster, "web page"),
    "XML": (lambda: b"<?xml version='1.0'?><a/>", NotARoster, "program"),
    "JSON": (lambda: b'{"email": "ana@example.org"}', NotARoster, "program"),
    "zeros": (lambda: b"\0" * 2_000, NotARoster, "not a table"),
    "UTF-16 cut off": (lambda: "E-mail\n".encode("utf-16") + b"\xd8", NotARoster, "not a table"),
    "no head": (lambda: b"ana@example.org,Ana\nben@example.org,Ben\n", NoHead, "first row"),
    "a head without addresses": (lambda: b"Name,Course\nAna,ethics\n", NoHead, "e-mail address"),
    "two columns of one kind": (lambda: b"E-mail,Name,Full name\na@b.org,Ana,Ana\n", ColumnTwice, "“Full name”"),
    "too many rows": ((HEAD + "a@example.org,A,,,,\n" * 5_001).encode, RosterTooLarge, "5,000"),
    "too many columns": (("E-mail" + ",x" * 50 + "\n").encode, RosterTooLarge, "50 columns"),
    "too many bytes": ((HEAD + "x" * 1_000_000).encode, RosterTooLarge, "1 MB"),
    "one cell that never ends": ((HEAD + '"' + "x" * 200_000).encode, NotARoster, "not a table"),
    "a bomb": (bomb, RosterTooLarge, "1 MB"),
    "a bomb that lies": (lying_bomb, NotARoster, "damaged"),
    "a cell far to the right": (lambda: in_sheet(b'r="B2"', b'r="XFD2"'), RosterTooLarge, "50 columns"),
    "a row far below": (lambda: in_sheet(b'<row r="2"', b'<row r="1048576"'), RosterTooLarge, "5,000"),
    "a cell far below": (lambda: in_sheet(b'r="A2"', b"r='A1048576'"), RosterTooLarge, "5,000"),
    "entities": (lambda: in_sheet(b"<worksheet", b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet'), NotARoster, "table"),
    "many parts": (
        lambda: zipped({"xl/workbook.xml": b"", **{f"{n}": b"" for n in range(300)}}),
        RosterTooLarge,
        "Split it",
    ),
}


def zipped(parts: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return made.getvalue()


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_roster_is_refused_in_words(name: str) -> None:
    make, kind, words = BAD[name]
    with pytest.raises(kind, match=words):
        lines.read(files.read(make()))


def test_there_are_thirty_bad_files_and_more() -> None:
    assert len(BAD) >= 30


@pytest.mark.parametrize("name", ["a bomb", "a cell far to the right", "a row far below", "too many rows"])
def test_refusing_takes_neither_memory_nor_time(name: str) -> None:
    content = BAD[name][0]()
    tracemalloc.start()
    began = perf_counter()
    with pytest.raises(Refusal):
        files.read(content)
    assert perf_counter() - began < 5
    assert tracemalloc.get_traced_memory()[1] < 30_000_000
    tracemalloc.stop()


@given(st.binary(max_size=400))
def test_whatever_is_sent_is_read_or_refused(content: bytes) -> None:
    for sent in (content, b"PK\x03\x04" + content, b"E-mail\n" + content):
        with suppress(Refusal):
            lines.read(files.read(sent))


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_program_that_saves_tables_is_understood(separator: str, encoding: str, newline: str) -> None:
    text = newline.join(separator.join(row) for row in (("E-mail", "Legal name"), ("zoe@example.org", "Zoë Núñez")))
    roster = lines.read(files.read(f"{text}{newline}".encode(encoding)))
    assert [(line.row, line.email, line.name) for line in roster.lines] == [(2, "zoe@example.org", "Zoë Núñez")]
    assert len(roster.remarks) == (encoding == "cp1252")


def test_a_workbook_is_read_with_its_numbers_and_the_values_of_its_formulas() -> None:
    head = ("E-mail", "Name", "License state", "License type", "License number")
    content = workbook(
        head,
        ("ana@example.org", "", "NY", "LCSW", 81234),
        (),
        ("ben@example.org", "Ben", "NJ", "LSW", "012345"),
        formulas={"B2": ('=CONCATENATE("An","a")', "Ana")},
    )
    told = [(line.row, line.name, line.license) for line in lines.read(files.read(content)).lines]
    assert told == [(2, "Ana", ("NY", "LCSW", "81234")), (4, "Ben", ("NJ", "LSW", "012345"))]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        ("not-an-address,Ana", "E-mail", "is no e-mail address"),
        (",Ana", "E-mail", "It is missing"),
        ("a@example.org,12345", "Legal name", "cannot be printed"),
        ("a@example.org," + "x" * 130, "Legal name", "at most 120"),
        ("a@example.org," + "x" * 600, "Legal name", "longer than 500"),
        ("a@example.org,Ana,Narnia,LCSW,12", "License state", "“Narnia” is no state"),
        ("a@example.org,Ana,NY,,12", "License type", "It is missing. Give all three"),
        ("a@example.org,Ana,NY,LCSW,<12>", "License number", "“<12>” is no license number"),
        ("=cmd|' /C calc'!A0,Ana", "E-mail", "is no e-mail address"),
    ],
)
def test_each_mistake_names_its_row_its_column_and_what_to_do(row: str, column: str, words: str) -> None:
    (line,) = lines.read(files.read(f"{HEAD}{row}\n".encode())).lines
    assert line.row == 2
    assert any(error.column == column and words in error.words for error in line.errors), line.errors


def test_an_address_stands_in_one_row_only() -> None:
    first, second = lines.read(files.read(f"{HEAD}ana@example.org,Ana\nANA@example.org,Ana\n".encode())).lines
    assert first.errors == ()
    assert "Row 2 has the same address" in second.errors[0].words


def test_a_role_is_never_taken_from_a_file() -> None:
    roster = lines.read(files.read(b"E-mail,Name,Role,Shoe size\nana@example.org,Ana,admin,40\n"))
    assert "Role" in roster.remarks[0]
    assert "never taken from a file" in roster.remarks[0]
    assert "admin" not in str(roster.lines)


def test_names_of_columns_are_forgiving() -> None:
    head = "E-MAIL address;First name;Surname;State;Credential;License #;Courses\n"
    (line,) = lines.read(
        files.read(f"{head}ana@example.org;Ana;O’Neill;new york;LCSW;081234;a, b | c\n".encode())
    ).lines
    assert (line.name, line.license, line.courses) == ("Ana O’Neill", ("NY", "LCSW", "081234"), ("a", "b", "c"))
