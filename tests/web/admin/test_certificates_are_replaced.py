"""Correcting and issuing anew: a name takes one person, a date or hours take two, and what counts is always one."""

from __future__ import annotations

from html import unescape

import pytest
import staff
import steps
from cast import EMAILS, NOON
from conftest import SignIn, StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import form, read, send
from httpx2 import Response
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from staff import at, certificate, number_in

from app import audit
from app.awards import second_looks
from app.awards.second_looks import CorrectionRequest
from app.identity import people
from app.identity.people import Person
from app.library import approvals

pytest_plugins = ["visitors", "colleagues"]

WHY = "The clock of the site was two days fast."


def correct(browser: TestClient, number: str, **changed: str) -> Response:
    """Send the form as it stands, but for what is changed."""
    return send(browser, browser.get(at(number, "/correct")), "/correct", **{"reason": WHY, **changed})


def ask(browser: TestClient, number: str, **changed: str) -> str:
    """Ask for a correction that takes two; give the address at which it is decided."""
    answer = correct(browser, number, **(changed or {"completed_on": "2026-11-18", "hours-ethics": "1.5"}))
    assert (answer.status_code, answer.headers["location"]) == (303, at(number))
    house: FastAPI = browser.app  # type: ignore[assignment]
    with house.state.wiring.database.read() as db:
        asked = second_looks.waiting(db, certificate(house, number))
    assert asked is not None
    return at(number, f"/corrections/{asked.id}")


def decide(browser: TestClient, href: str, how: str) -> Response:
    return browser.post(f"{href}/{how}", headers={"sec-fetch-site": "same-origin"})


# --- one person ----------------------------------------------------------------------------------------------------


def test_a_name_and_a_license_are_corrected_at_once(house: FastAPI, ada_browser: TestClient, number: str) -> None:
    new = number_in(
        correct(ada_browser, number, holder_name="  Ana  María O’Neill ", license_type="LMSW", license_number="99-1")
    )
    before, after = certificate(house, number).facts, certificate(house, new).facts
    assert (after.holder_name, after.license and after.license.number) == ("Ana María O’Neill", "99-1")
    assert (after.replaces, after.replaces_why) == (number, "corrected")
    assert (after.credit_hours, after.completed_at, after.edition) == (
        before.credit_hours,
        before.completed_at,
        before.edition,
    )
    page = ada_browser.get(at(number))
    assert "Replaced, because it was corrected" in page.text
    assert at(new) in read(page).links
    assert at(number) in read(ada_browser.get(at(new))).links
    assert WHY in ada_browser.get(at(new)).text, "why it was issued in place of the other"


def test_the_act_stands_in_the_trail_under_who_did_it(house: FastAPI, ada_browser: TestClient, number: str) -> None:
    new = number_in(correct(ada_browser, number, holder_name="Ana María O’Neill"))
    (line,) = (line for line in staff.trail(house, number) if line.act == "certificate.corrected")
    assert line.actor_label == "ada@example.org"
    assert line.told == {"by": new, "changed": ["holder_name"], "reason": WHY}
    (issued,) = (line for line in staff.trail(house, new) if line.act == "certificate.issued")
    assert issued.actor_label == "ada@example.org"


def test_one_is_issued_anew_as_it_was(house: FastAPI, ada_browser: TestClient, number: str) -> None:
    answer = send(ada_browser, ada_browser.get(at(number, "/reissue")), "/reissue", reason="New keys.")
    new = number_in(answer)
    before, after = certificate(house, number).facts, certificate(house, new).facts
    assert (after.holder_name, after.license, after.credit_hours) == (
        before.holder_name,
        before.license,
        before.credit_hours,
    )
    assert after.replaces_why == "reissued"
    assert "Replaced: issued anew" in ada_browser.get(at(number)).text


def test_what_is_typed_as_it_was_corrects_nothing(house: FastAPI, ada_browser: TestClient, number: str) -> None:
    same = {"holder_name": f" {steps.NAME} ", "hours-ethics": "0.50"}
    answer = correct(ada_browser, number, **same)
    assert answer.status_code == 422
    assert "This is what the certificate says already." in answer.text
    assert staff.count(house) == 1


MISTAKES = {
    "holder_name": ("\u202e", "This cannot be printed as a name."),
    "license_type": ("1&1", "Enter the type of the license, such as LCSW."),
    "license_number": ("<script>", "Enter the license number as it stands on the license."),
    "completed_on": ("11/18/2026", "Enter the date like 2026-11-20."),
    "hours-ethics": ("-1", "“-1” is not a number of contact hours, such as 1.5."),
    "hours-general": ("half", "“half” is not a number of contact hours, such as 1.5."),
    "reason": (" ", "Say why. It stays on record, and the holder is told."),
}


def test_every_mistake_comes_back_at_once_with_what_was_typed(
    house: FastAPI, ada_browser: TestClient, number: str
) -> None:
    typed = {name: wrong for name, (wrong, _) in MISTAKES.items()}
    answer = correct(ada_browser, number, **typed)
    assert answer.status_code == 422
    page = unescape(answer.text)
    for name, (wrong, sentence) in MISTAKES.items():
        assert page.count(sentence) >= 2, f"{name}: once above the form, once at the field"
        assert form(answer, "/correct").filled({})[name] == [wrong]
        assert f'href="#field-{name}"' in page
    assert staff.count(house) == 1


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"completed_on": "2026-11-21"}, "must not lie in the future"),
        ({"completed_on": ""}, "Enter the date"),
        ({"hours-ethics": ""}, "Say the hours of at least one type, or revoke the certificate."),
        ({"hours-ethics": "0"}, "Say the hours of at least one type"),
        ({"hours-ethics": "100.5"}, "is not a number of contact hours"),
        ({"hours-ethics": "1e2"}, "is not a number of contact hours"),
        ({"hours-ethics": "NaN"}, "is not a number of contact hours"),
        ({"hours-ethics": "٣"}, "is not a number of contact hours"),
        ({"hours-ethics": "0.333"}, "is not a number of contact hours"),
        ({"holder_name": ""}, "Enter the name as it stands on the license."),
        ({"license_state": "", "license_type": "", "license_number": ""}, "A license cannot be taken off here."),
        ({"license_type": ""}, "Enter the type of the license"),
        ({"reason": "x" * 501}, "Write at most 500 letters."),
    ],
)
def test_what_no_certificate_could_say_is_refused(
    house: FastAPI, ada_browser: TestClient, number: str, changed: dict[str, str], sentence: str
) -> None:
    answer = correct(ada_browser, number, **changed)
    assert answer.status_code == 422
    assert sentence in unescape(answer.text)
    assert staff.count(house) == 1
    assert "waits for a second person" not in ada_browser.get(at(number)).text


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501])
def test_one_is_not_issued_anew_without_a_word(
    house: FastAPI, ada_browser: TestClient, number: str, reason: str
) -> None:
    answer = send(ada_browser, ada_browser.get(at(number, "/reissue")), "/reissue", reason=reason)
    assert answer.status_code == 422
    assert form(answer, "/reissue").filled({})["reason"] == [reason]
    assert staff.count(house) == 1


# --- two people ----------------------------------------------------------------------------------------------------


def test_a_date_and_hours_wait_for_a_second_person(
    house: FastAPI, ada_browser: TestClient, second: TestClient, number: str
) -> None:
    href = ask(ada_browser, number)
    assert staff.count(house) == 1, "nothing is corrected yet"
    hers, others = ada_browser.get(at(number)), second.get(at(number))
    for told in ("November 18, 2026", "1.5 ethics", WHY):
        assert told in hers.text
        assert told in others.text
    assert "A second person has to decide" in hers.text
    assert [one.action for one in read(hers).forms if "corrections" in one.action] == []
    assert {f"{href}/accept", f"{href}/decline"} <= {one.action for one in read(others).forms}
    assert "A second person has to decide" in ada_browser.get(staff.LIST).text
    assert "You can decide" in second.get(staff.LIST).text

    new = number_in(decide(second, href, "accept"))
    facts = certificate(house, new).facts
    assert (facts.completed_on.isoformat(), facts.credit_hours) == ("2026-11-18", {"ethics": "1.5"})
    assert facts.completed_local.time() == certificate(house, number).facts.completed_local.time()
    assert "You can decide" not in second.get(staff.LIST).text


def test_who_asked_cannot_decide(house: FastAPI, ada_browser: TestClient, second: TestClient, number: str) -> None:
    href = ask(ada_browser, number)
    for how in ("accept", "decline"):
        answer = decide(ada_browser, href, how)
        assert answer.status_code == 403
        assert "A second person has to decide" in answer.text
    assert staff.count(house) == 1
    assert decide(second, href, "accept").status_code == 303, "the control: another one can"


def test_the_database_itself_refuses_one_person_who_is_both(
    house: FastAPI, ada_browser: TestClient, second: TestClient, number: str
) -> None:
    href = ask(ada_browser, number)
    database, request_id = house.state.wiring.database, int(href.rsplit("/", 1)[-1])
    with database.read() as db:
        ada = db.get_one(Person, db.get_one(CorrectionRequest, request_id).asked_by)
        ines = people.known(db, EMAILS["ines"])
    decided = text("UPDATE certificate_correction SET decided_by = :who, decided_at = :now, accepted = true")
    with pytest.raises(IntegrityError, match="certificate_correction_two"), database.write() as db:
        db.execute(decided, {"who": ada.id, "now": "2026-11-20 17:00:00"})
    with database.write() as db:
        db.execute(decided, {"who": ines.id, "now": "2026-11-20 17:00:00"})  # the control: two people are two


def test_a_correction_that_was_declined_changes_nothing(
    house: FastAPI, ada_browser: TestClient, second: TestClient, number: str
) -> None:
    href = ask(ada_browser, number)
    assert decide(second, href, "decline").headers["location"] == at(number)
    assert staff.count(house) == 1
    page = ada_browser.get(at(number))
    assert "The correction was declined" in page.text
    assert "waits for a second person" not in page.text
    for how in ("accept", "decline"):
        assert decide(second, href, how).status_code == 409, "it was decided"
    ask(ada_browser, number)  # and may be asked again


def test_only_one_correction_waits_and_nothing_overtakes_it(
    house: FastAPI, ada_browser: TestClient, second: TestClient, number: str
) -> None:
    page = ada_browser.get(at(number, "/correct"))
    anew = ada_browser.get(at(number, "/reissue"))
    ask(ada_browser, number)
    for browser in (ada_browser, second):
        assert send(browser, page, "/correct", completed_on="2026-11-17", reason=WHY).status_code == 409
        assert send(browser, page, "/correct", holder_name="Ana B. O’Neill", reason=WHY).status_code == 409
        assert send(browser, anew, "/reissue", reason=WHY).status_code == 409
        assert browser.get(at(number, "/correct")).status_code == 409
    assert staff.count(house) == 1
    assert at(number, "/revoke") in read(second.get(at(number))).links, "revoking is never in the way"


def test_a_correction_of_what_was_revoked_meanwhile_can_only_be_declined(
    house: FastAPI, ada_browser: TestClient, second: TestClient, number: str
) -> None:
    href = ask(ada_browser, number)
    send(ada_browser, ada_browser.get(at(number, "/revoke")), "/revoke", why="error", reason="Not hers.", sure="yes")
    page = second.get(at(number))
    assert "It cannot be made any more" in page.text
    assert f"{href}/accept" not in page.text
    assert decide(second, href, "accept").status_code == 409
    assert staff.count(house) == 1
    assert decide(second, href, "decline").status_code == 303
    assert "Waiting for a second person" not in second.get(staff.LIST).text


def test_a_correction_of_another_certificate_is_not_found_under_this_one(
    house: FastAPI, ada_browser: TestClient, second: TestClient, number: str, sign_in_as: SignIn
) -> None:
    other = steps.earn(sign_in_as("olu"))
    href = ask(ada_browser, number)
    assert decide(second, href.replace(number, other), "accept").status_code == 404
    assert staff.count(house) == 2


def test_the_approvals_follow_a_corrected_date(
    house: FastAPI, ada_browser: TestClient, second: TestClient, number: str
) -> None:
    with house.state.wiring.database.write() as db:
        record = {
            "body": "A Board",
            "provider_number": "77",
            "valid_from": "2026-11-01",
            "valid_to": "2026-11-19",
            "formats": ["reading"],
            "hour_types": ["ethics"],
            "statement": "Approved: {hours} {hour_types} hours.",
        }
        approvals.add(db, record, by=audit.OPERATOR, now=NOON)
    named = number_in(correct(ada_browser, number, holder_name="Ana María O’Neill"))
    assert certificate(house, named).facts.approval_statements == (), "a name changes no date"
    new = number_in(decide(second, ask(ada_browser, named), "accept"))
    assert certificate(house, new).facts.approval_statements == ("Approved: 1.5 ethics hours.",)
    assert certificate(house, named).facts.approval_statements == (), "what was issued stays as it was"


def test_a_correction_to_today_never_lies_in_the_future(
    house: FastAPI, ada_browser: TestClient, second: TestClient, number: str, clock: StillClock
) -> None:
    clock.pass_time(hours=23)  # the next day, an hour before the time of day at which she completed it
    new = number_in(decide(second, ask(ada_browser, number, completed_on="2026-11-21"), "accept"))
    facts = certificate(house, new).facts
    assert facts.completed_on.isoformat() == "2026-11-21"
    assert facts.completed_at <= clock()


# --- what can not be replaced ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ["correct", "reissue"])
def test_what_does_not_stand_is_not_replaced(house: FastAPI, ada_browser: TestClient, number: str, act: str) -> None:
    page = ada_browser.get(at(number, f"/{act}"))
    new = number_in(correct(ada_browser, number, holder_name="Ana María O’Neill"))
    for answer in (ada_browser.get(at(number, f"/{act}")), send(ada_browser, page, f"/{act}", reason=WHY)):
        assert answer.status_code == 409
        assert "Another certificate replaced this one" in answer.text
    page = ada_browser.get(at(new, f"/{act}"))
    staff.erase(house, new)
    for answer in (ada_browser.get(at(new, f"/{act}")), send(ada_browser, page, f"/{act}", reason=WHY)):
        assert answer.status_code == 409
        assert "has been erased" in answer.text
    assert at(new, f"/{act}") not in ada_browser.get(at(new)).text
    assert staff.count(house) == 2


def test_of_two_who_press_at_once_one_is_told_that_the_other_was_faster(
    house: FastAPI, ada_browser: TestClient, second: TestClient, number: str
) -> None:
    hers, others = ada_browser.get(at(number, "/reissue")), second.get(at(number, "/reissue"))
    assert send(ada_browser, hers, "/reissue", reason=WHY).status_code == 303
    assert send(second, others, "/reissue", reason=WHY).status_code == 409
    assert staff.count(house) == 2


def test_refusals_lead_back_to_the_list(ada_browser: TestClient, number: str) -> None:
    number_in(correct(ada_browser, number, holder_name="Ana María O’Neill"))
    assert staff.LIST in read(ada_browser.get(at(number, "/correct"))).links
