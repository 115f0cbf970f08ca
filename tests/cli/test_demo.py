"""`continua demo`: a filled house out of an empty one, and never out of any other."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlmodel import Session, func, select
from typer.testing import CliRunner

from app.assessment.attempts import Attempt
from app.audit import AuditLine
from app.awards.certificates import Certificate
from app.cli.commands import app as continua
from app.cli.demo import NoCourses, NotEmpty
from app.identity import people
from app.identity.people import Person
from app.kit.clock import system_clock
from app.kit.database import Database, open_database
from app.learning.enrollments import Enrollment
from app.main import create_app
from app.settings import Settings

ADDRESS = "http://127.0.0.1:8000"
COURSES = Path(__file__).parents[2] / "courses"


@dataclass(frozen=True)
class House:
    """An empty house at an address of its own."""

    database: Database
    settings: Settings

    def demo(self, *options: str) -> str:
        """Run the command; give what it prints."""
        return CliRunner().invoke(continua, ["demo", *options], catch_exceptions=False).stdout


@pytest.fixture
def empty(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    for name, value in {
        "DATA": tmp_path,
        "DATABASE_URL": sqlite_url,
        "COURSES": COURSES,
        "PUBLIC_URL": ADDRESS,
    }.items():
        monkeypatch.setenv(f"CONTINUA_{name}", str(value))
    database = open_database(sqlite_url)
    yield House(database, Settings())
    database.close()


@pytest.fixture
def told(empty: House) -> dict[str, Any]:
    """What the command tells a machine."""
    return json.loads(empty.demo("--json"))  # type: ignore[no-any-return]


@pytest.fixture
def site(empty: House, told: dict[str, Any]) -> Iterator[FastAPI]:
    """The site over the filled database."""
    made = create_app(empty.settings)
    yield made
    made.state.wiring.database.close()


def count(db: Session, table: type) -> int:
    return db.exec(select(func.count()).select_from(table)).one()


def test_it_tells_a_machine_who_is_there_and_what_was_issued(told: dict[str, Any]) -> None:
    assert set(told) == {"people", "certificates"}
    assert all(set(person) == {"name", "email", "role", "sign_in_url"} for person in told["people"])
    assert all(set(one) == {"number", "status", "course", "holder"} for one in told["certificates"])
    roles = Counter(person["role"] for person in told["people"])
    assert set(roles) == {"learner", "instructor", "officer", "admin"}
    assert roles["learner"] >= 5, "they stand at different points of a course"


def test_one_certificate_is_revoked_and_the_others_are_valid(told: dict[str, Any]) -> None:
    statuses = Counter(one["status"] for one in told["certificates"])
    assert statuses["revoked"] == 1
    assert set(statuses) == {"valid", "revoked"}
    assert {one["holder"] for one in told["certificates"]} <= {person["name"] for person in told["people"]}
    assert {one["course"] for one in told["certificates"]} <= {folder.name for folder in COURSES.iterdir()}


def test_every_link_signs_its_person_in_once(site: FastAPI, told: dict[str, Any]) -> None:
    for person in told["people"]:
        assert person["sign_in_url"].startswith(f"{ADDRESS}/sign-in/link/")
        browser = TestClient(site, base_url=ADDRESS, follow_redirects=False)
        assert browser.get(person["sign_in_url"]).status_code == 303
        assert person["email"] in browser.get("/account").text
        assert browser.get(person["sign_in_url"]).status_code == 410
        browser.close()


def test_every_certificate_stands_as_it_was_told(site: FastAPI, told: dict[str, Any]) -> None:
    browser = TestClient(site, base_url=ADDRESS)
    for one in told["certificates"]:
        found = browser.get(f"/v/{one['number']}.json").json()
        assert (found["number"], found["holder_name"]) == (one["number"], one["holder"])
        assert found["status"] in {one["status"], "demonstration"}
    browser.close()


def test_people_stand_at_different_points(empty: House, told: dict[str, Any]) -> None:
    with empty.database.read() as db:
        courses = db.exec(select(Enrollment)).all()
        attempts = db.exec(select(Attempt)).all()
    assert {bool(one.completed_at) for one in courses} == {True, False}
    assert {attempt.submitted_at is None for attempt in attempts} == {True, False}
    assert len(courses) > len(told["certificates"])


def test_nothing_is_there_that_was_not_told(empty: House, told: dict[str, Any]) -> None:
    with empty.database.read() as db:
        assert count(db, Person) == len(told["people"])
        assert count(db, Certificate) == len(told["certificates"])


def test_a_person_reads_the_same_in_words(empty: House) -> None:
    told = empty.demo()
    assert "Ana Morales (learner: finished, certificate issued)" in told
    assert told.count("/sign-in/link/") >= 8
    assert "Each link signs in once, within a day." in told


def test_a_database_with_anybody_in_it_is_left_alone(empty: House) -> None:
    with empty.database.write() as db:
        people.find_or_add(db, "ana@example.org", now=system_clock())
        trail = count(db, AuditLine)
    with pytest.raises(NotEmpty, match="fills an empty database only"):
        empty.demo("--json")
    with empty.database.read() as db:
        assert (count(db, Person), count(db, Enrollment), count(db, AuditLine)) == (1, 0, trail)


def test_it_never_fills_a_house_twice(empty: House, told: dict[str, Any]) -> None:
    with pytest.raises(NotEmpty):
        empty.demo("--json")
    with empty.database.read() as db:
        assert count(db, Person) == len(told["people"])


def test_without_a_course_it_says_what_is_missing_and_leaves_nothing_behind(
    empty: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTINUA_COURSES", str(tmp_path / "none"))
    with pytest.raises(NoCourses, match="CONTINUA_COURSES"):
        empty.demo()
    with empty.database.read() as db:
        assert count(db, Person) == 0
