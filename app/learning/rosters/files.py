"""A roster as a file: CSV from whatever program saved it, or XLSX, within limits that no file can talk its way around.

An XLSX is a zip of XML, so a small one can be a very large one: what it unpacks to is counted before anything reads it,
and so are the rows and columns it says it has. Formulas are read as the values that were saved with them.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime

from app.kit.errors import TooLarge, Unsupported

MOST_BYTES = 1_000_000  # of the file
MOST_ROWS = 5_000  # besides the head
MOST_COLUMNS = 50
MOST_LETTERS = 500  # in one cell
MOST_UNPACKED = 40_000_000  # bytes of an XLSX, unpacked
MOST_PARTS = 200  # files in an XLSX
PIECE = 256 * 1024
SEPARATORS = ",;\t"
ZIP, OLD_OFFICE, PDF = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF"
PLACE = re.compile(rb"\br\s*=\s*[\"']\s*([A-Za-z]{0,7})([0-9]{1,20})[\"']")  # r="B7" of a cell, r="7" of a row
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class NotARoster(Unsupported):
    """The file is no table that is read here."""

    title = "We could not read that file"
    message = "This is not a table that we can read. Save it as CSV or as an Excel workbook (.xlsx), and send it again."


class EmptyRoster(NotARoster):
    """There is nothing in the file."""

    message = "There is nobody in this file. It needs a first row with the names of the columns, and a row per person."


class RosterTooLarge(TooLarge):
    """The file is larger than a roster may be."""

    message = "A roster may have up to 5,000 rows, 50 columns and 1 MB. Split it, and send the parts one by one."


@dataclass(frozen=True, slots=True)
class Table:
    """What stood in the file: each row that is not empty, with the number that its spreadsheet shows beside it."""

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    remark: str = ""  # what had to be guessed


def read(content: bytes) -> Table:
    """Read a file; raise `NotARoster`, `EmptyRoster` or `RosterTooLarge`."""
    if len(content) > MOST_BYTES:
        raise RosterTooLarge
    if content.startswith(OLD_OFFICE):
        raise NotARoster("This is an old Excel workbook, or a protected one. Save it as .xlsx without a password.")
    if content.startswith(PDF):
        raise NotARoster("This is a PDF. Send the table it was made from, as CSV or as an Excel workbook (.xlsx).")
    table = _workbook(content) if content.startswith(ZIP) else _csv(content)
    if not table.rows:
        raise EmptyRoster
    if len(table.rows) > MOST_ROWS + 1 or any(len(cells) > MOST_COLUMNS for _, cells in table.rows):
        raise RosterTooLarge
    return table


# --- CSV -------------------------------------------------------------------------------------------------------------


def _csv(content: bytes) -> Table:
    text, remark = _text(content)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text))
    rows = []
    try:
        for number, cells in enumerate(lines, 1):
            if any(cell.strip() for cell in cells):
                rows.append((number, tuple(map(_tidied, cells))))
            if len(rows) > MOST_ROWS + 1:
                raise RosterTooLarge
    except csv.Error:
        raise NotARoster from None
    return Table(tuple(rows), remark)


def _text(content: bytes) -> tuple[str, str]:
    encoding = "utf-16" if content.startswith(UTF_16) else "utf-8-sig"
    try:
        text, remark = content.decode(encoding), ""
    except UnicodeDecodeError:
        if encoding == "utf-16":
            raise NotARoster from None
        text = content.decode("cp1252", errors="replace")
        remark = "The file is not saved as UTF-8 and was read as Windows-1252. Look at names with accents."
    if "\0" in text or sum(not (one.isprintable() or one.isspace()) for one in text[:2_000]) > 20:
        raise NotARoster
    if text.lstrip()[:15].lower().startswith(("<!doctype", "<html", "<?xml", "{", "[{")):
        raise NotARoster(
            "This is a web page or a program’s file. Save the table as CSV or as an Excel workbook (.xlsx)."
        )
    return text, remark


def _separator(text: str) -> str:
    """Give what parts the names of the columns."""
    head = next((line for line in text.splitlines() if line.strip()), "")
    if head.lower().startswith("sep=") and len(head) == len("sep=x"):
        return head[-1] if head[-1] in SEPARATORS else ","
    return max(SEPARATORS, key=head.count)


def _tidied(cell: str) -> str:
    return " ".join(cell.replace("\u00a0", " ").split())


# --- XLSX ------------------------------------------------------------------------------------------------------------


def _workbook(content: bytes) -> Table:
    _assert_small(content)
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        lines = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, IndexError, ValueError, OSError):
        raise NotARoster from None
    rows = ((number, tuple(map(_in_words, cells))) for number, cells in enumerate(lines, 1))
    return Table(tuple((number, cells) for number, cells in rows if any(cells)))


def _in_words(cell: object) -> str:
    """Give a cell as somebody reads it: the number 12345.0 is the license number 12345."""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 10**15 else str(cell)
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return _tidied(str(cell))


def _assert_small(content: bytes) -> None:
    """Unpack every part once, keeping nothing: what it really is counts, not what it says of itself."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            parts = packed.infolist()
            if "xl/workbook.xml" not in {part.filename for part in parts}:
                raise NotARoster
            if len(parts) > MOST_PARTS:
                raise RosterTooLarge
            left = MOST_UNPACKED
            for part in parts:
                left = _unpacked(packed, part, left)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError):
        raise NotARoster("This workbook is damaged or protected. Save it again as .xlsx without a password.") from None


def _unpacked(packed: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    if part.file_size > left:
        raise RosterTooLarge
    part.file_size = left + 1  # as far as that is read: a part that says it is smaller than it is, is found out
    is_sheet, before = part.filename.startswith("xl/worksheets/"), b""
    with packed.open(part) as opened:
        while piece := opened.read(PIECE):
            left -= len(piece)
            if left < 0:
                raise RosterTooLarge
            if b"<!DOCTYPE" in before + piece:
                raise NotARoster
            if is_sheet:
                _assert_near(before + piece)
            before = piece[-64:]
    return left


def _assert_near(xml: bytes) -> None:
    """Refuse a cell far out: whoever reads the sheet would make room for all that lies between."""
    for column, row in PLACE.findall(xml):
        if len(row) > 5 or int(row) > MOST_ROWS + 1 or (column and _place(column) > MOST_COLUMNS):
            raise RosterTooLarge


def _place(column: bytes) -> int:
    place = 0
    for letter in column.upper():
        place = place * 26 + letter - ord("A") + 1
    return place
