"""The rooms of the office: approvals, requests, mail, jobs and settings, and who may do what in them."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import cast as the_cast
import pytest
import staff
from cast import NOON
from conftest import PUBLIC, SignIn, StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import read, send
from makers import make_approval, make_edition
from sqlmodel import select
from workers import work_off

from app import audit
from app.identity import grievances, requests
from app.kit import jobs, mail
from app.kit.carriers import HandingOver, NotTaken, Refused
from app.kit.jobs import Job
from app.kit.mail import Letter, Mail, State
from app.library import provider
from app.request import Wiring
from app.web.admin import settings_page

pytest_plugins = ["visitors", "colleagues"]

SAME = {"sec-fetch-site": "same-origin"}
FORM = "/admin/approvals/new"
CODE = "271828"
ROOMS = ("/admin/approvals", "/admin/approvals/1", "/admin/requests", "/admin/requests/accommodation/1",
         "/admin/requests/grievance/1", "/admin/mail", "/admin/mail/1", "/admin/jobs", "/admin/settings")  # fmt: skip
ACTS = (FORM, "/admin/approvals/1/end", "/admin/approvals/1/withdraw", "/admin/requests/accommodation/1/grant",
        "/admin/requests/accommodation/1/decline", "/admin/requests/grievance/1/answer",
        "/admin/requests/grievance/1/note", "/admin/mail/test", "/admin/mail/1/again", "/admin/jobs/1/run")  # fmt: skip


@pytest.fixture
def full(wired: Wiring) -> None:
    """An approval, a request of Ana's, a grievance, and letters."""
    with wired.database.write() as db:
        make_edition(db)
        provider.change(db, {"email": "ce@example.org"}, by=audit.OPERATOR, now=NOON)
        make_approval(db)
        requests.ask(db, the_cast.join(db, "ana"), "Twice the time.", provider_email="ce@example.org", now=NOON)
        grievances.send(db, "The page was wrong.", email="new@example.org", name="<b>Maria</b>", now=NOON)


@pytest.mark.usefixtures("full")
def test_an_auditor_reads_every_room_and_is_offered_nothing_to_do(sign_in_as: SignIn) -> None:
    gus, ada = sign_in_as("gus"), sign_in_as("ada")
    for place in ROOMS:
        seen = gus.get(place)
        assert seen.status_code == 200, place
        acts = {one.action for one in read(seen).forms if one.method == "post" and one.action.startswith("/admin")}
        assert all(action.endswith((".csv", ".xlsx")) for action in acts), (place, acts)
        assert ada.get(place).status_code == 200
    for act in ACTS:
        assert gus.post(act, data={}, headers=SAME).status_code == 403, act
    assert any(one.action == FORM for one in read(ada.get(FORM)).forms), "the control: who may act is offered a form"


@pytest.mark.usefixtures("full")
def test_nobody_else_sees_a_room(sign_in_as: SignIn, browser: TestClient) -> None:
    for name in ("ana", "ines", "olu"):
        hers = sign_in_as(name)
        for place in ROOMS:
            assert hers.get(place).status_code == 403, (name, place)
    assert all(browser.get(place).status_code in {303, 401} for place in ROOMS)


# --- requests --------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("full")
def test_a_request_is_noted_granted_and_seen_by_who_asked(wired: Wiring, sign_in_as: SignIn) -> None:
    ada, ana, at = sign_in_as("ada"), sign_in_as("ana"), "/admin/requests/accommodation/1"
    assert "To be answered by November 30, 2026" in ana.get("/account/requests").text
    assert "2 requests wait for an answer" in ada.get("/admin").text
    page = ada.get(at)
    assert "Twice the time." in page.text
    assert send(ada, page, f"{at}/note", note_words="I called her.").status_code == 303
    assert send(ada, page, f"{at}/grant", time="2", note="Call us if you need more.").status_code == 303
    seen = ada.get(at)
    assert "Answered in time" in seen.text
    assert "I called her." in seen.text
    hers = ana.get("/account/requests").text
    assert "Granted: double the time" in hers
    assert "I called her." not in hers
    assert ada.post(f"{at}/grant", data={"time": "2"}, headers=SAME).status_code == 409


@pytest.mark.usefixtures("full")
def test_a_decline_needs_a_reason(sign_in_as: SignIn) -> None:
    ada, at = sign_in_as("ada"), "/admin/requests/accommodation/1"
    refused = send(ada, ada.get(at), f"{at}/decline", reason="")
    assert refused.status_code == 422
    assert "Say why, and what she can do instead." in refused.text
    assert send(ada, ada.get(at), f"{at}/decline", reason="Exams here have no limit.").status_code == 303


def test_a_stranger_sends_a_grievance_and_is_answered_by_mail(
    wired: Wiring, browser: TestClient, sign_in_as: SignIn
) -> None:
    wrong = send(browser, browser.get("/grievances"), "/grievances", words="", email="nobody")
    assert wrong.status_code == 422
    sent = send(
        browser, browser.get("/grievances"), "/grievances", words="The page was wrong.", email="New@example.org"
    )
    assert sent.status_code == 303
    assert "Your letter has arrived" in browser.get(sent.headers["location"]).text
    ada, at = sign_in_as("ada"), "/admin/requests/grievance/1"
    assert send(ada, ada.get(at), f"{at}/answer", answer="It is mended.").status_code == 303
    with wired.database.read() as db:
        letters = [one for one in db.exec(select(Mail)) if one.recipient == "New@example.org"]
    assert "It is mended." in letters[-1].text
    assert "Answered in time" in ada.get("/admin/requests").text


def test_links_in_letters_lead_to_the_configured_address_whatever_the_request_says(
    wired: Wiring, sign_in_as: SignIn
) -> None:
    ada = sign_in_as("ada")
    forged = {"host": "evil.example", "x-forwarded-host": "evil.example", **SAME}
    ada.post("/admin/mail/test", headers=forged)
    ada.post("/admin/mail/test", headers=SAME)
    with wired.database.read() as db:
        letters = db.exec(select(Mail)).all()
    assert letters
    for one in letters:
        assert PUBLIC in one.text
        assert "evil" not in one.text + one.html


# --- mail ------------------------------------------------------------------------------------------------------------


class Moody:
    """A mailer that refuses some readers for good, and others for now."""

    def send(self, message: mail.EmailMessage, *, handing_over: HandingOver) -> None:
        if "gone" in message["To"]:
            raise Refused("550 5.1.1 no such user <script>")
        if "later" in message["To"]:
            raise NotTaken("451 greylisted")
        handing_over()


@pytest.fixture
def posted(wired: Wiring, clock: StillClock) -> None:
    """Letters in every state, one of them with a code."""
    with wired.database.write() as db:
        for reader in ("fine@example.org", "gone@example.org", "later@example.org"):
            mail.queue(db, to=reader, message=Letter("Your certificate", "Here.", "<p>Here.</p>"), now=NOON)
        code = mail.letter("sign-in-code", code=CODE, minutes=10)
        mail.queue(db, to="later-code@example.org", message=code, now=NOON, secret=True)
    carry = mail.sender(wired.database, Moody(), from_address=lambda: "ce@example.org", clock=clock)
    worker = jobs.Worker(wired.database, clock, {"mail": carry})
    while worker.run_once():
        pass


@pytest.mark.usefixtures("posted")
def test_the_outbox_says_what_became_of_each_letter_and_never_a_code(sign_in_as: SignIn) -> None:
    ada = sign_in_as("ada")
    listed = ada.get("/admin/mail")
    text = unescape(listed.text)
    for words in (
        "Sent",
        "Could not be sent",
        "Waiting",
        "550 5.1.1 no such user <script>",
        "451 greylisted",
        "Next try",
    ):
        assert words in text
    assert "<script>" not in listed.text
    assert [ada.get(f"/admin/mail?q={CODE}").text.count("later-code@example.org"), CODE in listed.text] == [0, False]
    secret = ada.get("/admin/mail/4")
    assert CODE not in secret.text
    assert "Your sign-in code" in secret.text
    assert CODE not in ada.post("/admin/mail.csv", data={}, headers=SAME).text
    assert "1 letter could not be sent" in ada.get("/admin").text
    found = ada.get("/admin/mail?state=failed")
    assert "gone@example.org" in found.text
    assert "fine@example.org" not in found.text


@pytest.mark.usefixtures("posted")
def test_a_letter_is_sent_again_as_one_of_its_own(wired: Wiring, sign_in_as: SignIn) -> None:
    ada = sign_in_as("ada")
    again = send(ada, ada.get("/admin/mail/2"), "/admin/mail/2/again")
    assert again.status_code == 303
    assert "It was sent in place of an earlier one" in ada.get(again.headers["location"]).text
    assert "Could not be sent" in ada.get("/admin/mail/2").text
    assert "could not be sent" not in ada.get("/admin").text, "somebody has seen to it"
    (line,) = staff.lines(wired, "mail.sent-again")
    assert line.told == {"again_of": 2}
    assert ada.post("/admin/mail/3/again", headers=SAME).status_code == 409, "it still waits"
    with wired.database.write() as db:
        secret = db.get_one(Mail, 4)
        secret.failed_at = NOON
        db.add(secret)
    assert ada.post("/admin/mail/4/again", headers=SAME).status_code == 410, "a code is not sent again"


def test_a_test_letter_goes_to_oneself(wired: Wiring, sign_in_as: SignIn) -> None:
    ada = sign_in_as("ada")
    sent = send(ada, ada.get("/admin/mail"), "/admin/mail/test")
    with wired.database.read() as db:
        (letter,) = db.exec(select(Mail))
    assert (letter.recipient, letter.state) == ("ada@example.org", State.WAITING)
    assert sent.headers["location"] == f"/admin/mail/{letter.id}"


# --- jobs and settings -----------------------------------------------------------------------------------------------


def test_a_job_that_failed_is_shown_with_its_error_and_run_again(
    wired: Wiring, sign_in_as: SignIn, clock: StillClock
) -> None:
    def fail(_payload: jobs.Payload) -> None:
        raise ZeroDivisionError("no <b>such</b> thing")

    with wired.database.write() as db:
        jobs.queue(db, kind="tidy", key="tidy:today", payload={}, now=clock())
    jobs.Worker(wired.database, clock, {"tidy": fail}).run_once()
    ada = sign_in_as("ada")
    page = ada.get("/admin/jobs")
    assert "ZeroDivisionError: no <b>such</b> thing" in unescape(page.text)
    assert "1 job failed" in ada.get("/admin").text
    assert send(ada, page, "/admin/jobs/1/run").status_code == 303
    with wired.database.read() as db:
        assert db.exec(select(Job)).one().due_at == clock()
    jobs.Worker(wired.database, clock, {"tidy": lambda _payload: None}).run_once()
    assert ada.post("/admin/jobs/1/run", headers=SAME).status_code == 409
    assert ada.post("/admin/jobs/9/run", headers=SAME).status_code == 404
    assert "Clear up (daily)" in ada.get("/admin/jobs").text


def test_settings_are_shown_without_any_secret(
    sign_in_as: SignIn, wired: Wiring, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = settings_page.without_secret("smtp://continua:a%20secret@mail.example.org:587")
    assert told == "smtp://mail.example.org:587 (user and password set)"
    assert settings_page.without_secret("postgresql+psycopg://u:hunter2@[bad") == "Set"
    monkeypatch.setenv("CONTINUA_PUBLIC_URL", PUBLIC)
    page = sign_in_as("ada").get("/admin/settings").text
    for name in type(wired.settings).model_fields:
        assert f"CONTINUA_{name.upper()}" in page
    assert "from the environment" in page
    assert "Nobody outside keeps" in unescape(page)


def test_the_daily_reminder_comes_by_itself(wired: Wiring, browser: TestClient, clock: StillClock) -> None:
    assert browser.get("/health").status_code == 200  # it was opened
    with wired.database.write() as db:
        provider.change(db, {"email": "ce@example.org"}, by=audit.OPERATOR, now=NOON)
        make_approval(db, valid_to="2026-12-10")
    clock.now += timedelta(days=1)
    wired.worker.wake()
    work_off(wired)
    with wired.database.read() as db:
        assert any("your approval ends in" in one.subject for one in db.exec(select(Mail)))


def test_who_may_look_up_by_license_finds_the_way_there_in_the_office(
    house: FastAPI, ada_browser: TestClient, sign_in_as: SignIn
) -> None:
    assert 'href="/officer"' in ada_browser.get("/admin").text
    assert 'href="/officer"' not in sign_in_as("gus").get("/admin").text, "an auditor looks nobody up"
