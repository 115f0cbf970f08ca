"""Reviews: a second person signs one very text, and her signature stands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cast import NOON, join
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from app import audit
from app.audit import AuditLine
from app.identity import licenses
from app.identity.access import NotYourRole
from app.identity.people import Person
from app.kit.database import Database
from app.kit.errors import Invalid
from app.library import reviews
from app.library.reviews import OwnText, Review, Signature, SignedAlready

HASH, OTHER = "a" * 64, "b" * 64
TYPED = Signature("Ada  Brennan", " NJ LCSW 44SC1 ", "Sound and current.")


def sign(db: Session, reviewer: Person, content_hash: str = HASH, **more: Any) -> Review:
    given = {"course_code": "small-course", "writers": {0}, "now": NOON} | more
    return reviews.sign(db, reviewer, given.pop("typed", TYPED), content_hash=content_hash, **given)


def test_a_signature_stands_under_one_text_and_in_the_trail(db: Session, ada: Person) -> None:
    review = sign(db, ada)
    assert (review.name, review.license, review.note) == ("Ada Brennan", "NJ LCSW 44SC1", "Sound and current.")
    assert reviews.of_text(db, HASH) == [review]
    assert reviews.of_text(db, OTHER) == [], "one letter more is another text"
    (line,) = db.exec(select(AuditLine)).all()
    assert (line.act, line.subject, line.actor_label) == ("review.signed", "small-course", "ada@example.org")


def test_nobody_reviews_what_she_wrote(db: Session, ada: Person, ines: Person) -> None:
    with pytest.raises(OwnText):
        sign(db, ada, writers={ines.id, ada.id})
    assert sign(db, ada, writers={ines.id}), "the control"


def test_a_learner_signs_nothing(db: Session, ana: Person) -> None:
    with pytest.raises(NotYourRole):
        sign(db, ana)


def test_a_text_is_signed_once_by_each_reviewer(db: Session, ada: Person, ines: Person) -> None:
    sign(db, ada)
    with pytest.raises(SignedAlready):
        sign(db, ada)
    sign(db, ines)
    assert [one.reviewer_id for one in reviews.of_text(db, HASH)] == [ada.id, ines.id]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        (Signature(" ", "NY 1"), "name"),
        (Signature("x" * 121, "NY 1"), "name"),
        (Signature("Ada", ""), "license"),
        (Signature("Ada", "NY 1", "x" * 2_001), "note"),
    ],
)
def test_a_signature_needs_a_name_and_a_license(db: Session, ada: Person, typed: Signature, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        sign(db, ada, typed=typed)
    assert set(refused.value.fields) == {field}


def test_her_license_is_offered_from_her_account(db: Session, ada: Person) -> None:
    assert reviews.license_of(db, ada) == ""
    licenses.confirm(db, ada, ("NY", "LCSW", "081234"), now=NOON)
    assert reviews.license_of(db, ada) == "NY LCSW 081234"


def test_the_operator_vouches_for_a_reviewer_without_an_account_once(db: Session) -> None:
    for _ in range(2):
        reviews.vouch(db, TYPED, course_code="small-course", content_hash=HASH, by=audit.OPERATOR, now=NOON)
    (review,) = reviews.of_text(db, HASH)
    assert (review.reviewer_id, review.name) == (None, "Ada Brennan")


def test_a_review_is_awaited_until_somebody_signs_and_again_when_it_is_asked_again(
    db: Session, ada: Person, ines: Person
) -> None:
    def ask(content_hash: str, days: int) -> None:
        now = NOON + timedelta(days=days)
        reviews.ask(db, 1, course_code="small-course", content_hash=content_hash, by=ines, now=now)

    assert reviews.waiting(db) == []
    ask(HASH, 0)
    ask(HASH, 1)
    assert [one.asked_at for one in reviews.waiting(db)] == [NOON], "asking twice is asking once"
    sign(db, ada, OTHER, now=NOON + timedelta(days=1))
    assert reviews.waiting(db) == [], "she signed the text as it had become meanwhile"
    ask("c" * 64, 2)
    assert [one.content_hash for one in reviews.waiting(db)] == ["c" * 64]


@pytest.mark.parametrize("table", ["review", "review_request"])
def test_signatures_are_never_changed_or_deleted(database: Database, table: str) -> None:
    with database.write() as db:
        sign(db, join(db, "ada"))
        reviews.ask(db, 1, course_code="small-course", content_hash=HASH, by=join(db, "ines"), now=NOON)
    for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET note = 'another'"):
        with pytest.raises(DBAPIError, match=r"never (deleted|rewritten)"), database.writing.begin() as connection:
            connection.execute(text(statement))
