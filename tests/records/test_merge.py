"""Two accounts of one person become one: what is hers follows, what opened the other is gone, and nothing is lost."""

from __future__ import annotations

from datetime import timedelta

import cast as the_cast
import pytest
from cast import NOON
from makers import ISSUER, make_certificate, make_course, make_edition, make_enrollment, pass_exam, read_everything
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import audit, main
from app.audit import AuditLine
from app.awards import certificates, second_looks, standing
from app.awards.replacements import Changes
from app.awards.second_looks import SamePerson
from app.awards.verdicts import Status
from app.identity import licenses, people, requests, sign_in
from app.identity.people import LastAdmin, Person, Role
from app.identity.sign_in import Proof
from app.kit.database import Database
from app.learning import enrollments, progress
from app.library import editions
from app.records import merge
from app.records.merge import FATES, Fate, MergedAlready, NoReasonToMerge, SameAccount, StaffAccount

OLD = "ana.older@example.org"


@pytest.fixture
def older(db: Session) -> Person:
    """The other account of Ana's."""
    return people.find_or_add(db, OLD, now=NOON)


def join(db: Session, older: Person, ana: Person) -> Person:
    return merge.merge(db, older, ana, reason="She wrote to us.", by=audit.OPERATOR, now=NOON)


def naming_people(metadata: MetaData) -> set[tuple[str, str]]:
    """Give every column that names a person."""
    return {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if column.name == "person_id" or any(key.target_fullname == "person.id" for key in column.foreign_keys)
    }


# --- everything that names a person is treated ---------------------------------------------------------------------


def test_every_column_that_names_a_person_has_a_fate() -> None:
    assert main.create_app is not None, "the whole house is imported"
    assert naming_people(SQLModel.metadata) - set(FATES) == set()


def test_a_column_without_a_fate_would_be_found() -> None:
    metadata = MetaData()
    Table("person", metadata, Column("id", Integer, primary_key=True))
    Table("pet", metadata, Column("id", Integer, primary_key=True), Column("owner", ForeignKey("person.id")))
    Table("note", metadata, Column("id", Integer, primary_key=True), Column("person_id", Integer))
    assert naming_people(metadata) - set(FATES) == {("pet", "owner"), ("note", "person_id")}


def test_nothing_of_hers_is_left_behind(db: Session, older: Person, ana: Person) -> None:
    make_certificate(db, older)
    licenses.confirm(db, older, ("NY", "LCSW", "081234"), now=NOON)
    requests.ask(db, older, "More time", provider_email="", now=NOON)
    join(db, older, ana)
    assert [count for _, count in merge.side(db, older).counts] == [0] * len(merge.COUNTED)
    assert dict(merge.side(db, ana).counts)["Certificates"] == 1
    assert len(licenses.all_of(db, ana)) == 1
    assert len(requests.of(db, ana)) == 1


# --- certificates ---------------------------------------------------------------------------------------------------


def test_certificates_of_both_stay_valid_and_say_what_they_said(db: Session, older: Person, ana: Person) -> None:
    theirs = make_certificate(db, older, edition=make_edition(db, make_course("first")))
    hers = make_certificate(db, ana, edition=make_edition(db, make_course("second")))
    said = (theirs.statement, hers.statement)
    join(db, older, ana)
    kept = [certificates.by_number(db, one.number) for one in (theirs, hers)]
    assert tuple(one.statement for one in kept) == said
    assert {standing.of(db, one).status for one in kept} == {Status.VALID}
    assert {one.number for one in certificates.of_person(db, ana)} == {theirs.number, hers.number}


@pytest.mark.parametrize("column", ["person_id", "person_id = person_id, number"])
def test_a_certificate_follows_nothing_but_a_merge(database: Database, column: str) -> None:
    with database.write() as db:
        number = make_certificate(db, the_cast.join(db, "ana")).number
        ben = the_cast.join(db, "ben").id
    changed = f"UPDATE certificate SET {column} = :ben WHERE number = :number"
    with pytest.raises(DBAPIError), database.write() as db:
        db.execute(text(changed), {"ben": ben, "number": number})
    with database.read() as db:
        assert certificates.by_number(db, number).person_id == the_cast_id(db, "ana")


def the_cast_id(db: Session, name: str) -> int:
    return people.known(db, the_cast.EMAILS[name]).id


# --- the same course, twice -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("ahead", ["theirs", "hers"])
def test_of_two_that_are_open_the_one_further_along_goes_on(
    db: Session, older: Person, ana: Person, ahead: str
) -> None:
    edition = make_edition(db)
    theirs = enrollments.begin(db, older, edition, now=NOON)
    hers = enrollments.begin(db, ana, edition, now=NOON + timedelta(hours=1))
    further = theirs if ahead == "theirs" else hers
    _read_one(db, further)
    join(db, older, ana)
    goes_on = enrollments.open_one(db, ana, edition.course_code)
    assert goes_on is not None
    assert goes_on.id == further.id
    kept = enrollments.open_one(db, older, edition.course_code)
    assert kept is not None, "both histories are kept"
    assert kept.id == ({theirs.id, hers.id} - {further.id}).pop()


def _read_one(db: Session, enrollment: enrollments.Enrollment) -> None:
    course = editions.by_id(db, enrollment.edition_id).course
    progress.mark_done(db, enrollment.id, course.modules[0], now=NOON)


def test_a_passed_exam_is_further_along_than_any_reading(db: Session, older: Person, ana: Person) -> None:
    edition = make_edition(db)
    passed = make_enrollment(db, older, edition=edition)
    read_everything(db, passed)
    pass_exam(db, passed)
    read = enrollments.begin(db, ana, edition, now=NOON)
    read_everything(db, read)
    join(db, older, ana)
    goes_on = enrollments.open_one(db, ana, edition.course_code)
    assert goes_on is not None
    assert goes_on.id == passed.id


# --- the ways in ----------------------------------------------------------------------------------------------------


def test_the_old_address_leads_to_the_account_that_stays(db: Session, older: Person, ana: Person) -> None:
    join(db, older, ana)
    assert people.by_email(db, OLD.upper()) == ana
    assert people.find_or_add(db, OLD, now=NOON) == ana


def test_three_accounts_become_one_whatever_the_order(db: Session, older: Person, ana: Person) -> None:
    third = people.find_or_add(db, "ana.third@example.org", now=NOON)
    join(db, third, older)
    join(db, older, ana)
    assert people.by_email(db, "ana.third@example.org") == ana
    assert {one.email for one in people.accounts(db, ana)} == {ana.email, older.email, third.email}


def test_whatever_was_signed_in_with_the_other_account_is_signed_out(db: Session, older: Person, ana: Person) -> None:
    theirs = sign_in.begin(db, older, proof=Proof.CODE, now=NOON)
    hers = sign_in.begin(db, ana, proof=Proof.CODE, now=NOON)
    join(db, older, ana)
    found = [sign_in.known(db, token, now=NOON) for token in (theirs, hers)]
    assert [one and one.is_live for one in found] == [False, True]


def test_a_license_that_both_have_is_there_once(db: Session, older: Person, ana: Person) -> None:
    for account in (older, ana):
        licenses.confirm(db, account, ("NY", "LCSW", "081234"), now=NOON)
    join(db, older, ana)
    assert len(licenses.all_of(db, ana)) == 1


def test_her_name_is_that_of_the_account_that_stays_or_else_the_other(db: Session, older: Person, ana: Person) -> None:
    people.attest_legal_name(db, older, "Ana Older", now=NOON)
    join(db, older, ana)
    assert ana.legal_name == "Ana Older"


# --- what is refused ------------------------------------------------------------------------------------------------


def test_what_cannot_be_merged_is_refused(db: Session, older: Person, ana: Person, ben: Person, ada: Person) -> None:
    with pytest.raises(SameAccount):
        join(db, ana, ana)
    with pytest.raises(StaffAccount):
        join(db, ada, ana)
    with pytest.raises(NoReasonToMerge):
        merge.merge(db, older, ana, reason=" ", by=audit.OPERATOR, now=NOON)
    join(db, older, ana)
    with pytest.raises(MergedAlready):
        join(db, older, ben)
    with pytest.raises(MergedAlready):
        join(db, ben, older)


def test_two_accounts_are_not_two_people(db: Session, ada: Person, ana: Person) -> None:
    second = people.find_or_add(db, "ada.second@example.org", now=NOON)
    people.give_role(db, second, Role.ADMIN, by=audit.OPERATOR, now=NOON)
    certificate = make_certificate(db, ana)
    wanted = Changes(completed_at=NOON - timedelta(days=2))
    asked = second_looks.ask(db, certificate, wanted, reason="A slip.", by=second, now=NOON)
    join(db, second, ada)
    with pytest.raises(SamePerson):
        second_looks.accept(db, asked, issuer=ISSUER, by=ada, now=NOON)


def test_the_last_administrator_keeps_the_house(db: Session, ada: Person) -> None:
    with pytest.raises(LastAdmin):
        people.give_role(db, ada, Role.LEARNER, by=ada.actor, now=NOON)
    assert ada.role == Role.ADMIN


def test_a_merge_stands_in_the_trail_and_changes_none_of_it(db: Session, older: Person, ana: Person) -> None:
    make_certificate(db, older)
    before = [(line.id, line.subject, line.detail) for line in db.exec(_lines())]
    join(db, older, ana)
    after = list(db.exec(_lines()))
    assert [(line.id, line.subject, line.detail) for line in after[: len(before)]] == before
    assert [line.act for line in after[len(before) :]] == ["person.merged"]
    assert after[-1].told["reason"] == "She wrote to us."


def _lines() -> SelectOfScalar[AuditLine]:
    return select(AuditLine).order_by(col(AuditLine.id))


def test_whoever_a_fate_is_for_is_told_in_words() -> None:
    assert {str(fate) for fate in Fate} == {"follows her", "stays under the account it was done with", "ends"}
