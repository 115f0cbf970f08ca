"""The evidence sheet: the same to her and to a board, nothing of questions and answers, and each look is on record."""

from __future__ import annotations

import re
from html import unescape

import pytest
import staff
import steps
from cast import EMAILS, NOON
from conftest import Pencil, SignIn, StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import follow, send
from httpx2 import Response
from makers import CANARY
from sqlmodel import select

from app.awards import certificates
from app.awards.document.order import DossierOrder
from app.awards.evidence_sheets import MOST_LOOKS
from app.identity import people
from app.learning import beats
from app.learning.beats import Beat
from app.learning.enrollments import Enrollment

pytest_plugins = ["visitors", "colleagues"]

SAID = "I will ask before I look anybody up."


def earn_at_the_second_try(client: TestClient, clock: StillClock) -> str:
    """Fail, pass, and evaluate; give the number."""
    page = steps.start_exam(client)
    clock.pass_time(minutes=10)
    result = steps.submit(client, steps.answer_all(client, page, steps.WRONG))
    assert result.status_code == 200
    page = follow(client, send(client, client.get(f"/courses/{steps.CODE}/exam"), "/exam"))
    clock.pass_time(days=1)
    result = steps.submit(client, steps.answer_all(client, page, steps.RIGHT))
    answer = steps.evaluate(client, steps.evaluation_page(client, result), practice=SAID)
    return answer.headers["location"].removeprefix("/certificates/")


def words(answer: Response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def sheet(answer: Response) -> str:
    """Give the sheet itself: its sections, and who has looked."""
    return answer.text[answer.text.index('<div class="sheet') : answer.text.index("</main>")]


def test_she_and_a_board_see_the_very_same(hers: TestClient, sign_in_as: SignIn, clock: StillClock) -> None:
    number = earn_at_the_second_try(hers, clock)
    theirs = sign_in_as("olu").get(f"/v/{number}/evidence")
    assert sheet(theirs) == sheet(hers.get(f"/certificates/{number}/evidence"))
    admins = sign_in_as("ada").get(f"/v/{number}/evidence")
    assert sheet(admins) == sheet(hers.get(f"/certificates/{number}/evidence"))
    assert sheet(admins) != sheet(theirs), "the control: another one has looked since"


def test_it_tells_how_the_certificate_was_earned(hers: TestClient, house: FastAPI, clock: StillClock) -> None:
    number = earn_at_the_second_try(hers, clock)
    with house.state.wiring.database.write() as db:
        ana, enrollment = people.known(db, EMAILS["ana"]), db.exec(select(Enrollment)).one()
        beats.take(db, ana, enrollment.id, Beat("first", 1_500, opened_at=NOON), now=clock())
    told = words(hers.get(f"/certificates/{number}/evidence"))
    for fact in (
        "Attempts 2",
        "Best score 100%",
        "Needed to pass 80%",
        "1 November 20, 2026, 12:00 PM November 20, 2026, 12:10 PM 0% Not passed",
        "2 November 20, 2026, 12:10 PM November 21, 2026, 12:10 PM 100% Passed",
        "In all 25 minutes",
        "First 25 minutes November 21, 2026",
        "Second none on record",
        "Sent November 21, 2026, 12:10 PM (Eastern)",
        "NASW word rate",
        "5,000 words ÷ 10,000 words an hour",
        steps.NAME,
        "NY LCSW, number 081234-1",
        "One half (0.5) contact hour, ethics",
    ):
        assert fact in told, fact
    with house.state.wiring.database.read() as db:
        assert certificates.by_number(db, number).facts.edition in told


def test_no_question_no_answer_and_nothing_of_the_evaluation_is_on_it(
    house: FastAPI, hers: TestClient, olu_browser: TestClient, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = earn_at_the_second_try(hers, clock)
    drawn = orders(monkeypatch)
    assert hers.get(f"/certificates/{number}/evidence.pdf").status_code == 200
    everything = olu_browser.get(f"/v/{number}/evidence").text + drawn[0].to_json()
    for secret in (CANARY, "Option ", "Question 1", SAID, "I, too", "objective-1", "extra time", "time_factor"):
        assert secret not in everything, secret
    assert "Option 1.1" in hers.get("/attempts/1/result").text + hers.get("/attempts/2/result").text, "the control"


def orders(monkeypatch: pytest.MonkeyPatch) -> list[DossierOrder]:
    """Collect what is to be drawn and sealed."""
    drawn: list[DossierOrder] = []

    def watched(_self: Pencil, order: DossierOrder, *, timeout: float) -> bytes:
        drawn.append(order)
        return b"%PDF-1.7 watched"

    monkeypatch.setattr(Pencil, "draw_sealed", watched)
    return drawn


def test_the_pdf_says_what_the_page_says_and_is_sealed(
    hers: TestClient, olu_browser: TestClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = orders(monkeypatch)
    for browser, address in ((hers, "/certificates/{}/evidence"), (olu_browser, "/v/{}/evidence")):
        page = browser.get(address.format(number))
        pdf = browser.get(address.format(number) + ".pdf")
        assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
        assert pdf.headers["cache-control"] == page.headers["cache-control"] == "private, no-store"
        assert pdf.headers["content-disposition"] == f'attachment; filename="evidence-{number}.pdf"'
        told = words(page)
        for section in drawn[-1].dossier.sections:
            assert section.title in told
            for part in section.parts:
                for line in [*getattr(part, "rows", ()), (getattr(part, "words", ""),)]:
                    assert " ".join(line) in told, line
    assert drawn[0].dossier == drawn[1].dossier
    assert drawn[0].seal.key.startswith("seal-")
    assert drawn[0].sealed_at == NOON


def test_each_look_of_the_staff_is_written_down_and_she_sees_it(
    house: FastAPI, hers: TestClient, olu_browser: TestClient, ada_browser: TestClient, number: str, clock: StillClock
) -> None:
    mine = f"/certificates/{number}/evidence"
    assert "Nobody of the staff so far." in words(hers.get(mine))
    olu_browser.get(f"/v/{number}/evidence")
    clock.pass_time(minutes=5)
    ada_browser.get(f"/v/{number}/evidence.pdf")
    told = words(hers.get(mine))
    assert "olu@example.org, licensing staff November 20, 2026, 12:00 PM (Eastern), on screen" in told
    assert "ada@example.org, administrator November 20, 2026, 12:05 PM (Eastern), as a PDF" in told
    hers.get(mine)
    hers.get(f"{mine}.pdf")
    seen = [line for line in staff.trail(house, number) if line.act == "certificate.evidence-seen"]
    assert [line.actor_label for line in seen] == ["olu@example.org", "ada@example.org"], "hers are nobody's business"


def test_a_look_that_cannot_be_written_down_is_not_to_be_had(
    house: FastAPI, olu_browser: TestClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_given: object, **_named: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("app.awards.evidence_sheets.look", broken)
    client = TestClient(house, base_url=str(olu_browser.base_url), raise_server_exceptions=False)
    client.cookies = olu_browser.cookies
    answer = client.get(f"/v/{number}/evidence")
    assert answer.status_code == 500
    assert steps.NAME not in answer.text


def test_of_many_looks_the_newest_are_named_and_the_others_counted(
    hers: TestClient, olu_browser: TestClient, number: str
) -> None:
    for _ in range(MOST_LOOKS + 2):
        olu_browser.get(f"/v/{number}/evidence")
    page = hers.get(f"/certificates/{number}/evidence")
    assert page.text.count("licensing staff") == MOST_LOOKS
    assert "And 2 times before." in page.text


def test_one_that_was_erased_says_so_and_shows_nothing_of_hers(
    house: FastAPI, hers: TestClient, sign_in_as: SignIn, clock: StillClock
) -> None:
    number = earn_at_the_second_try(hers, clock)
    staff.erase(house, number)
    for page in (sign_in_as("olu").get(f"/v/{number}/evidence"), hers.get(f"/certificates/{number}/evidence")):
        told = words(page)
        assert "has been erased at the holder’s request" in told
        assert "Best score" not in told
        assert "12:10 PM" not in told.partition("Who has looked")[0].replace(
            "Completed November 21, 2026, 12:10 PM", ""
        )
        assert steps.NAME not in told.partition("The certificate")[2]
        assert "081234" not in told
        assert "NASW word rate" in told, "what the course was stays"


def test_one_that_was_taken_back_from_its_file_says_that_the_records_are_lost(
    house: FastAPI, olu_browser: TestClient, number: str
) -> None:
    kept = staff.certificate(house, number)
    other = certificates.numbers.new()
    alone = {"enrollment_id": None, "person_id": None, "edition_id": None, "number": other}
    with house.state.wiring.database.write() as db:
        row = kept.model_dump(exclude={"id"}) | alone
        db.add(certificates.Certificate(**row | {"statement": kept.statement.replace(number, other)}))
    told = words(olu_browser.get(f"/v/{other}/evidence"))
    assert "the records around it were lost" in told
    assert "Best score" not in told
    assert "NASW word rate" in told, "its edition is found by its hash"
    assert steps.NAME in told


def test_one_that_was_corrected_or_revoked_says_how_it_stands(
    hers: TestClient, olu_browser: TestClient, ada_browser: TestClient, number: str
) -> None:
    page = ada_browser.get(staff.at(number, "/reissue"))
    new = staff.number_in(send(ada_browser, page, "/reissue", reason="New keys."))
    grouped = staff.certificate(ada_browser.app, new).facts.number_in_groups  # type: ignore[arg-type]
    assert f"Replaced: another certificate counts instead, number {grouped} (issued anew)" in words(
        hers.get(f"/certificates/{number}/evidence")
    )
    assert "Valid. It took the place of number" in words(olu_browser.get(f"/v/{new}/evidence"))
    assert "Best score 100%" in words(olu_browser.get(f"/v/{new}/evidence")), "what led to the old one led to this one"
    send(ada_browser, ada_browser.get(staff.at(new, "/revoke")), "/revoke", why="error", reason="Twice.", sure="yes")
    assert "Revoked on November 20, 2026: Twice. It took the place of" in words(olu_browser.get(f"/v/{new}/evidence"))


def test_hours_that_were_corrected_are_set_beside_the_sum_with_a_word(
    hers: TestClient, ada_browser: TestClient, second: TestClient, number: str
) -> None:
    assert "names other hours" not in words(hers.get(f"/certificates/{number}/evidence")), "the control"
    page = ada_browser.get(staff.at(number, "/correct"))
    send(ada_browser, page, "/correct", **{"hours-ethics": "1"}, reason="The text grew.")
    (accept,) = re.findall(r'action="([^"]+/accept)"', second.get(staff.at(number)).text)
    new = staff.number_in(second.post(accept, headers={"sec-fetch-site": "same-origin"}))
    assert "The certificate names other hours than this edition claims" in words(
        hers.get(f"/certificates/{new}/evidence")
    )
