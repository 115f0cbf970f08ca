"""A receipt says what this house found within a day, and nothing that it did not; and it can be checked for ever."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from cast import NOON
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from scripted_checks import NUMBER, ScriptedChecks, ScriptedHand

from app.awards import receipt_sheets, receipts, telling
from app.awards.attesting import attest
from app.awards.document.dossier import Dossier, Grid
from app.awards.receipts import (
    COLUMNS,
    FoundTooLongAgo,
    KeyNotTrusted,
    NotAReceipt,
    NotFoundHere,
    NothingToReceive,
    Origin,
    Receipt,
)
from app.awards.verdicts import Document, Status
from app.kit.errors import TooLarge

HAND = ScriptedHand()
ORIGIN = Origin("Riverside Center & Sons", "https://ce.example.org")
NAMES = [f"{document}.{status}.pdf" for document in Document for status in Status]


def found(*names: str, hand: ScriptedHand = HAND) -> list[dict[str, Any]]:
    checks = ScriptedChecks()
    results = [result for name in names for result in checks.file(filename=name, content=name.encode())]
    return [attest(result, hand, now=NOON) for result in results]


def made(*told: dict[str, Any], late: timedelta = timedelta()) -> Receipt:
    return receipts.make([json.dumps(one) for one in told], HAND, origin=ORIGIN, now=NOON + late)


def keys(**changed: Any) -> dict[str, Any]:
    public = HAND.private.public_key().public_bytes_raw()
    key = {"key": HAND.key, "use": "statement", "algorithm": "ed25519", "public": base64.b64encode(public).decode()}
    return {"type": "continua-keys-1", "keys": [key | {"retired": None, "revoked": None} | changed]}


def cells(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


# --- what comes on to it -----------------------------------------------------------------------------------------


def test_whatever_was_found_here_comes_on_to_the_receipt_in_its_order() -> None:
    receipt = made(*found(*NAMES))
    assert [told["filename"] for told in receipt.results] == NAMES
    assert receipt.keys == ((HAND.key, HAND.fingerprint(HAND.key)),)
    assert "4 altered" in receipt.counted


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "valid"},
        {"document": "original"},
        {"ok": True},
        {"filename": "another.pdf"},
        {"sha256": "0" * 64},
        {"checked_at": "2026-11-20T17:00:01Z"},
        {"sentence": "All is well."},
        {"differences": []},
        {"more": "1"},
        {"facts": None},
        {"signature": None},
        {"signature": "x"},
        {"signature": {"key": HAND.key, "value": ""}},
        {"signature": {"key": "statement-2026-00000000", "value": "AAAA"}},
        {"signature": {"key": HAND.key, "value": 1}},
    ],
)
def test_a_result_that_was_changed_is_not_what_we_found(changed: dict[str, Any]) -> None:
    (told,) = found("altered.revoked.pdf")
    with pytest.raises(NotFoundHere):
        made(told | changed)


def test_any_part_that_is_left_out_is_noticed() -> None:
    (told,) = found("altered.valid.pdf")
    made(told)
    for name in told:
        with pytest.raises(NotFoundHere):
            made({key: value for key, value in told.items() if key != name})


def test_no_mutation_of_what_was_found_comes_on_to_a_receipt() -> None:
    chance = random.Random(20261120)  # noqa: S311 - the same mutations each time
    (told,) = found("altered.valid.pdf")
    whole = json.dumps(told, ensure_ascii=False).encode()
    accepted = 0
    for _ in range(3_000):
        mutated = bytearray(whole)
        for _ in range(chance.randrange(1, 4)):
            mutated[chance.randrange(len(mutated))] = chance.randrange(32, 127)
        try:
            receipt = receipts.make([mutated.decode(errors="replace")], HAND, origin=ORIGIN, now=NOON)
        except NotFoundHere:
            continue
        accepted += 1
        assert receipt.results == (told,), "and what came through says the very same"
    assert accepted < 300


@pytest.mark.parametrize("text", ["", "{", "[]", "1", "null", "[" * 100_000, '{"signature": {}}', '"\\ud800"', "NaN"])
def test_whatever_else_is_brought_was_not_found_here(text: str) -> None:
    with pytest.raises(NotFoundHere):
        receipts.make([text], HAND, origin=ORIGIN, now=NOON)


def test_another_house_cannot_have_its_results_put_under_our_name() -> None:
    other = ScriptedHand(private=Ed25519PrivateKey.generate())
    with pytest.raises(NotFoundHere):
        made(*found("original.valid.pdf", hand=other))


def test_what_was_found_more_than_a_day_ago_is_to_be_checked_again() -> None:
    told = found("original.valid.pdf")
    made(*told, late=timedelta(hours=24))
    with pytest.raises(FoundTooLongAgo):
        made(*told, late=timedelta(hours=24, seconds=1))


def test_there_is_no_receipt_of_nothing_nor_of_too_much() -> None:
    with pytest.raises(NothingToReceive):
        made()
    with pytest.raises(TooLarge):
        receipts.make(["{}"] * 2_001, HAND, origin=ORIGIN, now=NOON)


# --- as a table --------------------------------------------------------------------------------------------------


def test_the_table_has_a_line_for_each_result_and_can_be_checked_again() -> None:
    content = receipts.to_csv(made(*found(*NAMES)), HAND)
    read = receipts.read_csv(content, keys())
    assert (read.made_at, read.origin, read.key) == ("2026-11-20T17:00:00Z", ORIGIN, HAND.key)
    assert [row["File"] for row in read.rows] == NAMES
    altered = next(row for row in read.rows if row["File"] == "altered.valid.pdf")
    assert altered["What differs"].startswith("Contact hours: 6.0 on the file, 3.0 on record; Name: ")
    assert (altered["Counts"], altered["On record"]) == ("no", "Valid")
    assert {row["Counts"] for row in read.rows if row["File"] in {"original.valid.pdf", "same-facts.valid.pdf"}} == {
        "yes"
    }
    digest = hashlib.sha256(b"altered.valid.pdf").hexdigest()
    assert altered["SHA-256 of the file"] == f"sha256:{digest}"


def test_a_key_that_retired_still_counts_and_one_that_was_revoked_does_not() -> None:
    content = receipts.to_csv(made(*found("original.valid.pdf")), HAND)
    receipts.read_csv(content, keys(retired="2027-01-01T00:00:00Z"))
    for changed in ({"revoked": "2027-01-01T00:00:00Z"}, {"use": "seal"}, {"key": "statement-2026-00000000"}):
        with pytest.raises(KeyNotTrusted):
            receipts.read_csv(content, keys(**changed))


def test_not_a_byte_of_the_table_can_be_changed() -> None:
    content = receipts.to_csv(made(*found("altered.revoked.pdf", "original.valid.pdf")), HAND)
    for place in range(len(content)):
        if content[place : place + 2] == b"\r\n" and place == len(content) - 2:
            break  # the end of the last line is no part of what is said
        mutated = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        with pytest.raises(NotAReceipt):
            receipts.read_csv(mutated, keys())
    for other in (b"", b"signature,x,y", content[1:], content[:-40], content + content, b"\xef\xbb\xbf" + content):
        with pytest.raises(NotAReceipt):
            receipts.read_csv(other, keys())


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_makes_a_spreadsheet_act(start: str) -> None:
    (told,) = found("altered.valid.pdf")
    evil = f'{start}cmd|"/c calc"!A1'
    differences = [{"field": "holder", "paper": evil, "record": evil}]
    hostile = told | {"filename": evil, "sentence": evil, "differences": differences}
    receipt = replace(made(told), results=(hostile,), origin=Origin(evil, evil))
    content = receipts.to_csv(receipt, HAND)
    lines = cells(content)[:-1]
    assert any(evil in cell for line in lines for cell in line), "the control: it is there"
    assert [cell for line in lines for cell in line if cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))] == []
    assert len(receipts.read_csv(content, keys()).rows) == 1


def test_what_stands_in_a_file_cannot_end_the_table() -> None:
    (told,) = found("altered.valid.pdf")
    evil = '"\r\nsignature,x,AAAA\r\n"'
    content = receipts.to_csv(replace(made(told), results=(told | {"sentence": evil},)), HAND)
    (row,) = receipts.read_csv(content, keys()).rows
    assert row["What was found"].replace("\r", "") == evil.replace("\r", "")
    assert list(row) == list(COLUMNS)


# --- as a document -----------------------------------------------------------------------------------------------


def grids(dossier: Dossier) -> dict[str, list[Grid]]:
    return {each.slug: [part for part in each.parts if isinstance(part, Grid)] for each in dossier.sections}


def test_the_document_says_the_same_as_the_table() -> None:
    receipt = made(*found(*NAMES))
    drawn = receipt_sheets.dossier(receipt)
    found_, differs, record, files = (grids(drawn)[slug] for slug in ("found", "differs", "record", "files"))
    assert sorted(row[0].split("\n")[0] for row in found_[0].rows) == sorted(NAMES)
    ranks = [telling.of(one).rank for one in receipt.results]
    assert ranks != sorted(ranks), "or this shows nothing"
    told = {one["filename"] or one["asked"]: telling.of(one).rank for one in receipt.results}
    shown = [told[row[0].split("\n")[0]] for row in found_[0].rows]
    assert shown == sorted(shown), "what asks for attention comes first"
    assert any(row[0].endswith(f"\n{receipt.results[0]['facts']['holder']}") for row in found_[0].rows)
    assert {one.caption for one in differs} == {name for name in NAMES if name.startswith("altered")}
    assert differs[0].rows[0] == ("Contact hours", "6.0", "3.0")
    assert [row[0] for row in record[0].rows] == [
        f"{NUMBER[:4]}-{NUMBER[4:8]}-{NUMBER[8:12]}-{NUMBER[12:16]}-{NUMBER[16:]}"
    ]
    digests = [hashlib.sha256(name.encode()).hexdigest() for name in NAMES]
    assert sorted(row[1] for row in files[0].rows) == sorted(digests)
    assert dict(drawn.facts)[f"Key {HAND.key}"] == f"SHA-256 {HAND.fingerprint(HAND.key)}"
    assert Dossier.from_json(drawn.to_json()) == drawn


def test_letters_that_no_font_has_are_boxed_in_what_a_file_brought_and_nowhere_else() -> None:
    (told,) = found("altered.valid.pdf")
    differences = [{"field": "holder", "paper": "Ana 🦉", "record": "Dương 佐藤"}]
    odd = told | {"filename": "🦉 Ñandú.pdf", "differences": differences}
    receipt = replace(made(told), results=(odd,))
    plain = receipt_sheets.dossier(receipt, plainly=True)
    assert grids(plain)["found"][0].rows[0][0].startswith("□ Ñandú.pdf\nYH84-")
    assert grids(plain)["differs"][0].rows[0] == ("Name", "Ana □", "Dương 佐藤")
    assert grids(receipt_sheets.dossier(receipt))["found"][0].rows[0][0].startswith("🦉 Ñandú.pdf")
