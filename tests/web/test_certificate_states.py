"""Her certificate as it stands: valid, replaced or revoked, with the way to the other one; no hour is counted twice."""

from __future__ import annotations

from html import unescape

import pytest
import staff
import steps
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import read, send
from httpx2 import Response
from staff import at

from app.awards.transcripts import Transcript

pytest_plugins = ["visitors", "colleagues"]


def words(answer: Response) -> str:
    return " ".join(unescape(answer.text).split())


def replaced(ada: TestClient, number: str, **changed: str) -> str:
    """Let Ada issue it anew, or correct it at once where something is changed; give the new number."""
    act = "correct" if changed else "reissue"
    answer = send(ada, ada.get(at(number, f"/{act}")), f"/{act}", reason="It was wrong.", **changed)
    return staff.number_in(answer)


def revoke(ada: TestClient, number: str) -> None:
    send(ada, ada.get(at(number, "/revoke")), "/revoke", why="error", reason="An error.", sure="yes")


def grouped(house: FastAPI, number: str) -> str:
    return staff.certificate(house, number).facts.number_in_groups


def test_a_valid_one_offers_what_can_be_done_with_it(hers: TestClient, number: str) -> None:
    page = hers.get(f"/certificates/{number}")
    links = read(page).links
    assert {
        f"/certificates/{number}.pdf",
        f"/certificates/{number}.pdf?paper=a4",
        f"/certificates/{number}/evidence",
        f"/v/{number}",
        f"/v/{number}.credential.json",
        "/enrollments/1/time",
    } <= set(links)
    (letter,) = (link for link in links if link.startswith("mailto:"))
    assert f"/v/{number}" in letter
    assert "does not count" not in words(page)


@pytest.mark.parametrize(
    ("paper", "status"), [("", 200), ("?paper=letter", 200), ("?paper=a4", 200), ("?paper=a5", 422), ("?paper=", 422)]
)
def test_the_pdf_comes_on_either_paper(hers: TestClient, number: str, paper: str, status: int) -> None:
    pdf = hers.get(f"/certificates/{number}.pdf{paper}")
    assert pdf.status_code == status
    assert (b"on a4" in pdf.content) == (paper == "?paper=a4")


def test_one_that_was_corrected_leads_to_the_one_that_counts_and_back(
    house: FastAPI, hers: TestClient, ada_browser: TestClient, number: str
) -> None:
    new = replaced(ada_browser, number, holder_name="Ana María O’Neill")
    old, current = hers.get(f"/certificates/{number}"), hers.get(f"/certificates/{new}")
    assert "This certificate was corrected, and a new one counts instead." in words(old)
    assert "Replaced: it does not count any more" in words(old)
    assert f"/certificates/{new}" in read(old).links
    assert "?paper=a4" not in old.text
    assert f"/v/{number}.credential.json" not in old.text
    assert f"/certificates/{number}.pdf" in read(old).links, "as it was issued"
    assert "It took the place of another certificate" in words(current)
    assert "It was corrected, and this one counts instead." in words(current)
    assert f"/certificates/{number}" in read(current).links
    assert grouped(house, number) in words(current)


def test_one_that_was_issued_anew_says_that(hers: TestClient, ada_browser: TestClient, number: str) -> None:
    new = replaced(ada_browser, number)
    assert "issued anew, and the new one counts instead" in words(hers.get(f"/certificates/{number}"))
    assert "It was issued anew, and this one counts instead." in words(hers.get(f"/certificates/{new}"))


def test_one_that_was_revoked_says_so_also_on_paper(hers: TestClient, ada_browser: TestClient, number: str) -> None:
    revoke(ada_browser, number)
    page = hers.get(f"/certificates/{number}")
    assert "This certificate was revoked: An error." in words(page)
    marked = page.text[page.text.index('<article class="certificate') :]
    assert "Revoked: it does not" in marked[: marked.index("</article>")], "what is printed says it as well"
    assert "?paper=a4" not in page.text


def test_an_erased_one_has_no_name_and_no_pdf(house: FastAPI, hers: TestClient, number: str) -> None:
    staff.erase(house, number)
    page = hers.get(f"/certificates/{number}")
    assert page.status_code == 200
    assert steps.NAME not in page.text[page.text.index("<main") :]
    assert f"/certificates/{number}.pdf" not in page.text
    assert "Erased at the holder’s request" in words(page)


def test_another_persons_is_not_found_whatever_became_of_it(
    his: TestClient, hers: TestClient, ada_browser: TestClient, number: str
) -> None:
    new = replaced(ada_browser, number)
    for one in (number, new):
        for below in ("", ".pdf", "/evidence", "/evidence.pdf"):
            assert his.get(f"/certificates/{one}{below}").status_code == 404
            assert hers.get(f"/certificates/{one}{below}").status_code == 200, "the control: hers are there"


def test_only_the_one_that_stands_is_listed_and_its_hours_count_once(
    house: FastAPI, hers: TestClient, ada_browser: TestClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Transcript] = []
    draw = house.state.wiring.draws.draw_transcript

    def watched(transcript: Transcript, **how: object) -> bytes:
        asked.append(transcript)
        return draw(transcript, **how)

    monkeypatch.setattr(house.state.wiring.draws, "draw_transcript", watched)
    standing, gone = number, []
    for changed in ({"holder_name": "Ana María O’Neill"}, {}, {"license_number": "99-1"}):
        gone.append(standing)
        standing = replaced(ada_browser, standing, **changed)
        for address in ("/account", "/account/records"):
            links = read(hers.get(address)).links
            assert f"/certificates/{standing}" in links
            assert not {f"/certificates/{one}" for one in gone} & set(links), address
        assert "0.5 contact hours (60 minutes) in all" in words(hers.get("/account/records"))
        hers.get("/account/transcript.pdf")
        assert ([entry.number for entry in asked[-1].entries], str(asked[-1].total_hours)) == ([standing], "0.5")
    revoke(ada_browser, standing)
    page = words(hers.get("/account/records"))
    assert "Revoked – does not count" in page
    assert "0 contact hours (60 minutes) in all" in page, "the ones before do not come back to life"
    assert page.count("Revoked – does not count") == 1
    assert len(gone) == 3, "the control: there are four rows of half an hour each"
    assert staff.count(house) == 4
