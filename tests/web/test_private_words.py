"""What she writes for herself is read by nobody else: not on any page of the staff, and in nobody's export but hers."""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from dataclasses import replace

import pytest
from cast import NOON, join
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import read, send
from makers import evaluate, make_course, make_edition, make_question, read_everything

from app.assessment import attempts
from app.awards import completion
from app.content.course import Kind
from app.learning import enrollments
from app.library import authors
from app.records import erase
from app.request import Wiring

WORDS = "CANARY-OF-HER-OWN-WORDS"
MOST, OF_A_KIND = 120, 3
DOORS = {
    "ada": ("/admin", "/author", "/account"),
    "gus": ("/admin", "/account"),
    "ines": ("/author", "/account"),
    "olu": ("/admin", "/account"),
    "ben": ("/", "/account"),
}


@pytest.fixture
def wired(house: FastAPI) -> Wiring:
    wiring: Wiring = house.state.wiring
    return wiring


@pytest.fixture
def number(wired: Wiring) -> str:
    """Ana's certificate, from an exam in which she also wrote something for herself."""
    reflection = replace(
        make_question(9), id="reflection", kind=Kind.FREE_TEXT, options=(), graded=False, private=True
    )  # fmt: skip
    course = make_course(questions=(*(make_question(one) for one in (1, 2, 3)), reflection))
    with wired.database.write() as db:
        ana, edition = join(db, "ana"), make_edition(db, course)
        authors.begin(db, course.code, join(db, "ines"), now=NOON)
        enrollment = enrollments.begin(db, ana, edition, now=NOON)
        read_everything(db, enrollment)
        attempt = attempts.start(db, enrollment, now=NOON)
        for place, one in enumerate(course.exam.items if course.exam else (), 1):
            answer = WORDS if one.kind == Kind.FREE_TEXT else 1
            attempts.save_answer(db, attempt, one.id, answer, sequence=place, key=f"answer-{place}", now=NOON)
        attempts.submit(db, attempt, now=NOON)
        evaluate(db, enrollment, ana)
        certificate = completion.settle(db, enrollment, ana, issuer=wired.issuer, now=NOON)
        assert certificate is not None
        return certificate.number


def crawl(client: TestClient, *doors: str) -> dict[str, str]:
    """Give every page and every file that links lead to from some doors, by their addresses."""
    told: dict[str, str] = {}
    kinds: Counter[str] = Counter()  # of addresses: a few of each kind are enough
    waiting = list(doors)
    while waiting and len(told) < MOST:
        path = waiting.pop(0).partition("#")[0]
        kind = re.sub(r"[0-9A-Z]{4,}|\d+|[0-9a-f]{8,}|\?.*", "#", path)
        kinds[kind] += 1
        if path in told or not path.startswith("/") or kinds[kind] > OF_A_KIND:
            continue
        answer = client.get(path, follow_redirects=True)
        told[path] = answer.content.decode("latin-1")
        if answer.headers.get("content-type", "").startswith("text/html"):
            waiting += [one for one in read(answer).links if "sign-out" not in one]
    return told


@pytest.mark.parametrize("who", sorted(DOORS))
def test_nobody_else_reads_her_words_on_any_page(who: str, sign_in_as: SignIn, number: str) -> None:
    client = sign_in_as(who)
    doors = (*DOORS[who], f"/admin/certificates/{number}", f"/certificates/{number}", f"/v/{number}")
    told = crawl(client, *doors)
    assert len(told) > 5
    assert [path for path, text in told.items() if WORDS in text] == []
    assert WORDS not in exported(client)


def exported(client: TestClient) -> str:
    answer = send(client, client.get("/account/privacy"), "/account/privacy/export")
    return zipfile.ZipFile(io.BytesIO(answer.content)).read("data.json").decode()


def test_she_has_them_herself(sign_in_as: SignIn, number: str) -> None:
    assert number
    assert WORDS in exported(sign_in_as("ana"))


def test_an_erasure_empties_them_and_leaves_what_was_graded(wired: Wiring, number: str) -> None:
    assert number
    with wired.database.write() as db:
        erase.erase(db, join(db, "ana"), years=7, now=NOON)
    with wired.database.read() as db:
        kept = list(db.connection().exec_driver_sql("SELECT answer FROM answer_event").scalars())
    assert WORDS not in "".join(kept)
    assert sorted(kept) == ["1", "1", "1", "null"]
