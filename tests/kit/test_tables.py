"""Tables for spreadsheets: nothing in them is a formula, nothing is lost, and a long one takes no memory."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from app.kit import tables
from app.kit.tables import Cell

HOSTILE = (
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\tplain"),
    *(" =1", "\u00a0=1", '"=1', "'=1", "“=1", '" =1', "\u200b=1", "\ufeff=1"),
    *("＝1", "＋1", "－1", "＠SUM(A1)"),  # Excel in Japan reads the wide signs as well
    '=HYPERLINK("https://evil.example","Open")',
    "=cmd|' /C calc'!A0",
)


def written(*lines: tuple[Cell, ...]) -> list[list[str]]:
    """Write lines as CSV and read them back as a program would."""
    text = b"".join(tables.csv_pieces(("A",), lines)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))[1:]


def starts_a_formula(cell: str) -> bool:
    return cell.lstrip(" \t\r\n\u00a0\u200b\ufeff\"'“”‘’")[:1] in set("=+-@＝＋－＠") and not cell.startswith("'")


@pytest.mark.parametrize("cell", HOSTILE)
def test_a_cell_that_could_be_a_formula_gets_an_apostrophe(cell: str) -> None:
    ((told,),) = written((cell,))
    assert told.startswith("'")
    assert told.replace("'", "") == cell.replace("'", "")


@pytest.mark.parametrize("cell", ["Ana", "12", "-5", "-0.5", "3.14", "a=b", "x-1", "", "O’Neill", "Müller, Jörg", "李"])
def test_what_is_harmless_stays_as_it_is(cell: str) -> None:
    assert written((cell, "x")) == [[cell, "x"]]


def test_numbers_and_times_stay_what_they_are() -> None:
    noon = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    assert written((-5, Decimal("-0.50"), date(2026, 11, 20), noon, None, "x")) == [
        ["-5", "-0.50", "2026-11-20", "2026-11-20 17:00", "", "x"]
    ]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_opened_with_another_separator_no_cell_begins_with_a_formula(separator: str) -> None:
    text = b"".join(tables.csv_pieces(("A",), [("x", f"a{separator}=1+1", f"b{separator} -2+3")])).decode("utf-8-sig")
    cells = [cell for line in csv.reader(io.StringIO(text), delimiter=separator) for cell in line]
    assert not any(map(starts_a_formula, cells)), cells


@given(st.text(max_size=40))
def test_no_text_at_all_begins_a_formula_and_none_is_lost(text: str) -> None:
    text = text.encode("utf-8", errors="replace").decode()
    ((cell, _),) = written((text, "x"))
    assert not starts_a_formula(cell) or tables.NUMBER.fullmatch(cell)
    assert cell.replace("'", "") == text.replace("'", "")


def test_without_the_apostrophe_a_formula_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "harmless", lambda cell: cell)
    harmful = {cell for cell in HOSTILE if any(map(starts_a_formula, written((cell,))[0]))}
    assert set(HOSTILE) - harmful == {"\tplain", "'=1"}, "the check finds all but what is none to it"


def test_csv_is_what_excel_takes_for_unicode_and_every_line_ends_alike() -> None:
    whole = b"".join(tables.csv_pieces(("Name",), [("Ana",), ("Zoë",)]))
    assert whole == b"\xef\xbb\xbfName\r\nAna\r\nZo\xc3\xab\r\n"


def read_back(*lines: tuple[Cell, ...]) -> list[list[object]]:
    with tables.xlsx(("A", "B"), lines, title="People") as made:
        return CalamineWorkbook.from_filelike(io.BytesIO(made.read())).get_sheet_by_index(0).to_python()[1:]


@pytest.mark.parametrize("cell", [*HOSTILE, "https://evil.example", "mailto:x@example.org", "12", "007", "{=1}"])
def test_in_a_workbook_every_text_is_a_text(cell: str) -> None:
    with tables.xlsx(("A",), [(cell,)], title="People") as made:
        whole = made.read()
    with zipfile.ZipFile(io.BytesIO(whole)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode()
        assert not [name for name in parts.namelist() if "rels" in name and "sheet1" in name], "no link"
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert 't="inlineStr"' in sheet


def test_a_workbook_keeps_numbers_dates_and_moments() -> None:
    noon = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
    assert read_back((-5, Decimal("1.5")), (date(2026, 11, 20), noon)) == [
        [-5.0, 1.5],
        [date(2026, 11, 20), noon.replace(tzinfo=None)],
    ]


def test_a_text_that_is_too_long_for_a_cell_is_shortened_and_not_lost() -> None:
    ((cell, _),) = read_back(("x" * 40_000, "y"))
    assert len(str(cell)) == tables.LONGEST_TEXT


def test_a_long_table_takes_no_more_memory_than_a_short_one() -> None:
    tracemalloc.start()
    for _piece in tables.csv_pieces(("A", "B"), ((number, "x" * 100) for number in range(50_000))):
        pass
    assert tracemalloc.get_traced_memory()[1] < 4_000_000
    tracemalloc.stop()
