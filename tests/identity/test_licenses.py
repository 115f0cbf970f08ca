"""Licenses: read as people type them, all three parts or none, and kept once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from cast import NOON, join
from sqlmodel import Session, select

from app.identity import licenses
from app.identity.licenses import License, NotHers
from app.identity.people import Person
from app.kit.database import Database
from app.kit.errors import Invalid

NEW_YORK = ("NY", "LCSW", "081234")
NEW_JERSEY = ("NJ", "LSW", "44SC0123")


def test_a_license_is_read_as_it_is_typed() -> None:
    assert licenses.read(" ny ", "  LCSW ", " 08 12-34 ") == ("NY", "LCSW", "08 12-34")


def test_no_license_is_an_answer_too() -> None:
    assert licenses.read(" ", "", "\t") is None


@pytest.mark.parametrize(
    ("parts", "fields"),
    [
        (("NY", "", ""), {"license_type", "license_number"}),
        (("", "LCSW", "081234"), {"license_state"}),
        (("XX", "LCSW", "081234"), {"license_state"}),
        (("NY", "1", "081234"), {"license_type"}),
        (("NY", "LCSW", "<b>1</b>"), {"license_number"}),
        (("NY", "L" * 41, "0" * 31), {"license_type", "license_number"}),
        (("NY", "LCSW\x00", "081\x00234"), {"license_type", "license_number"}),
    ],
)
def test_half_a_license_comes_back_with_a_sentence_for_each_part_in_doubt(
    parts: tuple[str, str, str], fields: set[str]
) -> None:
    with pytest.raises(Invalid) as refused:
        licenses.read(*parts)
    assert set(refused.value.fields) == fields


def test_a_license_confirmed_again_is_the_same_license(db: Session, ana: Person) -> None:
    first = licenses.confirm(db, ana, NEW_YORK, now=NOON)
    db.flush()
    again = licenses.confirm(db, ana, NEW_YORK, now=NOON + timedelta(days=1))
    assert again.id == first.id
    assert again.confirmed_at == NOON + timedelta(days=1)
    assert licenses.all_of(db, ana) == [again]


def test_a_license_confirmed_twice_at_once_is_kept_once(postgres_database: Database) -> None:
    """A double click: both acts look before either has written. SQLite's writers take turns."""
    with postgres_database.write() as db:
        join(db, "ana")
    both_are_in = threading.Barrier(2)

    def confirm(_turn: int) -> int:
        with postgres_database.write() as db:
            ana = db.exec(select(Person)).one()
            both_are_in.wait()
            license_ = licenses.confirm(db, ana, NEW_YORK, now=NOON)
            db.flush()
            return license_.id

    with ThreadPoolExecutor(2) as acts:
        assert len(set(acts.map(confirm, range(2)))) == 1


def test_the_latest_license_is_the_one_she_confirmed_last(db: Session, ana: Person) -> None:
    licenses.confirm(db, ana, NEW_YORK, now=NOON)
    licenses.confirm(db, ana, NEW_JERSEY, now=NOON + timedelta(minutes=1))
    licenses.confirm(db, ana, NEW_YORK, now=NOON + timedelta(minutes=2))
    db.flush()
    latest = licenses.latest(db, ana)
    assert latest is not None
    assert (latest.state, latest.number) == ("NY", "081234")


def test_whoever_has_no_license_has_none(db: Session, ana: Person) -> None:
    assert licenses.latest(db, ana) is None


def test_two_people_may_name_the_same_number_and_neither_sees_the_others(db: Session, ana: Person, ben: Person) -> None:
    hers, his = (licenses.confirm(db, person, NEW_YORK, now=NOON) for person in (ana, ben))
    db.flush()
    assert hers.id != his.id
    assert licenses.of(db, ana, hers.id) == hers
    with pytest.raises(NotHers):
        licenses.of(db, ben, hers.id)
    with pytest.raises(NotHers):
        licenses.of(db, ben, 10**9)


def test_a_renewal_date_is_read_or_left_out(db: Session, ana: Person) -> None:
    assert licenses.renewal_date(" 2027-06-30 ") == date(2027, 6, 30)
    assert licenses.renewal_date("") is None
    with pytest.raises(Invalid):
        licenses.renewal_date("30.6.2027")


def test_every_state_has_its_own_abbreviation_and_the_territories_are_there() -> None:
    assert len(licenses.STATES) == 55  # 50 states, DC, and four territories that license social workers
    assert {"NY", "NJ", "DC", "PR", "VI", "GU", "MP"} <= set(licenses.STATES)


def test_a_license_stands_in_the_tables_as_it_was_confirmed(db: Session, ana: Person) -> None:
    licenses.confirm(db, ana, NEW_JERSEY, now=NOON)
    kept = db.exec(select(License)).one()
    assert (kept.person_id, kept.state, kept.type, kept.number) == (ana.id, *NEW_JERSEY)
