"""A board's staff looks up certificates by license and period, sees how each stands, and nothing else of its holder."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import cast as the_cast
import makers
import pytest
from cast import NOON
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import Response
from makers import ISSUER, make_certificate
from sqlmodel import Session, col, select

from app import audit
from app.audit import AuditLine
from app.awards import certificates, license_lookups, replacements
from app.awards.license_lookups import Wanted
from app.awards.verdicts import Status
from app.identity import licenses
from app.identity.people import Person
from app.kit.allowance import Allowance
from app.kit.errors import Invalid
from app.library.editions import Edition

pytest_plugins = ["visitors", "colleagues"]

DAY = NOON.date()
ASKED = {
    "license_state": "NY",
    "license_number": "081234-1",
    "license_type": "",
    "since": f"{DAY - timedelta(days=30)}",
    "until": f"{DAY}",
}
NOBODY = "No certificate in this period names this license"


def wanted(number: str = "0812341", **changes: Any) -> Wanted:
    return replace(Wanted("NY", number, "", DAY, DAY), **changes)


def licensed(db: Session, person: Person, parts: tuple[str, str, str], *, now: datetime = NOON) -> str:
    licenses.confirm(db, person, parts, now=now)
    edition = db.exec(select(Edition)).first() or makers.make_edition(db)
    return str(make_certificate(db, person, edition=edition, now=now).number)


def numbers_of(db: Session, asked: Wanted) -> list[str]:
    return [one.certificate.number for one in license_lookups.find(db, asked).hits]


def asked(page: Response) -> list[str]:
    """Read the certificates on a page."""
    return [found.replace("-", "") for found in re.findall(r'class="numbers" href="/v/\w+">([\w-]+)<', page.text)]


# --- what is found, on both kinds of database ------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["081234-1", "0812341", " 08 1234.1 ", "081/2341", "08-12-34-1"])
def test_a_number_is_found_however_it_is_spelled(db: Session, ana: Person, typed: str) -> None:
    number = licensed(db, ana, ("NY", "LCSW", "081234-1"))
    assert numbers_of(db, license_lookups.read(ASKED | {"license_number": typed})) == [number]


@pytest.mark.parametrize(("printed", "typed"), [("ab 12.3", "AB-123"), ("A/b123", "a b 1 2 3")])
def test_letters_are_alike_large_and_small(db: Session, ana: Person, printed: str, typed: str) -> None:
    number = licensed(db, ana, ("NY", "LCSW", printed))
    assert numbers_of(db, license_lookups.read(ASKED | {"license_number": typed})) == [number]


@pytest.mark.parametrize(
    "other", [{"state": "NJ"}, {"number": "081234"}, {"number": "812341"}, {"number": "%"}, {"type": "LMSW"}]
)
def test_another_license_is_not(db: Session, ana: Person, other: dict[str, str]) -> None:
    number = licensed(db, ana, ("NY", "LCSW", "081234-1"))
    assert numbers_of(db, wanted(**other)) == []
    assert numbers_of(db, wanted(type="LCSW")) == [number], "control"


def test_other_peoples_certificates_are_not(db: Session, ana: Person, ben: Person) -> None:
    hers = licensed(db, ana, ("NY", "LCSW", "081234-1"))
    licensed(db, ben, ("NY", "LCSW", "081234-2"))
    assert numbers_of(db, wanted()) == [hers]


def test_what_is_printed_counts_and_not_her_list_of_today(db: Session, ana: Person) -> None:
    number = licensed(db, ana, ("NY", "LCSW", "081234-1"))
    kept = licenses.all_of(db, ana)[0]
    licenses.change(db, kept, replace(kept.details, number="999"), by=ana.actor, now=NOON)
    assert numbers_of(db, wanted()) == [number]
    assert numbers_of(db, wanted("999")) == []


def test_a_certificate_without_a_license_is_not(db: Session, ana: Person) -> None:
    make_certificate(db, ana, name='"license":{"number":"0812341","state":"NY",')
    assert numbers_of(db, wanted()) == []


def test_the_days_are_those_of_her_calendar(db: Session, ana: Person) -> None:
    late = datetime.fromisoformat("2026-11-21T03:30:00+00:00")  # half past ten in the evening of the 20th, in New York
    number = licensed(db, ana, ("NY", "LCSW", "081234-1"), now=late)
    days = {day: date(2026, 11, day) for day in (19, 20, 21)}
    found = {day: numbers_of(db, wanted(since=on, until=on)) for day, on in days.items()}
    assert found == {19: [], 20: [number], 21: []}


def test_each_is_told_with_how_it_stands_and_only_valid_ones_count(db: Session, ana: Person) -> None:
    number = licensed(db, ana, ("NY", "LCSW", "081234-1"))
    by = {"issuer": ISSUER, "by": audit.OPERATOR, "now": NOON}
    new = replacements.reissue(db, certificates.by_number(db, number), reason="New keys.", **by)
    found = license_lookups.find(db, wanted())
    assert {one.certificate.number: one.status for one in found.hits} == {
        number: Status.SUPERSEDED,
        new.number: Status.VALID,
    }
    assert not found.is_mixed
    assert found.total_hours == new.facts.total_hours > 0
    certificates.revoke(db, new, reason="An error.", **by)
    found = license_lookups.find(db, wanted())
    assert Status.REVOKED in {one.status for one in found.hits}
    assert found.total_hours == 0


def test_hours_of_two_holders_or_two_types_are_not_added_up(db: Session, ana: Person, ben: Person) -> None:
    licensed(db, ana, ("NY", "LCSW", "081234-1"))
    licensed(db, ben, ("NY", "LMSW", "0812341"))
    assert license_lookups.find(db, wanted()).is_mixed
    assert not license_lookups.find(db, wanted(type="LMSW")).is_mixed


def test_whose_certificate_was_erased_is_not_found(db: Session, ana: Person) -> None:
    number = licensed(db, ana, ("NY", "LCSW", "081234-1"))
    assert numbers_of(db, wanted()) == [number], "control"
    certificates.erase(db, certificates.by_number(db, number), issuer=ISSUER, by=audit.OPERATOR, now=NOON)
    assert numbers_of(db, wanted()) == []


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("license_state", "New York"),
        ("license_number", " -- "),
        ("license_number", "1" * 31),
        ("since", "yesterday"),
        ("since", "0001-01-01"),
        ("since", f"{DAY - timedelta(days=2_193)}"),
        ("until", f"{DAY - timedelta(days=31)}"),
        ("until", ""),
    ],
)
def test_what_cannot_be_looked_up_is_said_beside_its_field(field: str, typed: str) -> None:
    with pytest.raises(Invalid) as refused:
        license_lookups.read(ASKED | {field: typed})
    assert set(refused.value.fields) == {field}


def test_six_years_are_a_period() -> None:
    assert license_lookups.read(ASKED | {"since": f"{DAY - timedelta(days=2_192)}"})


# --- the page --------------------------------------------------------------------------------------------------------


def test_the_form_asks_for_a_license_and_not_for_a_name(olu_browser: TestClient) -> None:
    page = olu_browser.get("/officer")
    assert page.status_code == 200
    asks = set(re.findall(r'(?:input|select) [^>]*name="(\w+)"', page.text))
    assert asks >= set(ASKED)
    assert "name" not in asks


def test_an_officer_sees_the_certificate_and_nothing_else_of_her(olu_browser: TestClient, number: str) -> None:
    page = olu_browser.post("/officer", data=ASKED)
    assert (page.status_code, asked(page)) == (200, [number])
    assert page.headers["cache-control"] == "private, no-store"
    for told in ("Valid", "0.5 ethics", "0.5 contact hours (60 minutes) in all", "LCSW", f'href="/v/{number}"'):
        assert told in page.text, told
    assert the_cast.EMAILS["ana"] not in page.text
    assert "O’Neill" not in page.text


def test_an_unknown_license_and_one_without_certificates_have_the_same_answer(
    olu_browser: TestClient, house: FastAPI, number: str
) -> None:
    with house.state.wiring.database.write() as db:
        licenses.confirm(db, the_cast.join(db, "ben"), ("NY", "LCSW", "555"), now=NOON)
    known, unknown = (olu_browser.post("/officer", data=ASKED | {"license_number": one}) for one in ("555", "556"))
    assert NOBODY in known.text
    assert known.text.replace("555", "556") == unknown.text
    assert asked(olu_browser.post("/officer", data=ASKED)) == [number], "control"


def test_mistakes_come_back_as_typed(olu_browser: TestClient) -> None:
    for place in ("/officer", "/officer/certificates.csv"):
        page = olu_browser.post(place, data=ASKED | {"license_number": "", "until": "soon"})
        assert page.status_code == 422
        assert "Enter the license number" in page.text
        assert 'value="soon"' in page.text


@pytest.mark.parametrize("name", ["ana", "ines", "gus"])
@pytest.mark.parametrize("place", ["/officer", "/officer/certificates.csv"])
def test_others_are_refused(sign_in_as: SignIn, name: str, place: str) -> None:
    assert sign_in_as(name).post(place, data=ASKED).status_code == 403


def test_who_is_not_signed_in_is_refused(stranger: TestClient) -> None:
    assert stranger.get("/officer").headers["location"].startswith("/sign-in?")
    assert NOBODY not in stranger.post("/officer", data=ASKED).text


def test_an_administrator_may_as_well(ada_browser: TestClient, number: str) -> None:
    assert asked(ada_browser.post("/officer", data=ASKED)) == [number]


# --- what is written down --------------------------------------------------------------------------------------------


def lines(house: FastAPI) -> list[AuditLine]:
    with house.state.wiring.database.read() as db:
        return list(db.exec(select(AuditLine).where(col(AuditLine.act) == audit.FOUND).order_by(col(AuditLine.id))))


def test_each_look_up_is_a_line_and_she_sees_it(
    hers: TestClient, his: TestClient, olu_browser: TestClient, house: FastAPI, number: str
) -> None:
    olu_browser.post("/officer", data=ASKED)
    olu_browser.post("/officer/certificates.csv", data=ASKED)
    olu_browser.post("/officer", data=ASKED | {"license_number": "77-7777"})
    assert number
    written = [(one.actor_label, one.subject, one.told.get("form")) for one in lines(house)]
    subject = f"NY {ASKED['since']}..{ASKED['until']}"
    assert written == [("olu@example.org", subject, form) for form in ("page", "csv", "page")]
    assert not any("0812341" in one.detail or "7777" in one.detail for one in lines(house))
    page = hers.get("/account/looks").text
    said = re.findall(r"<p><strong>(.*?)</strong> (.*?)</p>", page)
    assert said == [
        ("A licensing officer", "found you in a search by license and period, as a spreadsheet (CSV)."),
        ("A licensing officer", "found you in a search by license and period."),
    ]
    assert "olu@example.org" not in page
    assert "Nobody has looked" in his.get("/account/looks").text


def test_a_form_with_mistakes_looks_nothing_up(olu_browser: TestClient, house: FastAPI) -> None:
    olu_browser.post("/officer", data=ASKED | {"since": ""})
    assert lines(house) == []


def test_one_account_looks_up_at_the_rate_of_a_desk(
    olu_browser: TestClient, ada_browser: TestClient, house: FastAPI
) -> None:
    wiring = house.state.wiring
    house.state.wiring = replace(wiring, lookups_allowed=Allowance(per_minute=2, burst=2, tick=lambda: 0.0))
    answers = [olu_browser.post("/officer", data=ASKED) for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    assert "Wait 30 seconds" in answers[-1].text
    assert answers[-1].headers["retry-after"] == "30"
    assert olu_browser.post("/officer/certificates.csv", data=ASKED).status_code == 429
    assert ada_browser.post("/officer", data=ASKED).status_code == 200, "each has an allowance of her own"
    assert len(lines(house)) == 3


def test_the_table_is_that_of_the_page_and_harmless(
    hers: TestClient, olu_browser: TestClient, house: FastAPI, number: str
) -> None:
    assert number
    with house.state.wiring.database.write() as db:
        ana = the_cast.join(db, "ana")
        course = makers.make_course("hostile", title="=1+1")
        make_certificate(db, ana, edition=makers.make_edition(db, course), now=NOON)
    answer = olu_browser.post("/officer/certificates.csv", data=ASKED)
    assert answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))
    assert {row["Course"] for row in rows} == {makers.make_course().title, "'=1+1"}
    assert [row["Certificate number"].replace("-", "") for row in rows] == asked(
        olu_browser.post("/officer", data=ASKED)
    )
    row = next(row for row in rows if row["Certificate number"].replace("-", "") == number)
    assert (row["Status"], row["Contact hours"], row["Hours by type"]) == ("valid", "0.5", "0.5 ethics")
    assert row["Completed on"] == f"{DAY}"
    assert row["Check at"].endswith(f"/v/{number}")
