"""What a number proves: the same facts as a page, as JSON and on paper, to anybody who holds the number."""

from __future__ import annotations

import re
from datetime import datetime
from html import unescape

import pytest
import steps
from cast import NOON
from conftest import StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import form, send
from makers import ISSUER

from app import audit
from app.awards import certificates, numbers, replacements, telling
from app.library import approvals, provider

pytest_plugins = ["visitors"]

JSON = {"accept": "application/json"}
PROVIDER = {
    "name": "Riverside Center & Sons",
    "address": "12 Harbor Street, Albany, NY 12207",
    "phone": "518-555-0142",
    "email": "ce@example.org",
    "signer_name": "Maria Ortiz, LCSW",
    "signer_title": "Director",
}
APPROVAL = {
    "body": "A Board",
    "provider_number": "1234",
    "valid_from": "2026-01-01",
    "valid_to": "2027-12-31",
    "formats": ["reading"],
    "hour_types": ["ethics"],
    "statement": "{provider}, provider #{provider_number}, is approved for {hours} hours of {hour_types}.",
}


@pytest.fixture
def number(house: FastAPI, hers: TestClient) -> str:
    """The number of a certificate of a named and approved provider."""
    with house.state.wiring.database.write() as db:
        provider.change(db, PROVIDER, by=audit.OPERATOR, now=NOON)
        approvals.add(db, APPROVAL, by=audit.OPERATOR, now=NOON)
    return steps.earn(hers)


def revoke(house: FastAPI, number: str, reason: str) -> None:
    wiring = house.state.wiring
    with wiring.database.write() as db:
        found = certificates.by_number(db, number)
        certificates.revoke(db, found, reason=reason, issuer=ISSUER, by=audit.OPERATOR, now=wiring.clock())


def words(page: str) -> str:
    """Give what a person reads on a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_the_page_shows_every_credited_fact(stranger: TestClient, number: str) -> None:
    page = words(stranger.get(f"/v/{number}").text)
    facts = [
        "This certificate is valid.",
        steps.NAME,
        "A Small Course",
        "0.5",
        "November 20, 2026",
        "Jordan Reyes",
        "Riverside Center & Sons",
        "12 Harbor Street, Albany, NY 12207",
        "Riverside Center & Sons, provider #1234, is approved for 0.5 hours of ethics.",
        numbers.in_groups(number),
    ]
    assert [fact for fact in facts if fact not in page] == []
    assert re.search(r"ethics", page, re.IGNORECASE)
    assert re.search(r"reading", page, re.IGNORECASE)


def test_machines_are_told_the_same_facts_by_accept_and_by_suffix(stranger: TestClient, number: str) -> None:
    by_accept, by_suffix = stranger.get(f"/v/{number}", headers=JSON), stranger.get(f"/v/{number}.json")
    assert by_accept.json() == by_suffix.json()
    told = by_accept.json()
    page = words(stranger.get(f"/v/{number}").text)
    assert told["status"] == "valid"
    assert (told["revoked_at"], told["revocation_reason"], told["demonstration"]) == (None, None, False)
    shown = [
        told["holder_name"],
        told["course"]["title"],
        told["contact_hours"]["total"],
        told["presenters"][0]["name"],
        told["provider"]["name"],
        told["provider"]["address"],
        told["license"]["state"],
        told["license"]["type"],
        *told["approval_statements"],
    ]
    assert [fact for fact in shown if fact not in page] == []
    completed = datetime.fromisoformat(told["completed_at"])
    assert completed == NOON
    assert f"{completed:%B} {completed.day}, {completed.year}" in page
    assert told["completed_on"] == "2026-11-20"
    assert told["verify_url"] == f"https://ce.example.org/v/{number}"


def test_a_browser_is_given_the_page_although_it_takes_anything(stranger: TestClient, number: str) -> None:
    for accept in ("text/html,application/xhtml+xml,*/*;q=0.8", "*/*", "text/html, application/json", ""):
        answer = stranger.get(f"/v/{number}", headers={"accept": accept})
        assert answer.headers["content-type"].startswith("text/html"), accept


def test_a_number_is_read_as_people_type_it(stranger: TestClient, number: str) -> None:
    grouped = numbers.in_groups(number)
    mistaken = number.replace("0", "O").replace("1", "l")
    for typed in (grouped, grouped.lower(), number.lower(), f" {grouped.replace('-', ' ')} ", mistaken):
        assert stranger.get("/verify", params={"number": typed}).headers["location"] == f"/v/{number}"
    assert stranger.get(f"/v/{grouped.lower()}", headers=JSON).json()["number"] == number


def test_the_form_of_the_page_leads_to_the_verdict(stranger: TestClient, number: str) -> None:
    page = stranger.get("/verify")
    assert form(page, "/verify").method == "post"
    assert send(stranger, page, "/verify", numbers=numbers.in_groups(number)).headers["location"] == f"/v/{number}"


def test_no_answer_about_a_certificate_is_kept_or_found_by_search(stranger: TestClient, number: str) -> None:
    for address in (f"/v/{number}", f"/v/{number}.json"):
        for accept in ("text/html", "application/json"):
            headers = stranger.get(address, headers={"accept": accept}).headers
            assert headers["cache-control"] == "no-store"
            assert headers["x-robots-tag"] == "noindex, nofollow"
    assert stranger.get(f"/v/{'0' * 20}").headers["cache-control"] == "no-store"


def test_of_the_license_only_the_end_is_told(stranger: TestClient, number: str) -> None:
    page, told = stranger.get(f"/v/{number}"), stranger.get(f"/v/{number}.json")
    for answer in (page, told):
        assert "081234" not in answer.text
        assert "0812341" not in answer.text
    assert "••••41" in words(page.text)
    assert told.json()["license"] == {"state": "NY", "type": "LCSW", "number_ends_with": "41"}


def test_a_license_that_was_typed_is_compared_and_not_told(stranger: TestClient, number: str) -> None:
    page = stranger.get(f"/v/{number}")
    for typed in ("081234-1", "0812341", " 081234 1 "):
        assert "The license matches" in send(stranger, page, f"/v/{number}#license", license=typed).text
    for typed in ("081234-2", "1", "41", "<b>"):
        wrong = send(stranger, page, f"/v/{number}#license", license=typed).text
        assert "The license does not match" in wrong
        assert "081234-1" not in wrong
    assert "The license" not in words(page.text).split("Compare the license")[0]


def test_a_revoked_certificate_says_so_to_everyone_with_when_and_why(
    house: FastAPI, hers: TestClient, stranger: TestClient, number: str, clock: StillClock
) -> None:
    clock.pass_time(days=3)
    revoke(house, number, "The account was <shared>.")
    public, told = stranger.get(f"/v/{number}"), stranger.get(f"/v/{number}.json").json()
    assert public.status_code == 200
    assert "This certificate was revoked. It does not count." in public.text
    assert "Revoked on November 23, 2026 (2026-11-23). Reason: The account was <shared>." in words(public.text)
    assert "<shared>" not in public.text, "it is escaped"
    assert "This certificate is valid" not in public.text
    assert (told["status"], told["revocation_reason"]) == ("revoked", "The account was <shared>.")
    assert told["revoked_at"] == "2026-11-23T17:00:00+00:00"
    own = hers.get(f"/certificates/{number}")
    assert "This certificate was revoked: The account was" in own.text
    assert "Revoked" in hers.get("/account/records").text
    assert hers.get(f"/certificates/{number}.pdf").status_code == 200, "as it was issued"


def test_an_unknown_number_is_not_found_with_help_about_typing(stranger: TestClient, number: str) -> None:
    last = "0" if number[-1] != "0" else "1"
    for typed, help_ in (
        (number[:-1] + last, "One symbol does not fit the others"),
        (number[1] + number[0] + number[2:], "does not fit" if number[0] != number[1] else ""),
        (number[:-1], "this has 19"),
        (number[:-1] + "U", "never holds “U”"),
        ("00000000000000000000", "20 letters and digits in five groups of four"),
    ):
        page, problem = stranger.get(f"/v/{typed}"), stranger.get(f"/v/{typed}.json")
        if help_:
            assert page.status_code == problem.status_code == 404, typed
            assert help_ in page.text
            assert help_ in problem.json()["detail"]
            assert steps.NAME not in page.text


def test_a_change_of_the_provider_changes_nothing_that_was_issued(
    house: FastAPI, stranger: TestClient, number: str
) -> None:
    before = stranger.get(f"/v/{number}.json").json()
    with house.state.wiring.database.write() as db:
        provider.change(db, {"name": "Another Name"}, by=audit.OPERATOR, now=NOON)
    assert stranger.get(f"/v/{number}.json").json() == before
    assert "Riverside Center" in words(stranger.get(f"/v/{number}").text)


def test_a_certificate_without_a_license_asks_for_none(hers: TestClient, stranger: TestClient) -> None:
    page = steps.evaluation_page(hers, steps.submit(hers, steps.answer_all(hers, steps.start_exam(hers), "1")))
    none = {"license_state": "", "license_type": "", "license_number": ""}
    number = steps.evaluate(hers, page, **none).headers["location"].removeprefix("/certificates/")
    assert stranger.get(f"/v/{number}.json").json()["license"] is None
    assert "Compare the license" not in stranger.get(f"/v/{number}").text


def test_a_certificate_without_an_approval_says_that_no_board_approved_it(
    hers: TestClient, stranger: TestClient
) -> None:
    number = steps.earn(hers)
    assert "Not approved by any board" in words(stranger.get(f"/v/{number}").text)
    assert stranger.get(f"/v/{number}.json").json()["approval_statements"] == []


def test_two_certificates_do_not_lend_each_other_facts(
    hers: TestClient, his: TestClient, stranger: TestClient, number: str
) -> None:
    page = steps.evaluation_page(his, steps.submit(his, steps.answer_all(his, steps.start_exam(his), "1")))
    answer = steps.evaluate(his, page, legal_name="Ben Carter", license_number="55-77", license_state="TX")
    other = stranger.get(f"/v/{answer.headers['location'].removeprefix('/certificates/')}.json").json()
    first = stranger.get(f"/v/{number}.json").json()
    assert (other["holder_name"], other["license"]["number_ends_with"]) == ("Ben Carter", "77")
    assert (first["holder_name"], first["license"]["number_ends_with"]) == (steps.NAME, "41")


def correct(house: FastAPI, number: str, name: str) -> str:
    """Correct the name on a certificate; give the number of the one that counts instead."""
    wiring = house.state.wiring
    with wiring.database.write() as db:
        old = certificates.by_number(db, number)
        changes = replacements.Changes(holder_name=name)
        new = replacements.correct(
            db, old, changes, reason="Misspelt.", issuer=wiring.issuer, by=audit.OPERATOR, now=wiring.clock()
        )
        return new.number


def test_a_certificate_that_was_corrected_leads_to_the_new_one_and_back(
    house: FastAPI, stranger: TestClient, number: str, clock: StillClock
) -> None:
    clock.pass_time(days=3)
    newer = correct(house, number, "Ana Maria O’Neill")
    old, new = stranger.get(f"/v/{number}"), stranger.get(f"/v/{newer}")
    assert old.status_code == new.status_code == 200
    assert "Another certificate counts instead of this one." in words(old.text)
    assert f"Corrected by {numbers.in_groups(newer)} November 23, 2026" in words(old.text)
    assert f'href="/v/{newer}"' in old.text
    assert "This certificate is valid." in words(new.text)
    assert f"It corrects {numbers.in_groups(number)} November 23, 2026" in words(new.text)
    assert f'href="/v/{number}"' in new.text
    assert "Ana Marie" in old.text
    assert "Ana Maria" in new.text
    told, told_new = stranger.get(f"/v/{number}.json").json(), stranger.get(f"/v/{newer}.json").json()
    assert (told["status"], told["history"]) == ("superseded", {"replaced_by": newer, "why_replaced": "corrected"})
    assert (told_new["status"], told_new["history"]) == ("valid", {"replaces": number, "why_replaced": "corrected"})


def test_page_and_programs_are_told_the_same_facts_field_for_field(
    house: FastAPI, stranger: TestClient, number: str
) -> None:
    newer = correct(house, number, "Ana Maria O’Neill")
    revoke(house, newer, "The account was shared.")
    for one in (number, newer):
        page, told = words(stranger.get(f"/v/{one}").text), stranger.get(f"/v/{one}.json").json()
        api = stranger.get(f"/api/v1/certificates/{one}").json()
        for name in ("number", "status", "facts", "history", "sentence"):
            assert told[name] == api[name], name
        assert api["facts"]["status"] == api["status"]
        shown = [line for name, value in api["facts"].items() for line in telling.lines(name, value) if _is_shown(name)]
        assert [line for line in shown if line not in page] == []


def _is_shown(name: str) -> bool:
    # Where the page has words of its own: the verdict, the license by its end, the instant on her clock.
    return name not in {"status", "license", "completed_at", "demonstration"}


def test_why_it_was_revoked_is_told_by_its_class_and_in_words(
    house: FastAPI, stranger: TestClient, number: str
) -> None:
    wiring = house.state.wiring
    with wiring.database.write() as db:
        found = certificates.by_number(db, number)
        certificates.revoke(
            db, found, why="error", reason="Mixed up.", issuer=wiring.issuer, by=audit.OPERATOR, now=wiring.clock()
        )
    assert "Reason: It was issued in error. Mixed up." in words(stranger.get(f"/v/{number}").text)
    history = stranger.get(f"/api/v1/certificates/{number}").json()["history"]
    assert history == {"revoked_on": "2026-11-20", "revocation_class": "error", "revocation_reason": "Mixed up."}


def test_the_approval_that_covered_the_date_is_told_or_that_there_was_none(
    house: FastAPI, hers: TestClient, stranger: TestClient
) -> None:
    plain = steps.earn(hers)
    assert "Not approved by any board on November 20, 2026" in words(stranger.get(f"/v/{plain}").text)
    with house.state.wiring.database.write() as db:
        approvals.add(db, APPROVAL, by=audit.OPERATOR, now=NOON)
    hers.post(f"/courses/{steps.CODE}/again")
    covered = steps.earn(hers)
    assert "Approvals that covered November 20, 2026" in words(stranger.get(f"/v/{covered}").text)
    assert "Not approved by any board on November 20, 2026" in words(stranger.get(f"/v/{plain}").text), "as it was"


def test_the_paper_itself_can_be_checked_on_the_page_of_its_number(stranger: TestClient, number: str) -> None:
    page = stranger.get(f"/v/{number}")
    assert form(page, "/verify").method == "post"
    assert 'enctype="multipart/form-data"' in page.text
