"""No export of the house holds a cell that a spreadsheet would run, whatever people typed into the house.

The exports are read from the routes, so a new one is filled and looked at as well, or this fails.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator

import cast as the_cast
import pytest
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from house.test_routes import routes
from makers import make_certificate, make_course, make_edition
from python_calamine import CalamineWorkbook

from app import audit
from app.audit import Actor
from app.awards import receipts
from app.identity.people import Person
from app.kit import mail, tables
from app.kit.mail import Letter
from app.learning.rosters import imports
from app.web.author import evaluations

pytest_plugins = ["visitors", "colleagues"]

HOSTILE = (
    *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", '"=1', "＝1", "a;=1+1", "a\n=1+1"),
    *('=HYPERLINK("https://evil.example","Open")', "=cmd|' /C calc'!A0", "\u00a0@x", "“=1"),
)
# Those that hold results that somebody hands in, or many evaluations: what writes their cells is asked.
BY_THEIR_WRITER = {
    "POST /verify/receipt.csv": receipts.neutral,
    "POST /officer/certificates.csv": tables.harmless,
    "GET /author/shelf/{code}/evaluations.csv": evaluations._plain,
    "GET /author/evaluations/instructor.csv": evaluations._plain,
}
MARKS = ' \t\r\n\u00a0\u200b\ufeff"“”‘’'


def exports() -> set[str]:
    """Give every route that answers with a table."""
    named = {(method, route.path) for route in routes() for method in route.methods}
    return {f"{method} {path}" for method, path in named if path.endswith((".csv", ".xlsx"))}


def runs(cell: str) -> bool:
    """Say whether a spreadsheet would run a cell, opened with any separator."""
    parts = [cell, *cell.replace("\t", ";").replace("\r", ";").replace("\n", ";").split(";")[1:]]
    return any(part.lstrip(MARKS)[:1] in set("=+-@＝＋－＠") for part in parts) and not tables.NUMBER.fullmatch(cell)


@pytest.fixture
def full(house: FastAPI) -> str:
    """Fill every text that an export could hold; give the number of the roster."""
    with house.state.wiring.database.write() as db:
        for number, cell in enumerate(HOSTILE):
            person = Person(email=cell, email_key=f"{number}", legal_name=cell, created_at=the_cast.NOON)
            db.add(person)
            db.flush()
            edition = make_edition(db, make_course(f"course-{number}", title=cell))
            person.legal_name = None
            make_certificate(db, person, edition=edition, name=cell)
            audit.record(db, actor=Actor(None, cell), act=cell, subject=cell, now=the_cast.NOON, detail={cell: cell})
            mail.queue(db, to=cell, message=Letter(cell, "", ""), now=the_cast.NOON)
        made = io.StringIO()
        csv.writer(made).writerows([("E-mail", "Name", "Course code"), *((cell, cell, cell) for cell in HOSTILE)])
        sent = imports.send(db, made.getvalue().encode(), name="=1.csv", by=Actor(1, "=1"), now=the_cast.NOON)
        return str(sent.id)


def cells(content: bytes) -> Iterator[str]:
    for line in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")):
        yield from line


def test_every_export_of_the_house_is_looked_at(house: FastAPI, sign_in_as: SignIn, full: str) -> None:
    browser, seen = sign_in_as("ada"), {}
    for name in sorted(exports() - BY_THEIR_WRITER.keys()):
        method, path = name.split(" ")
        answer = browser.request(method, path.format(roster_id=full), data={} if method == "POST" else None)
        assert answer.status_code == 200, f"{name}: fill it here, or name what writes its cells"
        seen[name] = _formulas(answer.content, name)
    assert {name: found for name, found in seen.items() if found} == {}
    assert len(seen) >= 8


def _formulas(content: bytes, name: str) -> list[str]:
    if name.endswith(".csv"):
        return [cell for cell in cells(content) if runs(cell)]
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml")
    assert CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    return [mark.decode() for mark in (b"<f>", b"<f ", b"hyperlink") if mark in sheet]


@pytest.mark.parametrize("name", BY_THEIR_WRITER)
def test_those_of_many_sources_write_harmless_cells(name: str) -> None:
    assert name in exports(), "it is gone"
    assert [cell for cell in HOSTILE if runs(BY_THEIR_WRITER[name](cell))] == []


def test_the_table_in_the_zip_is_harmless_too(sign_in_as: SignIn, full: str) -> None:
    answer = sign_in_as("gus").post("/admin/certificates.zip", data={"select": "all"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as parts:
        names = parts.namelist()
        found = list(cells(parts.read("certificates.csv")))
        assert parts.read(names[0]).startswith(b"%PDF")
    assert len(names) == len(HOSTILE) + 1
    assert all("/" not in name and not name.startswith((".", "=", "-")) for name in names), names
    assert [cell for cell in found if runs(cell)] == []


def test_without_the_apostrophe_formulas_would_be_found(
    sign_in_as: SignIn, full: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "harmless", lambda cell: cell)
    browser: TestClient = sign_in_as("ada")
    for path in ("/admin/people.csv", "/admin/certificates.csv", "/admin/enrollments.csv"):
        assert len([cell for cell in cells(browser.post(path).content) if runs(cell)]) >= len(HOSTILE), path
