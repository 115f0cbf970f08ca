"""Kept forms: what she sent after her sign-in expired waits for her, for a week, and for nobody else."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from cast import NOON
from sqlmodel import Session, select

from app.identity import kept_forms
from app.identity.kept_forms import KeptForm, TooManyKept
from app.identity.people import Person


def keep(db: Session, person: Person, body: bytes = b"q.one=2", *, now: datetime = NOON) -> None:
    kept_forms.keep(
        db,
        person,
        sign_in_id=1,
        path="/attempts/1/answers",
        content_type="application/x-www-form-urlencoded",
        body=body,
        now=now,
    )
    db.flush()


def bodies(db: Session, person: Person, *, now: datetime = NOON) -> list[bytes]:
    return [form.body for form in kept_forms.waiting(db, person, sign_in_id=2, now=now)]


def test_forms_wait_for_the_person_they_came_from_oldest_first(db: Session, ana: Person, ben: Person) -> None:
    keep(db, ana, b"first")
    keep(db, ben, b"his")
    keep(db, ana, b"second")
    assert bodies(db, ana) == [b"first", b"second"]


def test_any_bytes_are_kept_as_they_were_sent(db: Session, ana: Person) -> None:
    keep(db, ana, bytes(range(256)))
    db.expire_all()
    assert bodies(db, ana) == [bytes(range(256))]


def test_a_form_that_was_replayed_waits_no_more_and_its_words_are_dropped(db: Session, ana: Person) -> None:
    keep(db, ana, b"first")
    keep(db, ana, b"second")
    (first, _) = kept_forms.waiting(db, ana, sign_in_id=2, now=NOON)
    kept_forms.replayed(db, [first.id], now=NOON)
    db.flush()
    assert bodies(db, ana) == [b"second"]
    assert db.get_one(KeptForm, first.id).body == b""


def test_a_form_waits_for_a_week(db: Session, ana: Person) -> None:
    keep(db, ana)
    assert bodies(db, ana, now=NOON + kept_forms.KEPT_FOR - timedelta(microseconds=1))
    assert not bodies(db, ana, now=NOON + kept_forms.KEPT_FOR)


def test_forms_that_nobody_came_back_for_are_dropped(db: Session, ana: Person) -> None:
    keep(db, ana, b"old")
    keep(db, ana, b"new", now=NOON + timedelta(days=1))
    kept_forms.purge(db, now=NOON + kept_forms.KEPT_FOR + timedelta(hours=1))
    assert [form.body for form in db.exec(select(KeptForm))] == [b"new"]


def test_a_form_that_is_too_large_is_refused(db: Session, ana: Person) -> None:
    keep(db, ana, b"x" * kept_forms.LARGEST)
    with pytest.raises(TooManyKept):
        keep(db, ana, b"x" * (kept_forms.LARGEST + 1))


def test_more_than_is_kept_of_all_her_forms_together_is_refused(
    db: Session, ana: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_forms, "MOST_BYTES", 10)
    keep(db, ana, b"123456")
    keep(db, ana, b"1234")
    with pytest.raises(TooManyKept):
        keep(db, ana, b"1")
    keep(db, ben, b"1234567890")


def test_more_forms_than_one_exam_can_need_are_refused(
    db: Session, ana: Person, ben: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_forms, "MOST", 3)
    for _ in range(3):
        keep(db, ana)
    with pytest.raises(TooManyKept):
        keep(db, ana)
    keep(db, ben)


def test_what_the_staff_sent_waits_in_the_browser_it_came_from_and_nowhere_else(db: Session, ada: Person) -> None:
    """Or whoever reads her mail, and no more, could leave an act at the door for her to carry in."""
    keep(db, ada, b"hers")
    assert bodies(db, ada) == []
    kept_forms.move(db, ada, before=1, after=2)
    assert bodies(db, ada) == [b"hers"]
