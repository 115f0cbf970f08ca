"""Many numbers and files at once: a table that says of each what it proves, as a page and row by row, to anybody."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import cast as the_cast
import pytest
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import form
from httpx2 import Response
from scripted_checks import NEWER, NUMBER, ScriptedChecks, allow, files

from app.awards import numbers
from app.awards.attesting import Signature, canonical
from app.awards.verdicts import Document, Result, Status

pytest_plugins = ["officers"]

ALL = [f"{document}.{status}.pdf" for document in Document for status in Status]
JSON = {"accept": "application/json"}
ROW = re.compile(r'<tbody class="result"(?:(?!<tbody class="result"|</table>\s*</div>\s*</form>).)*', re.DOTALL)


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def rows(page: Response) -> list[str]:
    """Give what a person reads in each row."""
    assert page.status_code == 200, page.text[:400]
    table = page.text.split("<template", maxsplit=1)[0]
    return [words(found) for found in ROW.findall(table)]


def check(officer: TestClient, *names: str, **fields: str) -> Response:
    return officer.post("/verify", files=files(*names) or [("files", (None, ""))], data=fields)


def lines(answer: Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


# --- the table ---------------------------------------------------------------------------------------------------


def test_each_file_has_a_row_and_what_asks_for_attention_comes_first(officer: TestClient) -> None:
    found = rows(check(officer, *ALL))
    assert len(found) == len(ALL)
    assert sorted(row.split()[0] for row in found) == sorted(ALL)
    firsts = [row.split(".")[0] for row in found[:4]]
    assert firsts == ["altered"] * 4
    assert found[-1].startswith("original.valid.pdf Original Valid")


def test_a_row_says_both_verdicts_one_sentence_and_every_fact(officer: TestClient) -> None:
    (row,) = rows(check(officer, "same-facts.valid.pdf"))
    for said in (
        "same-facts.valid.pdf Saved again, same facts Valid Ana Marie O’Neill 3.0 November 20, 2026",
        "The file was saved again; every fact on it is as issued, and the certificate is valid.",
        numbers.in_groups(NUMBER),
        "NY LCSW, number 081234-1",
        "3 contact hours (60 minutes)",
        "One half (0.5) contact hour, ethics",
        "Self-study online: reading",
        "November 20, 2026 (2026-11-20)",
        "2026-11-20T18:00:00Z",
        "Riverside Center, provider #1234, is approved for 3 hours.",
        "Jordan Reyes, PhD, LCSW",
        "5b0cfab88e06",
        "SHA-256 of this file:",
    ):
        assert said in row, said


def test_where_they_differ_file_and_record_stand_side_by_side(officer: TestClient) -> None:
    (row,) = rows(check(officer, "altered.valid.pdf"))
    assert (
        "What differs Fact On this file On record Contact hours 6.0 3.0 Name Anna <b>Marie</b> O’Neill Ana Marie" in row
    )
    assert "<b>Marie</b>" not in check(officer, "altered.valid.pdf").text, "it is escaped"


def test_nobody_can_take_the_records_green_for_the_papers(officer: TestClient) -> None:
    page = check(officer, "altered.valid.pdf", "picture.valid.jpg").text.split("<template", maxsplit=1)[0]
    assert len(ROW.findall(page)) == 2
    for row in ROW.findall(page):
        line = row.split("</tr>")[0]
        assert "Valid" in line
        assert "tone-right" not in line


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (
            "original.revoked.pdf",
            "Revoked on December 1, 2026. What it certifies was not done, or not by its holder. The",
        ),
        ("original.superseded.pdf", f"Corrected by {numbers.in_groups(NEWER)}"),
        ("picture.valid.jpg", "On record: compare it with the picture"),
    ],
)
def test_a_row_tells_what_became_of_the_certificate(officer: TestClient, name: str, said: str) -> None:
    (row,) = rows(check(officer, name))
    assert said in row


def test_the_counts_stand_above_the_table(officer: TestClient) -> None:
    page = check(officer, "altered.valid.pdf", *(f"original.valid.{one}.pdf" for one in range(12)))
    counts = re.findall(r'<li class="count">([^<]+)</li>', page.text)
    assert counts == ["1 altered", "12 original"]


def test_a_demonstration_is_counted_apart(officer: TestClient, checks: ScriptedChecks) -> None:
    checks.facts = replace(checks.facts, demonstration=True)
    page = check(officer, "original.valid.pdf", "altered.valid.pdf")
    assert re.findall(r'<li class="count">([^<]+)</li>', page.text) == ["1 altered", "1 demonstration only"]
    assert "Original Valid, demonstration" in rows(page)[1]


def test_names_of_files_are_only_words(officer: TestClient) -> None:
    name = "original.valid.<img src=x onerror=alert(1)>.pdf"
    page = check(officer, name)
    assert "<img" not in page.text
    assert name in unescape(page.text)


# --- numbers -----------------------------------------------------------------------------------------------------


def test_many_numbers_are_checked_among_whatever_was_pasted(officer: TestClient, checks: ScriptedChecks) -> None:
    checks.known[NEWER] = Status.REVOKED
    text = (
        f"Name,Number\nAna Reyes,{numbers.in_groups(NUMBER)}\nBen Carter,{NEWER.lower()}\nX,0000-0000-0000-0000-0001\n"
    )
    page = check(officer, numbers=text)
    assert [row.split(" ")[0] for row in rows(page)] == [
        numbers.in_groups(NEWER),
        "0000-0000-0000-0000-0001",
        numbers.in_groups(NUMBER),
    ]
    assert "No number, so left out: Name · Number · Ana Reyes · Ben Carter · X" in words(page.text)


def test_one_number_leads_to_its_page(officer: TestClient) -> None:
    for typed in (NUMBER, numbers.in_groups(NUMBER).lower(), f" {numbers.in_groups(NUMBER)} \n"):
        answer = check(officer, numbers=typed)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/v/{NUMBER}")


def test_one_number_that_is_mistyped_comes_back_as_typed_with_help(officer: TestClient) -> None:
    page = check(officer, numbers="YH84-FBKZ-FMMP-G9N1-0ZZ")
    assert page.status_code == 422
    assert "this has 19" in page.text
    assert form(page, "/verify").filled({})["numbers"] == ["YH84-FBKZ-FMMP-G9N1-0ZZ"]


def test_numbers_and_files_go_together(officer: TestClient) -> None:
    page = check(officer, "original.valid.pdf", numbers=NUMBER)
    assert [row.split(" ")[0] for row in rows(page)] == ["original.valid.pdf", numbers.in_groups(NUMBER)]


# --- what is refused ---------------------------------------------------------------------------------------------


def test_nothing_comes_back_with_what_to_do(officer: TestClient) -> None:
    page = check(officer)
    assert page.status_code == 422
    assert "Enter a number, or choose a file." in page.text


def test_five_hundred_are_checked_and_no_more(officer: TestClient) -> None:
    many = [f"original.valid.{one}.pdf" for one in range(500)]
    assert len(rows(check(officer, *many))) == 500
    assert "Up to 500 files and 500 numbers" in check(officer, *many, "one-more.valid.pdf").text
    assert check(officer, *many[:499], numbers=f"{NUMBER}\n{NEWER}").status_code == 422


def test_one_bad_file_never_stops_the_others(officer: TestClient, checks: ScriptedChecks) -> None:
    checks.busy_for = 9
    large = ("files", ("huge.pdf", b"x" * (20 * 1024 * 1024 + 1)))
    sent = [*files("broken.pdf", "busy.valid.pdf"), large, *files("original.valid.pdf")]
    found = rows(officer.post("/verify", files=sent))
    assert [row.split(" ")[0] for row in found] == ["broken.pdf", "busy.valid.pdf", "huge.pdf", "original.valid.pdf"]
    for row, said in zip(
        found, ("our side", "The reading room is full", "larger than 20 MB", "byte for byte"), strict=True
    ):
        assert said in row


def test_more_than_is_allowed_in_a_minute_waits_in_words(house: FastAPI, officer: TestClient) -> None:
    allow(house, burst=3)
    assert len(rows(check(officer, *ALL[:3]))) == 3
    refused = check(officer, "original.valid.pdf")
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert "Wait 1 second, then send the rest again." in refused.text
    told = officer.post("/verify/rows", files=files(*ALL[:2]), headers=JSON)
    assert (told.status_code, told.json()["status"]) == (429, 429)


def test_nothing_of_a_check_is_kept_or_found_by_search(officer: TestClient) -> None:
    for answer in (
        check(officer, "original.valid.pdf"),
        officer.post("/verify/rows", files=files("original.valid.pdf")),
    ):
        assert answer.headers["cache-control"] == "no-store"
        assert answer.headers["x-robots-tag"] == "noindex, nofollow"
        assert "set-cookie" not in answer.headers


# --- row by row --------------------------------------------------------------------------------------------------


def test_each_row_comes_on_a_line_of_its_own_and_is_that_of_the_page(officer: TestClient) -> None:
    names = ["original.valid.pdf", "altered.valid.pdf", "zip.2.zip"]
    found = lines(officer.post("/verify/rows", files=files(*names), data={"numbers": f"Ana,{NUMBER}"}))
    assert [line.get("of", line.get("done")) for line in found[:-1]] == [-1, 0, 0, 1, 1, 2, 2, 2]
    assert [("row" in line) for line in found[:-1]] == [True, True, False, True, False, True, True, False]
    assert found[-1] == {"end": True, "leftOut": ["Ana"]}
    whole = ROW.findall(check(officer, "altered.valid.pdf").text)[0]
    assert "".join(found[3]["row"].split()) == "".join(whole.split()), "the very same"


def test_rows_are_sent_as_they_are_found(house: FastAPI, officer: TestClient, checks: ScriptedChecks) -> None:
    sent: list[str] = []
    read = checks.file

    def watched(*, filename: str, content: bytes) -> Iterator[Result]:
        sent.append(filename)
        yield from read(filename=filename, content=content)

    checks.file = watched  # type: ignore[method-assign]
    names = [f"original.valid.{one}.pdf" for one in range(5)]
    with officer.stream("POST", "/verify/rows", files=files(*names)) as answer:
        assert answer.headers["content-type"] == "application/x-ndjson"
        assert "content-encoding" not in answer.headers, "what is compressed waits until there is enough of it"
        assert len([line for line in answer.iter_lines() if "row" in json.loads(line)]) == 5
    assert sent == names


def test_a_file_that_cannot_be_read_just_now_is_to_be_sent_again(officer: TestClient, checks: ScriptedChecks) -> None:
    checks.busy_for = 1
    names = ["original.valid.pdf", "busy.valid.pdf", "altered.valid.pdf"]
    found = lines(officer.post("/verify/rows", files=files(*names)))
    assert found[2] == {"later": 1, "after": 2}
    assert [line["done"] for line in found if "done" in line] == [0, 2]
    again = lines(officer.post("/verify/rows", files=files("busy.valid.pdf")))
    assert [("row" in line) for line in again] == [True, False, False]


def test_a_fault_in_one_file_is_a_row_like_any_other(officer: TestClient) -> None:
    found = lines(officer.post("/verify/rows", files=files("broken.pdf", "original.valid.pdf")))
    assert "Something broke on our side" in found[0]["row"]
    assert [line["done"] for line in found if "done" in line] == [0, 1]


def test_every_row_carries_its_result_signed(house: FastAPI, officer: TestClient) -> None:
    for result in form(check(officer, *ALL), "/verify/receipt.pdf").filled({})["result"]:
        told = json.loads(result)
        signature = told.pop("signature")
        given = Signature(signature["key"], base64.b64decode(signature["value"]))
        assert house.state.wiring.attests.signed(given, canonical(told))


# --- and meanwhile -----------------------------------------------------------------------------------------------


def test_checking_holds_up_no_writer(house: FastAPI, officer: TestClient, checks: ScriptedChecks) -> None:
    wrote: list[str] = []
    read = checks.file

    def and_write(*, filename: str, content: bytes) -> Iterator[Result]:
        with house.state.wiring.database.write() as db:
            the_cast.join(db, "ben")
        wrote.append(filename)
        yield from read(filename=filename, content=content)

    checks.file = and_write  # type: ignore[method-assign]
    for address in ("/verify", "/verify/rows", "/api/v1/verify"):
        assert officer.post(address, files=files("original.valid.pdf")).status_code == 200
    assert len(wrote) == 3


def test_whoever_is_signed_in_is_named_at_the_head_and_nowhere_else(
    officer: TestClient, sign_in_as: SignIn, checks: ScriptedChecks
) -> None:
    hers = sign_in_as("ana")
    page = check(hers, "original.valid.pdf")
    assert "ana@example.org" in page.text
    assert "ana@example.org" not in check(officer, "original.valid.pdf").text


def test_the_control_a_table_without_rows_would_be_found(officer: TestClient) -> None:
    assert rows(officer.get("/verify")) == []
