"""What goes wrong in the middle of an exam: the server dies, the sign-in ends. No answer is lost by either."""

from __future__ import annotations

import re

import pytest
from inspectors import PHONE, Inspector
from open_houses import OpenHouse
from playwright.sync_api import expect
from sqlmodel import select
from walkers import Walk, right_answers

from app.identity.sign_in import IDLE, SignIn
from app.kit.database import open_database

pytest_plugins = ["travel"]
pytestmark = pytest.mark.journey

NOT_SAVED_YET = "Not saved yet. We keep trying."


def test_an_answer_given_while_the_server_is_gone_is_saved_once_it_is_back(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    (first, picked), (second, meant), *_ = right_answers(ana.course).items()
    ana.answers({first: picked})
    open_house.die()
    ana.chooses(second, *meant)
    expect(ana.page.locator(f"#q-{second} .saved")).to_have_text(NOT_SAVED_YET)
    inspector = Inspector(ana)
    inspector.look("exam, server gone", PHONE)
    open_house.open()
    ana.sees_saved(second)
    ana.page.reload()
    assert {name: numbers for name, numbers in ana.chosen().items() if numbers} == {first: picked, second: meant}
    ana.was_told("ERR_CONNECTION_REFUSED")
    assert inspector.findings == []


def test_an_answer_given_after_the_sign_in_ended_is_there_after_the_new_code(open_house: OpenHouse, walk: Walk) -> None:
    ana = walk("ana", open_house)
    ana.starts_the_exam()
    (first, picked), (second, meant), *_ = right_answers(ana.course).items()
    ana.answers({first: picked})
    end_every_sign_in(open_house)
    ana.chooses(second, *meant)
    expect(ana.page.locator(f"#q-{second} .saved")).to_have_text("Kept until you sign in")
    inspector = Inspector(ana)
    inspector("exam, signed out")
    ana.follows("Sign in again; your answers are kept")
    expect(ana.page.get_by_role("main")).to_contain_text("Nothing is lost")
    inspector("sign-in, answers kept")
    ana.signs_in()
    expect(ana.page).to_have_url(re.compile(r"/attempts/\d+$"))
    assert {name: numbers for name, numbers in ana.chosen().items() if numbers} == {first: picked, second: meant}
    ana.was_told("status of 401")
    assert inspector.findings == []


def end_every_sign_in(house: OpenHouse) -> None:
    """Let every sign-in be as old as if nobody had come for two weeks."""
    database = open_database(house.database_url)
    with database.write() as db:
        for sign_in in db.exec(select(SignIn)):
            sign_in.seen_at -= IDLE
            db.add(sign_in)
    database.close()
