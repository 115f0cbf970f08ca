"""Grievances and clocks: kept in her words, answered once, and told of by letters that repeat nothing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from cast import EMAILS, NOON
from sqlmodel import Session, select

from app.audit import OPERATOR, AuditLine
from app.identity import grievances, request_clocks, request_notes, requests
from app.identity.grievances import (
    MOST_A_DAY,
    MOST_OPEN,
    AlreadyAnswered,
    Grievance,
    NoSuchGrievance,
    TooManyGrievances,
)
from app.identity.people import Person
from app.identity.request_clocks import Kind
from app.kit.errors import Invalid
from app.kit.mail import Mail

WORDS = "The exam asked about a page that was not in the text."
PROVIDER = "ce@example.org"


def send(db: Session, email: str = "new@example.org", **more: object) -> Grievance:
    said = {"words": WORDS, "email": email, "provider_email": PROVIDER, "now": NOON} | more
    words = str(said.pop("words"))
    return grievances.send(db, words, **said)  # type: ignore[arg-type]


def letters(db: Session, to: str) -> list[Mail]:
    return [one for one in db.exec(select(Mail)) if one.recipient == to]


def test_whoever_has_no_account_is_heard_and_no_letter_repeats_her(db: Session) -> None:
    kept = send(db, name=" Maria  Lopez ")
    assert (kept.words, kept.name, kept.person_id) == (WORDS, "Maria Lopez", None)
    (received,), (asked,) = letters(db, "new@example.org"), letters(db, PROVIDER)
    assert "ten working days" in received.text
    assert WORDS not in received.text + received.html + asked.text + asked.html
    assert WORDS not in " ".join(line.detail for line in db.exec(select(AuditLine)))


def test_who_is_signed_in_is_answered_at_her_address_whatever_was_typed(db: Session, ana: Person) -> None:
    kept = send(db, email="somebody@else.org", person=ana)
    assert (kept.email, kept.person_id) == (ana.email, ana.id)
    assert [one.id for one in grievances.of(db, ana)] == [kept.id]


def test_a_letter_of_the_same_address_without_an_account_is_not_put_on_her_page(db: Session, ana: Person) -> None:
    send(db, email=ana.email)
    assert list(grievances.of(db, ana)) == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"words": "  "}, "words"),
        ({"words": "x" * 8_001}, "words"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@example.org\nBcc: b@example.org"}, "email"),
        ({"name": "x" * 121}, "name"),
    ],
)
def test_a_form_with_a_mistake_is_refused_by_its_field(db: Session, typed: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        send(db, **typed)
    assert list(refused.value.fields) == [field]


def test_several_that_wait_are_enough_and_one_more_may_come_once_one_is_answered(db: Session) -> None:
    kept = [send(db, email="New@example.org") for _ in range(MOST_OPEN)]
    with pytest.raises(TooManyGrievances):
        send(db, email="new@EXAMPLE.org")
    grievances.answer(db, kept[0], "Sorry.", by=OPERATOR, now=NOON)
    send(db)


def test_strangers_can_make_us_write_to_few_addresses_a_day_and_accounts_are_not_held_up(
    db: Session, ana: Person
) -> None:
    for number in range(MOST_A_DAY):
        send(db, email=f"victim{number}@example.org")
    with pytest.raises(TooManyGrievances):
        send(db, email="one-more@example.org")
    send(db, person=ana)
    send(db, email="one-more@example.org", now=NOON + timedelta(days=1, seconds=1))


def test_one_is_answered_once_by_mail_and_on_the_record(db: Session) -> None:
    kept = send(db)
    with pytest.raises(Invalid):
        grievances.answer(db, kept, " ", by=OPERATOR, now=NOON)
    grievances.answer(db, kept, "We have taken the question out.\nThank you.", by=OPERATOR, now=NOON)
    assert (kept.answered_at, kept.answered_by) == (NOON, "operator")
    assert "We have taken the question out." in letters(db, "new@example.org")[-1].text
    with pytest.raises(AlreadyAnswered):
        grievances.answer(db, kept, "Again.", by=OPERATOR, now=NOON)
    with pytest.raises(NoSuchGrievance):
        grievances.by_id(db, kept.id + 1)


def test_one_whose_sender_was_erased_meanwhile_is_answered_on_the_record_and_to_nobody(db: Session) -> None:
    kept = send(db)
    kept.email = kept.email_key = kept.name = kept.words = ""
    before = len(db.exec(select(Mail)).all())
    assert request_clocks.of_grievance(kept, now=NOON).who == request_clocks.ERASED
    grievances.answer(db, kept, "It is mended.", by=OPERATOR, now=NOON)
    assert len(db.exec(select(Mail)).all()) == before


def test_notes_are_for_colleagues(db: Session) -> None:
    kept = send(db)
    request_notes.add(db, Kind.GRIEVANCE, kept.id, "I asked the author.", by=OPERATOR, now=NOON)
    (note,) = request_notes.of(db, Kind.GRIEVANCE, kept.id)
    assert (note.words, note.by) == ("I asked the author.", "operator")
    assert list(request_notes.of(db, Kind.ACCOMMODATION, kept.id)) == []
    with pytest.raises(Invalid):
        request_notes.add(db, Kind.GRIEVANCE, kept.id, "", by=OPERATOR, now=NOON)


# --- clocks ----------------------------------------------------------------------------------------------------------


def test_each_kind_has_its_clock_and_the_most_overdue_stands_first(db: Session, ana: Person) -> None:
    send(db)  # Friday noon in New York, six days before Thanksgiving
    requests.ask(db, ana, "More time.", provider_email=PROVIDER, now=NOON)
    first, second = request_clocks.waiting(db, now=NOON + timedelta(days=13))
    assert (first.kind, first.due_on, request_clocks.in_words(first)) == (
        Kind.ACCOMMODATION,
        date(2026, 11, 30),
        "overdue by 3 working days",
    )
    assert (second.kind, second.due_on, request_clocks.in_words(second)) == (
        Kind.GRIEVANCE,
        date(2026, 12, 7),
        "2 working days left",
    )


def test_a_weekend_after_the_last_day_is_late_all_the_same(db: Session) -> None:
    send(db, now=NOON - timedelta(days=7))  # due on Monday, November 30
    send(db, now=NOON - timedelta(days=15), email="other@example.org")  # due on Friday, November 20
    late = request_clocks.waiting(db, now=NOON + timedelta(days=1))[0]
    assert (late.due_on, late.is_overdue) == (date(2026, 11, 20), True)


def test_what_was_answered_says_whether_it_was_in_time(db: Session) -> None:
    early, late = send(db), send(db, email="late@example.org")
    grievances.answer(db, early, "Yes.", by=OPERATOR, now=NOON + timedelta(days=17))
    grievances.answer(db, late, "Yes.", by=OPERATOR, now=NOON + timedelta(days=18))
    told = {one.id: one.was_late for one in request_clocks.answered(db, most=9, now=NOON + timedelta(days=20))}
    assert told == {early.id: False, late.id: True}


def test_the_provider_is_reminded_every_morning_once_a_day_while_one_is_near(db: Session, ana: Person) -> None:
    requests.ask(db, ana, "I read with a screen reader.", provider_email="", now=NOON)

    def remind(days: float) -> bool:
        return request_clocks.remind(db, to=PROVIDER, address="https://ce.example.org", now=NOON + timedelta(days=days))

    assert not remind(3)  # three working days are left
    assert remind(5)
    assert not remind(5.1)
    assert remind(11)
    near, over = letters(db, PROVIDER)
    assert "2 working days left" in near.text
    assert over.subject == "1 overdue: 1 request waits for your answer"
    assert "https://ce.example.org/admin/requests" in over.text
    assert "screen reader" not in near.text + near.html + over.text + over.html
    assert EMAILS["ana"] not in near.text + over.text
    requests.decline(db, ana, reason="Write to us.", by=OPERATOR, now=NOON + timedelta(days=12))
    assert not remind(13)
