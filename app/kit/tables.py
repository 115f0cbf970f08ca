"""Tables for spreadsheets: rows become CSV or XLSX, and no cell of theirs is ever taken for a formula.

What people type ends up in files that others open in a spreadsheet, where `=HYPERLINK(…)` is a program. In CSV such a
cell gets an apostrophe in front, as OWASP advises; in XLSX every text is written as a text. Numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

Cell = str | int | Decimal | date | datetime | None
Line = Sequence[Cell]

CSV_TYPE = "text/csv; charset=utf-8"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BATCH = 200  # lines that are written in one piece
PIECE = 64 * 1024  # bytes
LONGEST_TEXT = 32_767  # letters in a cell, says Excel: it takes no file with a longer one
WIDEST = 60  # letters

# What a spreadsheet reads as the beginning of a formula, also the wide forms that Excel takes for the same in Japan.
SIGNS = "=+\\-@\uff1d\uff0b\uff0d\uff20"
QUOTES = "\"'\u2018\u2019\u201c\u201d"
BEGINS_A_FORMULA = re.compile(rf"[\t\r\n]|[\s\u200b\ufeff{QUOTES}]*[{SIGNS}]")
# Opened with another separator than the comma, a cell begins inside of ours.
BEGINS_WITHIN = re.compile(rf"([;\t\r\n])(?=[\s\u200b\ufeff{QUOTES}]*[{SIGNS}])")
NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,10})?")


def harmless(cell: Cell) -> Cell:
    """Give a cell as a CSV file may hold it: a text that could be read as a formula gets an apostrophe in front."""
    if not isinstance(cell, str) or NUMBER.fullmatch(cell):
        return cell
    cell = BEGINS_WITHIN.sub(r"\1'", cell)
    return f"'{cell}" if BEGINS_A_FORMULA.match(cell) else cell


def csv_pieces(head: Sequence[str], lines: Iterable[Line]) -> Iterator[bytes]:
    """Write lines as CSV, piece by piece: UTF-8 that Excel recognizes, and line ends that every program knows."""
    yield "\ufeff".encode()
    left: Iterator[Line] = chain([head], lines)
    while some := list(islice(left, BATCH)):
        written = io.StringIO()
        csv.writer(written, lineterminator="\r\n").writerows([_told(harmless(cell)) for cell in line] for line in some)
        yield written.getvalue().encode("utf-8", errors="replace")


def _told(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell.astimezone(UTC):%Y-%m-%d %H:%M}"
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    return "" if cell is None else str(cell)


def xlsx(head: Sequence[str], lines: Iterable[Line], *, title: str) -> IO[bytes]:
    """Write lines as a workbook of one sheet; give the file, open at its beginning. It is gone once it is closed."""
    from xlsxwriter import Workbook

    made = tempfile.TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    # Constant memory: each row is on disk once the next one begins. And no text is ever looked at for what it may mean.
    options = dict.fromkeys(("strings_to_numbers", "strings_to_formulas", "strings_to_urls"), False)
    book = Workbook(made, {"constant_memory": True, **options})
    formats = {
        "head": book.add_format({"bold": True, "bottom": 1}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    sheet = book.add_worksheet(re.sub(r"[\[\]:*?/\\']", " ", title)[:31])
    sheet.freeze_panes(1, 0)
    for column, words in enumerate(head):
        sheet.set_column(column, column, min(max(len(words) + 2, 14), WIDEST))
        sheet.write_string(0, column, words, formats["head"])
    for row, line in enumerate(lines, 1):
        for column, cell in enumerate(line):
            _write(sheet, (row, column), cell, formats)
    book.close()
    made.seek(0)
    return made


def _write(sheet: Any, at: tuple[int, int], cell: Cell, formats: dict[str, Any]) -> None:
    if isinstance(cell, datetime):
        sheet.write_datetime(*at, cell.astimezone(UTC).replace(tzinfo=None), formats["moment"])
    elif isinstance(cell, date):
        sheet.write_datetime(*at, cell, formats["day"])
    elif isinstance(cell, int | Decimal):
        sheet.write_number(*at, cell)
    elif cell is not None:
        sheet.write_string(*at, cell[:LONGEST_TEXT])


def pieces(opened: IO[bytes]) -> Iterator[bytes]:
    """Read a file to its end, piece by piece, and close it."""
    with opened:
        while piece := opened.read(PIECE):
            yield piece
