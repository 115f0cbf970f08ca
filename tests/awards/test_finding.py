"""Finding certificates means the same on both kinds of database, whatever was typed."""

from __future__ import annotations

import pytest
from cast import NOON
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from makers import ISSUER, make_certificate, make_course, make_edition
from sqlmodel import Session

from app import audit
from app.awards import certificates, erasures, finding, replacements
from app.awards.verdicts import Status
from app.identity import licenses
from app.identity.people import Person
from app.kit import listing
from app.kit.listing import Sought

NAME = 'Zoë "50%_" Nú\\ñez'


@pytest.fixture
def number(db: Session, ana: Person) -> str:
    licenses.confirm(db, ana, ("NY", "LCSW", "081234-1"), now=NOON)
    return make_certificate(db, ana, name=NAME).number


def found(db: Session, typed: str) -> list[str]:
    return [hit.certificate.number for hit in finding.page(db, Sought(typed, descending=True), 1).rows]


@pytest.mark.parametrize(
    "typed", ["", "zoë", "ZOË", "NÚ\\ÑEZ", '"50%_"', "nú\\ñ", "081234", "small-COURSE", "a small", '  zoë   "50 ']
)
def test_it_is_found_by_what_it_names(db: Session, number: str, typed: str) -> None:
    assert found(db, typed) == [number]


@pytest.mark.parametrize("typed", ["%", "_", "zoe", "holder", "LCSW", '","', "\\\\", "\0", "\x1b%", "'", "e" * 300])
def test_it_is_not_found_by_what_only_stands_around_it(db: Session, number: str, typed: str) -> None:
    assert found(db, typed) == ([number] if typed in NAME else [])


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.text(max_size=40))
def test_whatever_is_typed_is_an_answer(db: Session, number: str, typed: str) -> None:
    assert set(found(db, typed)) <= {number}


def test_each_is_told_with_how_it_stands(db: Session, number: str) -> None:
    by = {"issuer": ISSUER, "by": audit.OPERATOR, "now": NOON}
    new = replacements.reissue(db, certificates.by_number(db, number), reason="New keys.", **by)
    certificates.revoke(db, new, reason="An error.", **by)
    every = finding.page(db, Sought(descending=True), 1).rows
    assert [(hit.certificate.number, hit.status) for hit in every] == [
        (new.number, Status.REVOKED),
        (number, Status.SUPERSEDED),
    ]
    for status, held in ((Status.REVOKED, [new]), (Status.SUPERSEDED, [certificates.by_number(db, number)])):
        sought = Sought(narrowed={"state": str(status)})
        assert [hit.certificate for hit in finding.everything(db, sought)] == held
    assert finding.page(db, Sought(narrowed={"state": str(Status.VALID)}), 1).total == 0
    erasures.erase(db, new, **by)
    assert found(db, "zoë") == []
    assert found(db, "small-course") == [new.number, number]


def test_pages_turn_forward_to_the_last_one(db: Session, ana: Person) -> None:
    every = [
        make_certificate(db, ana, edition=make_edition(db, make_course(f"course-{one}"))).number for one in range(3)
    ]
    newest = Sought(descending=True)
    turned = [listing.page(db, finding.certificates(newest), number, size=2) for number in (-5, 1, 2, 10**9)]
    told = [[row[0].number for row in found.rows] for found in turned]
    assert told == [every[::-1][:2], every[::-1][:2], every[:1], every[:1]]
    assert {(found.total, found.pages) for found in turned} == {(3, 2)}
    assert [found.page for found in turned] == [1, 1, 2, 2]
    assert [hit.certificate.number for hit in finding.everything(db, Sought())] == every
