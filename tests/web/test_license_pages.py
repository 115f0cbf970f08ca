"""Her licenses, by forms that work without a script: added, changed, taken off, with every change kept; hers alone."""

from __future__ import annotations

from datetime import timedelta
from html import unescape

import pytest
import steps
from cast import NOON, join
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import form, read, send
from sqlmodel import Session, select

from app.awards.certificates import Certificate
from app.identity import licenses
from app.identity.licenses import License

PLACE = "/account/licenses"
HERS = {"license_state": "NY", "license_type": "LCSW", "license_number": "081234"}
MORE = {"first_issued_on": "2015-03-01", "renews_on": "2027-06-30", "renewal_months": "24"}


@pytest.fixture
def hers(sign_in_as: SignIn) -> TestClient:
    return sign_in_as("ana")


def words(answer: object) -> str:
    return " ".join(unescape(answer.text).split())  # type: ignore[attr-defined]


def add(client: TestClient, **sent: str) -> object:
    return send(client, client.get(f"{PLACE}/new"), PLACE, **(HERS | MORE | sent))


def kept(house: FastAPI) -> list[License]:
    with house.state.wiring.database.read() as db:
        return list(db.exec(select(License).order_by(License.id)))  # type: ignore[arg-type]


def test_a_license_is_added_with_all_that_boards_ask(hers: TestClient, house: FastAPI) -> None:
    assert add(hers).status_code == 303  # type: ignore[attr-defined]
    page = hers.get(PLACE)
    for told in ("New York LCSW", "081234", "March 1, 2015", "June 30, 2027", "July 1, 2025 to June 30, 2027"):
        assert told in words(page), told
    assert "Written as numbers of this kind usually are." in words(page)
    (license_,) = kept(house)
    assert license_.details.parts == {
        "state": "NY", "type": "LCSW", "number": "081234",
        "first_issued_on": "2015-03-01", "renews_on": "2027-06-30", "renewal_months": "24",
    }  # fmt: skip


def test_where_the_form_of_numbers_is_not_known_the_page_says_that_nothing_was_checked(hers: TestClient) -> None:
    add(hers, license_state="WY", license_number="LCSW-7")
    assert "so this one was not checked" in words(hers.get(PLACE))


def test_an_unusual_number_is_asked_about_once_and_then_taken(hers: TestClient, house: FastAPI) -> None:
    answer = add(hers, license_number="R-12")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "New York usually has six digits, such as 081234." in words(answer)
    assert form(answer, PLACE).filled({})["license_number"] == ["R-12"]  # type: ignore[arg-type]
    assert kept(house) == []
    again = send(hers, answer, PLACE, license_stands="yes")  # type: ignore[arg-type]
    assert again.status_code == 303
    (license_,) = kept(house)
    assert (license_.number, license_.unusual_confirmed_at) == ("R-12", NOON)
    assert "You said that it stands like this on your license." in words(hers.get(PLACE))


def test_every_mistake_comes_back_at_once_with_what_was_typed(hers: TestClient, house: FastAPI) -> None:
    answer = add(hers, license_type="1", renews_on="30.6.2027", first_issued_on="x", renewal_months="999")
    assert answer.status_code == 422  # type: ignore[attr-defined]
    for told in ("Enter the type of your license", "Enter the date like 2027-06-30.", "Enter a number of months"):
        assert told in words(answer), told
    held = form(answer, PLACE).filled({})  # type: ignore[arg-type]
    assert (held["renews_on"], held["renewal_months"]) == (["30.6.2027"], ["999"])
    assert kept(house) == []


def test_a_change_and_a_removal_stay_in_the_history(hers: TestClient, house: FastAPI) -> None:
    add(hers)
    (license_,) = kept(house)
    place = f"{PLACE}/{license_.id}"
    assert send(hers, hers.get(place), place, license_number="081235").status_code == 303
    assert send(hers, hers.get(place), f"{place}/removal").status_code == 303
    page = words(hers.get(PLACE))
    assert "No license yet" in page
    for told in ("Added: NY LCSW, number 081234", "Changed: NY LCSW, number 081235", "Removed: NY LCSW, number 081235"):
        assert told in page, told
    assert hers.get(place).status_code == 404
    assert add(hers, license_number="081235").status_code == 303  # type: ignore[attr-defined]
    assert [one.removed_at for one in kept(house)] == [None], "it is back, in the same row"


def test_one_license_is_listed_once(hers: TestClient) -> None:
    add(hers)
    answer = add(hers)
    assert answer.status_code == 409  # type: ignore[attr-defined]
    assert "This license is on your list already." in words(answer)


def test_nobody_elses_license_can_be_seen_changed_or_removed(
    hers: TestClient, sign_in_as: SignIn, house: FastAPI
) -> None:
    add(hers)
    (license_,) = kept(house)
    his = sign_in_as("ben")
    origin = {"Origin": "https://ce.example.org"}
    for answer in (
        his.get(f"{PLACE}/{license_.id}"),
        his.post(f"{PLACE}/{license_.id}", data=HERS, headers=origin),
        his.post(f"{PLACE}/{license_.id}/removal", headers=origin),
    ):
        assert answer.status_code == 404
    assert "081234" not in his.get(PLACE).text
    assert kept(house)[0].removed_at is None


# --- on certificates -----------------------------------------------------------------------------------------------


def evaluated(client: TestClient, house: FastAPI, **sent: str) -> str:
    """Take a course to its certificate with what is sent; give the license that the certificate prints."""
    steps.publish(house)
    page = steps.submit(client, steps.answer_all(client, steps.start_exam(client), steps.RIGHT))
    answer = send(
        client,
        client.get(next(link for link in read(page).links if link.endswith("/evaluation"))),
        "/evaluation",
        **{**steps.EVALUATION, "license_type": "", "license_number": "", "license_state": ""},
        **dict.fromkeys(steps.SCALES, "5"),
        **sent,
    )
    assert answer.status_code == 303, answer.text
    with house.state.wiring.database.read() as db:
        return printed(db)


def printed(db: Session) -> str:
    license_ = db.exec(select(Certificate)).one().facts.license
    return f"{license_.state} {license_.number}" if license_ else ""


def test_the_evaluation_offers_her_licenses_and_prints_the_one_she_chose(hers: TestClient, house: FastAPI) -> None:
    with house.state.wiring.database.write() as db:
        first = licenses.confirm(db, join(db, "ana"), ("NJ", "LCSW", "44SC05929300"), now=NOON - timedelta(1))
        licenses.confirm(db, join(db, "ana"), ("NY", "LCSW", "081234"), now=NOON - timedelta(hours=1))
        db.flush()
        chosen = first.id
    assert evaluated(hers, house, license=str(chosen)) == "NJ 44SC05929300"


def test_a_license_that_was_removed_is_neither_offered_nor_printed(hers: TestClient, house: FastAPI) -> None:
    with house.state.wiring.database.write() as db:
        ana = join(db, "ana")
        licenses.remove(db, licenses.confirm(db, ana, ("NY", "LCSW", "081234"), now=NOON), by=ana.actor, now=NOON)
    assert evaluated(hers, house) == ""
