"""Checking for machines: the same results as on the page, each signed; whatever else is sent is refused in words."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rfc8785
from conftest import PUBLIC, StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from scripted_checks import NEWER, NUMBER, ScriptedChecks, ScriptedHand, allow, files

from app.api.shapes import Answer, HistoryTold, Problem, ResultTold
from app.awards import numbers
from app.awards.attesting import Signature
from app.awards.verdicts import Document, Result, Status

pytest_plugins = ["officers"]

ADDRESS = "/api/v1/verify"
UNKNOWN = "0" * 20
FACTS = [
    *("number", "status", "holder", "license", "course", "code", "edition", "hours", "hours_by_type", "format"),
    *("completed_on", "completed_at", "provider", "approvals", "presenters", "demonstration"),
]


def results(answer: Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["results"]
    return found


def assert_problem(answer: Response, status: int) -> Problem:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(answer.json())
    assert problem.status == status
    assert problem.detail.endswith(".")
    return problem


def test_files_are_checked_in_the_order_they_were_sent(officer: TestClient) -> None:
    names = [f"{document}.{status}.pdf" for document in Document for status in Status]
    found = results(officer.post(ADDRESS, files=files(*names)))
    assert [one["filename"] for one in found] == names
    assert [one["document"] for one in found] == [name.split(".")[0] for name in names]
    genuine = {"original.valid.pdf", "same-facts.valid.pdf"}
    assert {one["filename"] for one in found if one["ok"]} == genuine
    assert all(one["ok"] is False for one in found if one["filename"] not in genuine)


def test_numbers_are_checked_as_they_were_typed_and_are_never_called_ok(officer: TestClient) -> None:
    typed = [numbers.in_groups(NUMBER).lower(), UNKNOWN, "hello", NUMBER]
    found = results(officer.post(ADDRESS, json={"numbers": typed}))
    assert [one["asked"] for one in found] == typed
    assert [one["status"] for one in found] == ["valid", "unknown", "unknown", "valid"]
    assert {one["document"] for one in found} == {one["ok"] for one in found} == {None}


@pytest.mark.parametrize(
    "sent",
    [
        {"files": files(*(f"{document}.{status}.pdf" for document in Document for status in Status))},
        {"json": {"numbers": [NUMBER, NEWER, UNKNOWN, "x"]}},
    ],
)
def test_every_answer_has_the_shape_that_is_described(
    officer: TestClient, checks: ScriptedChecks, sent: dict[str, Any]
) -> None:
    checks.known[NEWER] = Status.SUPERSEDED
    answer = officer.post(ADDRESS, **sent)
    Answer.model_validate_json(answer.content)
    for one in results(answer):
        assert one["facts"] is None or list(one["facts"]) == FACTS


def test_one_number_gives_the_same_as_many(officer: TestClient, checks: ScriptedChecks) -> None:
    for status in (Status.VALID, Status.SUPERSEDED, Status.REVOKED):
        checks.known[NUMBER] = status
        one = officer.get(f"/api/v1/certificates/{numbers.in_groups(NUMBER)}")
        assert one.status_code == 200, "also of one that does not count"
        ResultTold.model_validate_json(one.content)
        (among,) = results(officer.post(ADDRESS, json={"numbers": [numbers.in_groups(NUMBER)]}))
        assert one.json() == among
        assert one.json()["status"] == status


@pytest.mark.parametrize(
    ("typed", "help_"), [(UNKNOWN, "five groups of four"), ("ABC", "this has 3"), ("x" * 90, "90")]
)
def test_an_unknown_number_is_not_found_with_help_about_typing(officer: TestClient, typed: str, help_: str) -> None:
    assert help_ in assert_problem(officer.get(f"/api/v1/certificates/{typed}"), 404).detail


def test_each_result_is_dated_and_signed_over_all_that_it_says(officer: TestClient, clock: StillClock) -> None:
    clock.pass_time(hours=1)
    for one in results(officer.post(ADDRESS, files=files("original.valid.pdf", "altered.valid.pdf"))):
        assert one["checked_at"] == "2026-11-20T18:00:00Z"
        signature = one.pop("signature")
        given = Signature(signature["key"], base64.b64decode(signature["value"]))
        assert ScriptedHand().signed(given, rfc8785.dumps(one))
        for changed in ({"status": "revoked"}, {"filename": "other.pdf"}, {"checked_at": "2026-11-20T19:00:00Z"}):
            assert not ScriptedHand().signed(given, rfc8785.dumps(one | changed))


def test_without_a_key_at_hand_results_stand_and_are_not_signed(
    house: FastAPI, officer: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(house.state.wiring.attests, "is_here", False)
    (one,) = results(officer.post(ADDRESS, files=files("original.valid.pdf")))
    assert (one["ok"], one["signature"]) == (True, None)


def test_files_are_read_at_once_and_answered_in_their_order(officer: TestClient, checks: ScriptedChecks) -> None:
    both = threading.Barrier(2, timeout=10)
    read = checks.file

    def together(*, filename: str, content: bytes) -> Iterator[Result]:
        both.wait()
        yield from read(filename=filename, content=content)

    checks.file = together  # type: ignore[method-assign]
    names = [f"original.valid.{one}.pdf" for one in range(10)]
    assert [one["filename"] for one in results(officer.post(ADDRESS, files=files(*names)))] == names


def test_a_large_zip_is_read_and_another_large_file_is_not(officer: TestClient, checks: ScriptedChecks) -> None:
    megabytes = b"x" * (21 * 1024 * 1024)
    sent = [("files", ("zip.2.zip", b"PK\x03\x04" + megabytes)), ("files", ("scan.pdf", b"%PDF" + megabytes))]
    found = results(officer.post(ADDRESS, files=sent))
    assert [one["document"] for one in found] == ["original", "original", "unreadable"]
    assert checks.asked == ["zip.2.zip"]


def test_a_zip_gives_a_result_for_each_file_in_it(officer: TestClient) -> None:
    found = results(officer.post(ADDRESS, files=files("zip.3.zip", "altered.valid.pdf")))
    assert [one["document"] for one in found] == ["original"] * 3 + ["altered"]


def test_one_bad_file_never_stops_the_others(officer: TestClient, checks: ScriptedChecks) -> None:
    checks.busy_for = 1
    large = ("files", ("huge.pdf", b"x" * (20 * 1024 * 1024 + 1)))
    sent = [*files("broken.pdf", "busy.valid.pdf"), large, *files("original.valid.pdf")]
    found = results(officer.post(ADDRESS, files=sent))
    assert [one["document"] for one in found] == ["unreadable"] * 3 + ["original"]
    assert ["our side" in found[0]["sentence"], "full" in found[1]["sentence"], "20 MB" in found[2]["sentence"]] == [
        True,
        True,
        True,
    ]


# --- what is refused ---------------------------------------------------------------------------------------------


WRONG_JSON: list[tuple[bytes, int]] = [
    (b"", 400),
    (b"{", 400),
    (b"[" * 100_000, 400),
    (b'{"a":' * 50_000, 400),
    (b"\xff\xfe", 400),
    (b"[]", 422),
    (b"null", 422),
    (b'"numbers"', 422),
    (b"{}", 422),
    (b'{"numbers": []}', 422),
    (b'{"numbers": null}', 422),
    (b'{"numbers": "YH84FBKZFMMPG9N10ZZW"}', 422),
    (b'{"numbers": [1]}', 422),
    (b'{"numbers": [null]}', 422),
    (b'{"numbers": [["a"]]}', 422),
    (b'{"numbers": {"a": "b"}}', 422),
    (b'{"numbers": ["a"], "more": 1}', 422),
    (b'{"numbers": ["a"], "files": []}', 422),
    (b'{"numbers": ["' + b"9" * 81 + b'"]}', 422),
    (b'{"numbers": ["\\ud800"]}', 422),
    (b'{"numbers": [' + b"9" * 5_000 + b"]}", 400),
    (b'{"numbers": ["a"' + b', "a"' * 500 + b"]}", 422),
    (b'{"numbers": ["' + b"a" * 1_100_000 + b'"]}', 413),
]


def test_json_of_another_shape_is_refused(officer: TestClient) -> None:
    for sent, status in WRONG_JSON:
        answer = officer.post(ADDRESS, content=sent, headers={"content-type": "application/json"})
        assert answer.status_code == status, sent[:40]
        assert "Traceback" not in assert_problem(answer, status).detail


def test_another_form_is_refused(officer: TestClient) -> None:
    for kind in ("text/plain", "", "application/xml", "multipart/mixed", "application/pdf", "\xff"):
        assert_problem(officer.post(ADDRESS, content=b"a", headers={"content-type": kind.encode("latin-1")}), 415)


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=x"])
def test_a_damaged_form_is_refused(officer: TestClient, kind: str) -> None:
    assert_problem(officer.post(ADDRESS, content=b"--x\r\nnonsense", headers={"content-type": kind}), 415)


def test_unknown_fields_of_a_form_are_refused_by_name(officer: TestClient) -> None:
    for sent in (
        {"data": {"numbers": NUMBER}, "files": files("original.valid.pdf")},
        {"files": [("file", ("original.valid.pdf", b"x"))]},
    ):
        assert assert_problem(officer.post(ADDRESS, **sent), 422).fields


def test_nothing_is_refused_as_nothing(officer: TestClient) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="files"; filename=""\r\n\r\n\r\n--x--\r\n'
    answer = officer.post(ADDRESS, content=body, headers={"content-type": "multipart/form-data; boundary=x"})
    assert "at least one" in assert_problem(answer, 422).detail


def test_more_than_five_hundred_at_once_are_refused_and_five_hundred_are_not(officer: TestClient) -> None:
    found = results(officer.post(ADDRESS, files=files(*(f"original.valid.{one}.pdf" for one in range(500)))))
    assert len(found) == 500
    for sent in (
        {"files": files(*(f"original.valid.{one}.pdf" for one in range(501)))},
        {"json": {"numbers": [NUMBER] * 501}},
    ):
        assert "500" in assert_problem(officer.post(ADDRESS, **sent), 422).detail


NAMES = [
    ("../../etc/passwd", "passwd"),
    ("C:\\Users\\olu\\one.pdf", "one.pdf"),
    ("/etc/shadow", "shadow"),
    ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
    ("a\u202efdp.exe", "afdp.exe"),
    ("..", ".."),
    ("a/", "A file without a name"),
    ("n" * 300 + ".pdf", "n" * 151 + "…nnnn.pdf"),
    ("Zeugnis für Ana ñ.pdf", "Zeugnis für Ana ñ.pdf"),
    ("=HYPERLINK(1).pdf", "=HYPERLINK(1).pdf"),
]


def test_a_name_is_a_name_and_never_a_path(officer: TestClient, checks: ScriptedChecks) -> None:
    found = results(officer.post(ADDRESS, files=[("files", (name, b"x")) for name, _ in NAMES]))
    assert [one["filename"] for one in found] == [shown for _, shown in NAMES]
    assert set(checks.asked) == {shown for _, shown in NAMES}


def test_a_parcel_of_more_than_half_a_gigabyte_is_refused_before_it_comes(officer: TestClient) -> None:
    kind = "multipart/form-data; boundary=x"
    for address in (ADDRESS, "/verify", "/verify/rows", "/verify/receipt.csv"):
        sent = {"content-type": kind, "content-length": str(513 * 1024 * 1024), "accept": "application/json"}
        assert_problem(officer.post(address, content=b"", headers=sent), 413)


# --- how much ----------------------------------------------------------------------------------------------------


def test_an_officer_checks_five_hundred_a_minute_and_as_many_again(officer: TestClient) -> None:
    for _ in range(2):
        assert len(results(officer.post(ADDRESS, json={"numbers": [NUMBER] * 500}))) == 500
    assert_problem(officer.post(ADDRESS, json={"numbers": [NUMBER] * 500}), 429)


def test_files_and_numbers_are_counted_and_not_requests(house: FastAPI, officer: TestClient) -> None:
    allow(house, burst=10)
    results(officer.post(ADDRESS, files=files("original.valid.1.pdf", "original.valid.2.pdf")))
    results(officer.post(ADDRESS, json={"numbers": [NUMBER] * 5}))
    results(officer.post(ADDRESS, files=files("zip.3.zip")))
    refused = officer.get(f"/api/v1/certificates/{NUMBER}")
    assert "Wait 1 second" in assert_problem(refused, 429).detail
    assert refused.headers["retry-after"] == "1"


def test_a_zip_of_very_many_is_waited_for_afterwards(house: FastAPI, officer: TestClient) -> None:
    allow(house, burst=10)
    assert len(results(officer.post(ADDRESS, files=files("zip.40.zip")))) == 40
    refused = officer.post(ADDRESS, files=files("original.valid.pdf"))
    assert_problem(refused, 429)
    assert int(refused.headers["retry-after"]) in {30, 31}


def test_what_is_refused_is_not_read_at_all(house: FastAPI, officer: TestClient, checks: ScriptedChecks) -> None:
    allow(house, burst=1)
    results(officer.post(ADDRESS, json={"numbers": [NUMBER]}))
    assert_problem(officer.post(ADDRESS, files=files("original.valid.pdf")), 429)
    assert checks.asked == [NUMBER]


def test_another_office_is_not_kept_waiting(house: FastAPI, checks: ScriptedChecks) -> None:
    allow(house, burst=1)
    homes = ["192.0.2.1", "192.0.2.2", "2001:db8:1:1::1", "2001:db8:1:2::1"]
    for home in homes:
        client = TestClient(house, base_url=PUBLIC, client=(home, 1))
        assert client.get(f"/api/v1/certificates/{NUMBER}").status_code == 200
    for again in (*homes, "2001:db8:1:1:ffff::9", "::ffff:192.0.2.1"):
        client = TestClient(house, base_url=PUBLIC, client=(again, 1))
        assert client.get(f"/api/v1/certificates/{NUMBER}").status_code == 429, "the same office, by another address"


def test_without_a_limit_nobody_would_wait(house: FastAPI, officer: TestClient) -> None:
    """The control."""
    allow(house, burst=10**9)
    for _ in range(4):
        results(officer.post(ADDRESS, json={"numbers": [NUMBER] * 500}))


# --- the description ---------------------------------------------------------------------------------------------


def test_the_description_names_exactly_these_addresses(officer: TestClient) -> None:
    told = officer.get("/api/v1/openapi.json").json()
    assert {path: set(ways) for path, ways in told["paths"].items()} == {
        "/api/v1/verify": {"post"},
        "/api/v1/certificates/{number}": {"get"},
    }
    assert told["servers"] == [{"url": "https://ce.example.org"}]
    post = told["paths"]["/api/v1/verify"]["post"]
    assert set(post["requestBody"]["content"]) == {"application/json", "multipart/form-data"}
    assert set(post["responses"]) == {"200", "400", "413", "415", "422", "429", "503"}
    asked = post["requestBody"]["content"]["application/json"]["schema"]
    assert (asked["additionalProperties"], asked["properties"]["numbers"]["maxItems"]) == (False, 500)


def test_every_reference_of_the_description_leads_somewhere(officer: TestClient) -> None:
    told = officer.get("/api/v1/openapi.json").json()
    named = set(told["components"]["schemas"])
    used = {found.rsplit("/", 1)[-1] for found in re.findall(r'"\$ref": "([^"]+)"', json.dumps(told))}
    assert used == named
    assert set(told["components"]["schemas"]["FactsTold"]["required"]) == set(FACTS)
    for status, answer in told["paths"]["/api/v1/verify"]["post"]["responses"].items():
        kind = "application/json" if status == "200" else "application/problem+json"
        assert "$ref" in answer["content"][kind]["schema"], status
        assert list(answer["content"]) == [kind]


def test_what_the_docs_show_is_what_is_answered() -> None:
    docs = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    shown = next(block for block in re.findall(r"```json\n(.*?)```", docs, re.DOTALL) if '"results"' in block)
    Answer.model_validate_json(shown)
    for name in (*ResultTold.model_fields, *HistoryTold.model_fields):
        assert f"`{name}`" in docs, name


def test_no_answer_is_kept_or_found_by_search(officer: TestClient) -> None:
    for answer in (
        officer.post(ADDRESS, json={"numbers": [NUMBER]}),
        officer.get(f"/api/v1/certificates/{NUMBER}"),
        officer.get(f"/api/v1/certificates/{UNKNOWN}"),
    ):
        assert answer.headers["cache-control"] == "no-store"


def test_another_sites_page_cannot_send_and_a_program_can(officer: TestClient) -> None:
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        assert_problem(officer.post(ADDRESS, json={"numbers": [NUMBER]}, headers=headers), 403)
    for headers in ({}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}):
        results(officer.post(ADDRESS, json={"numbers": [NUMBER]}, headers=headers))
