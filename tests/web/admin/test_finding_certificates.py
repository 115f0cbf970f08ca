"""Certificates are found by whatever somebody has in hand; what waits for a second person stands on top."""

from __future__ import annotations

from collections.abc import Iterator

import cast as the_cast
import pytest
import staff
import steps
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import form, read, send
from makers import make_certificate, make_course, make_edition

from app.awards import certificates
from app.identity import licenses, people
from app.kit import listing

pytest_plugins = ["visitors", "colleagues"]

MANY = listing.PAGE + 7


@pytest.fixture
def others(house: FastAPI, number: str) -> dict[str, str]:
    """Four more certificates, by the name of their holder, with much that a search could stumble over."""
    made = {}
    for name, license_number, code, title in (
        ("Zoë Núñez", "77-100", "grief-at-work", "Grief at Work"),
        ('Bo "50%_" O’Hara', "88\\1", "hundred-percent", 'The "100%" course_'),
        ("Holder License", "personal", "statement", "Edition and edition"),
        ("佐藤 花子", "99.5", "supervision", "Supervision"),
    ):
        with house.state.wiring.database.write() as db:
            person = people.find_or_add(db, f"{code}@example.org", now=the_cast.NOON)
            licenses.confirm(db, person, ("NJ", "LSW", license_number), now=the_cast.NOON)
            edition = make_edition(db, make_course(code, title=title))
            made[name] = make_certificate(db, person, edition=edition, name=name).number
    return made


def found(browser: TestClient, typed: str = "", **more: str) -> list[str]:
    """Give the numbers on the page of what was looked for, in their order."""
    page = browser.get(staff.LIST, params={"q": typed, **more})
    assert page.status_code == 200
    links = (link.removeprefix(f"{staff.LIST}/") for link in read(page).links if link.startswith(f"{staff.LIST}/"))
    return list(links)


@pytest.mark.parametrize(
    ("typed", "holder"),
    [
        ("Zoë Núñez", "Zoë Núñez"),
        ("zoë nú", "Zoë Núñez"),
        ("ZOË", "Zoë Núñez"),
        ("  núñez ", "Zoë Núñez"),
        ("77-100", "Zoë Núñez"),
        ("grief-at", "Zoë Núñez"),
        ("grief at WORK", "Zoë Núñez"),
        ('Bo "50%_', 'Bo "50%_" O’Hara'),
        ("88\\1", 'Bo "50%_" O’Hara'),
        ("100%", 'Bo "50%_" O’Hara'),
        ("course_", 'Bo "50%_" O’Hara'),
        ("edition and", "Holder License"),
        ("personal", "Holder License"),
        ("花子", "佐藤 花子"),
        ("supervision", "佐藤 花子"),
    ],
)
def test_each_is_found_by_what_it_names_and_no_other(
    ada_browser: TestClient, others: dict[str, str], typed: str, holder: str
) -> None:
    assert found(ada_browser, typed) == [others[holder]]


@pytest.mark.parametrize(
    "typed", ["nobody", "%%", "__", '","', "\\\\", "ethics", "reading", "LCSW", "commitment", "'; --", "\x1b", "NY"]
)
def test_what_none_of_them_names_finds_none(ada_browser: TestClient, others: dict[str, str], typed: str) -> None:
    page = ada_browser.get(staff.LIST, params={"q": typed})
    assert "Nothing found" in page.text
    assert found(ada_browser, typed) == []
    assert len(found(ada_browser)) == 5, "the control: they are there"


def test_a_number_is_found_however_it_is_typed_and_by_its_beginning(
    ada_browser: TestClient, number: str, others: dict[str, str]
) -> None:
    grouped = "-".join(number[start : start + 4] for start in range(0, 20, 4))
    for typed in (number, number.lower(), grouped, grouped.replace("-", " "), number[:12], grouped[:9].lower()):
        assert found(ada_browser, typed) == [number], typed


def test_one_whose_holder_was_erased_is_found_by_its_course_and_not_by_her_name(
    house: FastAPI, ada_browser: TestClient, number: str
) -> None:
    staff.erase(house, number)
    assert found(ada_browser, steps.CODE) == [number]
    assert found(ada_browser, steps.NAME) == []
    assert steps.NAME not in ada_browser.get(staff.at(number)).text
    assert ada_browser.get(staff.at(number)).status_code == 200


def test_a_certificate_that_was_replaced_is_listed_as_that(ada_browser: TestClient, number: str) -> None:
    page = ada_browser.get(staff.at(number, "/reissue"))
    new = staff.number_in(send(ada_browser, page, "/reissue", reason="New keys."))
    assert found(ada_browser) == [new, number], "newest first"
    assert ada_browser.get(staff.LIST).text.count("</svg>Replaced") == 1


def test_many_come_page_by_page(house: FastAPI, ada_browser: TestClient) -> None:
    expected = list(reversed(list(_many(house))))
    assert found(ada_browser) == expected[: listing.PAGE]
    page = ada_browser.get(staff.LIST, params={"q": "learner"})
    (older,) = {link for link in read(page).links if "page=2" in link and "select" not in link}
    assert "q=learner" in older
    second = ada_browser.get(older.replace("&amp;", "&"))
    assert f"51 to {MANY} of {MANY} certificates" in second.text
    assert f"{staff.LIST}?q=learner" in read(second).links, "the way back"
    assert found(ada_browser, "learner", page="2") == expected[listing.PAGE :]
    for odd in ("0", "-1", "x", "9" * 30, "٣", "", "1.5"):
        assert found(ada_browser, "learner", page=odd) in ([], expected[: listing.PAGE]), odd


def _many(house: FastAPI) -> Iterator[str]:
    with house.state.wiring.database.write() as db:
        edition = make_edition(db)
        for one in range(MANY):
            person = people.find_or_add(db, f"learner-{one}@example.org", now=the_cast.NOON)
            yield make_certificate(db, person, edition=edition, name=f"Learner {one}").number


def test_what_was_typed_stays_in_the_field(ada_browser: TestClient) -> None:
    page = ada_browser.get(staff.LIST, params={"q": '<b>"&'})
    assert form(page, staff.LIST).filled({})["q"] == ['<b>"&']


def test_an_empty_house_says_so(ada_browser: TestClient) -> None:
    assert "No certificates yet" in ada_browser.get(staff.LIST).text


def test_one_whose_course_and_enrollment_are_lost_is_found(
    house: FastAPI, ada_browser: TestClient, number: str
) -> None:
    """As one that was taken back from its sealed file: a row with no record around it."""
    kept = staff.certificate(house, number)
    other = certificates.numbers.new()
    with house.state.wiring.database.write() as db:
        lost = certificates.Certificate(
            **{
                **kept.model_dump(exclude={"id"}),
                "number": other,
                "enrollment_id": None,
                "person_id": None,
                "edition_id": None,
                "statement": kept.statement.replace(number, other),
            }
        )
        db.add(lost)
    assert found(ada_browser, steps.NAME) == [other, number]
    assert ada_browser.get(staff.at(other)).status_code == 200
