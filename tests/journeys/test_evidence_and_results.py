"""Evidence and results in Chromium: open to everyone, at 320 pixels too, and the pack comes at one click."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from cast import EMAILS, NOON
from inspectors import Inspector
from makers import make_enrollment, read_everything
from open_houses import OpenHouse
from playwright.sync_api import expect
from sqlmodel import Session
from walkers import Walk

from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.content.course import Kind
from app.identity import people
from app.kit.database import open_database
from app.library import editions

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

CODE = "social-media-and-confidentiality"
SHELF = f"/author/shelf/{CODE}"
LEARNERS = 24


def sit(house: OpenHouse) -> None:
    """Let some people take the exam: every second one has all answers right, the others none."""
    database = open_database(house.database_url)
    with database.write() as db:
        edition = editions.current(db, CODE)
        for number in range(LEARNERS):
            learner = people.find_or_add(db, f"learner-{number}@example.org", now=NOON)
            enrollment = make_enrollment(db, learner, edition)
            read_everything(db, enrollment)
            attempt = attempts.start(db, enrollment, now=NOON)
            _answer(db, attempt, right=number % 2 == 0)
            attempts.submit(db, attempt, now=NOON)
    database.close()


def _answer(db: Session, attempt: Attempt, *, right: bool) -> None:
    for slot in attempts.paper(db, attempt).slots:
        picks = [place for place, option in enumerate(slot.question.options, 1) if option.right == right]
        answer = picks if slot.question.kind is Kind.CHOOSE_ALL else picks[0]
        key = f"answer-{attempt.id}-{slot.number}"
        attempts.save_answer(db, attempt, slot.question.id, answer, sequence=slot.number, key=key, now=NOON)


def test_evidence_and_results_are_open_to_everyone_and_the_pack_comes_at_one_click(
    open_house: OpenHouse, walk: Walk, tmp_path: Path
) -> None:
    open_house.run("people", "add", EMAILS["ada"], "--role", "admin")
    ada = walk("ada", open_house)
    ada.goes_to(f"{SHELF}/results")
    ada.comes_in()
    inspector = Inspector(ada)
    ada.goes_to(f"{SHELF}/results")
    expect(ada.page.get_by_role("main")).to_contain_text("Nobody has submitted the exam")
    inspector("results, none yet")
    sit(open_house)
    ada.page.reload()
    expect(ada.page.get_by_role("main")).to_contain_text(f"{LEARNERS} first attempts")
    expect(ada.page.get_by_role("img").first).to_be_visible()
    inspector("results")
    ada.goes_to(f"{SHELF}/evidence")
    inspector("evidence")
    with ada.page.expect_download() as coming:
        ada.page.get_by_role("link", name="Download the pack").click()
    coming.value.save_as(tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as packed:
        assert packed.testzip() is None
        assert any(name.endswith("/evidence.pdf") for name in packed.namelist())
    assert inspector.findings == []
