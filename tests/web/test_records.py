"""Her records: what she earned in any period, on screen, as a PDF and as a calendar; and nobody else's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import count

import icalendar
import pytest
from cast import NOON, join
from conftest import SignIn, StillClock
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import form, read, send
from makers import ISSUER, make_certificate, make_course, make_edition

from app import audit
from app.awards import certificates
from app.awards.transcripts import Transcript
from app.identity import licenses
from app.identity.licenses import License

RECORDS = "/account/records"
NEW_YEAR = datetime(2026, 1, 1, 4, 30, tzinfo=UTC)  # still December 31, 2025 in New York

Earn = Callable[..., str]


@pytest.fixture
def hers(sign_in_as: SignIn) -> TestClient:
    """Ana's browser, signed in."""
    return sign_in_as("ana")


@pytest.fixture
def earn(house: FastAPI) -> Earn:
    """Give a verb by which Ana earns the certificate of one more course; it gives the number."""

    courses = (make_course(f"course-{number}") for number in count(1))

    def earned(*, at: datetime = NOON, revoked: bool = False) -> str:
        with house.state.wiring.database.write() as db:
            certificate = make_certificate(db, join(db, "ana"), edition=make_edition(db, next(courses)), now=at)
            if revoked:
                certificates.revoke(db, certificate, reason="A mistake.", issuer=ISSUER, by=audit.OPERATOR, now=at)
            return certificate.number

    return earned


@pytest.fixture
def license_(house: FastAPI) -> License:
    """Ana's license; when it renews is not known yet."""
    with house.state.wiring.database.write() as db:
        kept = licenses.confirm(db, join(db, "ana"), ("NY", "LCSW", "081234-1"), now=NOON)
        db.flush()
        return kept


def renewal(license_: License) -> str:
    return f"/account/licenses/{license_.id}/renewal"


def words(answer: object) -> str:
    return " ".join(unescape(answer.text).split())  # type: ignore[attr-defined]


# --- what she earned ---------------------------------------------------------------------------------------------


def test_everything_she_earned_is_there_with_its_hours(hers: TestClient, earn: Earn) -> None:
    numbers = [earn(at=NOON - timedelta(days=400)), earn()]
    page = hers.get(RECORDS)
    assert page.status_code == 200
    assert page.text.count("<h1") == 1
    assert {f"/certificates/{number}" for number in numbers} <= set(read(page).links)
    for told in ("October 16, 2025", "November 20, 2026", "Self-study online: reading", "0.5 ethics", "Valid"):
        assert told in words(page), told
    assert "1 contact hour (60 minutes) in all" in words(page)


def test_her_calendar_decides_what_is_in_a_period(hers: TestClient, earn: Earn) -> None:
    number = earn(at=NEW_YEAR)
    shown = hers.get(RECORDS, params={"since": "2025-12-31", "until": "2025-12-31"})
    missed = hers.get(RECORDS, params={"since": "2026-01-01"})
    assert f"/certificates/{number}" in shown.text
    assert f"/certificates/{number}" not in missed.text
    assert "Nothing completed in this period" in missed.text
    assert RECORDS in read(missed).links, "the way back to everything"


def test_a_revoked_certificate_is_listed_and_not_counted(hers: TestClient, earn: Earn) -> None:
    earn(at=NOON - timedelta(days=400), revoked=True)
    earn()
    page = words(hers.get(RECORDS))
    assert "Revoked – does not count" in page
    assert "0.5 contact hours (60 minutes) in all" in page


def test_only_revoked_certificates_are_no_hours(hers: TestClient, earn: Earn) -> None:
    earn(revoked=True)
    assert "0 contact hours (60 minutes) in all" in words(hers.get(RECORDS))


def test_where_there_is_nothing_yet_the_page_says_what_to_do(hers: TestClient) -> None:
    page = hers.get(RECORDS)
    assert "No certificates yet" in page.text
    assert 'name="since"' not in page.text, "there is nothing to choose from"
    assert "See all courses" in page.text


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        ("tomorrow", "", "Enter the date like 2026-11-20."),
        ("", "11/20/2026", "Enter the date like 2026-11-20."),
        ("2026-11-20", "2026-11-19", "The last day must not be before the first day."),
        ("2026-02-30", "", "Enter the date like 2026-11-20."),
        ("<b>", '"', "Enter the date like 2026-11-20."),
    ],
)
def test_a_period_that_is_none_comes_back_as_it_was_typed(
    hers: TestClient, earn: Earn, since: str, until: str, sentence: str
) -> None:
    earn()
    page = hers.get(RECORDS, params={"since": since, "until": until})
    assert page.status_code == 422
    assert sentence in page.text
    assert form(page, RECORDS).fields == [("since", since), ("until", until)]
    assert 'aria-invalid="true"' in page.text


# --- as a PDF ----------------------------------------------------------------------------------------------------


def test_the_transcript_holds_the_period_of_the_page_it_was_asked_on(
    house: FastAPI, hers: TestClient, earn: Earn, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = earn(at=NEW_YEAR)
    earn()
    page = hers.get(RECORDS, params={"until": "2025-12-31"})
    (href,) = (link for link in read(page).links if link.startswith("/account/transcript.pdf"))
    asked: list[tuple[Transcript, datetime]] = []
    draw = house.state.wiring.draws.draw_transcript

    def watched(transcript: Transcript, *, on: datetime, timeout: float) -> bytes:
        asked.append((transcript, on))
        return draw(transcript, on=on, timeout=timeout)

    monkeypatch.setattr(house.state.wiring.draws, "draw_transcript", watched)
    pdf = hers.get(unescape(href))
    assert (pdf.status_code, pdf.headers["content-type"]) == (200, "application/pdf")
    assert pdf.headers["cache-control"] == "private, no-store"
    assert [entry.number for entry in asked[0][0].entries] == [number]


def test_the_transcript_is_dated_on_her_calendar(hers: TestClient, earn: Earn, clock: StillClock) -> None:
    earn()
    clock.now = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)  # still November 21 in New York
    pdf = hers.get("/account/transcript.pdf")
    assert 'filename="transcript-2026-11-21.pdf"' in pdf.headers["content-disposition"]


def test_a_transcript_of_no_period_is_refused(hers: TestClient) -> None:
    assert hers.get("/account/transcript.pdf", params={"since": "soon"}).status_code == 422


# --- when her licenses renew -------------------------------------------------------------------------------------


def test_a_renewal_date_is_kept_and_goes_into_the_calendar(hers: TestClient, license_: License) -> None:
    assert "/account/renewals.ics" not in hers.get(RECORDS).text
    answer = send(hers, hers.get(RECORDS), renewal(license_), renews_on="2026-11-30")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{RECORDS}#licenses")
    page = hers.get(RECORDS)
    assert 'value="2026-11-30"' in page.text
    assert "November 30, 2026: in 10 days" in words(page)
    calendar = hers.get("/account/renewals.ics")
    assert calendar.headers["content-type"] == "text/calendar; charset=utf-8"
    (event,) = icalendar.Calendar.from_ical(calendar.content).walk("VEVENT")
    assert str(event["UID"]) == f"renewal-{license_.id}@ce.example.org"


@pytest.mark.parametrize(
    ("renews_on", "hint"),
    [
        ("2026-11-20", "November 20, 2026: today"),
        ("2026-11-21", "November 21, 2026: in 1 day"),
        ("2026-11-19", "November 19, 2026 is past. Enter the date after that."),
    ],
)
def test_the_page_says_how_long_it_is_until_then(
    hers: TestClient, license_: License, renews_on: str, hint: str
) -> None:
    send(hers, hers.get(RECORDS), renewal(license_), renews_on=renews_on)
    assert hint in words(hers.get(RECORDS))


def test_a_renewal_date_may_be_taken_back(hers: TestClient, license_: License) -> None:
    send(hers, hers.get(RECORDS), renewal(license_), renews_on="2026-11-30")
    assert send(hers, hers.get(RECORDS), renewal(license_), renews_on="").status_code == 303
    assert "/account/renewals.ics" not in hers.get(RECORDS).text


def test_a_renewal_date_that_is_none_comes_back_as_it_was_typed(hers: TestClient, license_: License) -> None:
    page = send(hers, hers.get(RECORDS), renewal(license_), renews_on="next June")
    assert page.status_code == 422
    assert 'value="next June"' in page.text
    assert f'href="#field-renews_on-{license_.id}"' in page.text
    assert "Enter the date like 2027-06-30." in page.text


# --- hers alone --------------------------------------------------------------------------------------------------


def test_ben_sees_nothing_of_hers(sign_in_as: SignIn, earn: Earn, license_: License) -> None:
    number = earn()
    his = sign_in_as("ben")
    page = his.get(RECORDS)
    assert number not in page.text
    assert "081234-1" not in page.text
    assert his.post(renewal(license_), data={"renews_on": "2026-11-30"}).status_code == 404


@pytest.mark.parametrize("path", [RECORDS, "/account/transcript.pdf", "/account/renewals.ics"])
def test_a_stranger_is_asked_to_sign_in(browser: TestClient, path: str) -> None:
    answer = browser.get(path)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in?next=")


def test_what_is_not_a_number_is_nobodys_license(hers: TestClient) -> None:
    for stranger in ("0", "-1", "nine", "99999999999999999999999"):
        assert hers.post(f"/account/licenses/{stranger}/renewal", data={"renews_on": ""}).status_code == 404
