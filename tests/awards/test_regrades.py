"""Regrades: what a corrected key would change is told before, happens once and whole, and takes a pass from nobody."""

from __future__ import annotations

import json
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
from cast import NOON, join
from makers import (
    ISSUER,
    answer_all,
    evaluate,
    make_course,
    make_edition,
    make_enrollment,
    make_question,
    read_everything,
)
from sqlalchemy import event
from sqlmodel import Session, col, select

from app.assessment import attempts, corrections, rulings
from app.assessment.attempts import Attempt
from app.assessment.corrections import DROPPED, Correction
from app.assessment.rulings import RegradedAttempt, Ruling
from app.audit import OPERATOR, AuditLine
from app.awards import certificates, completion, regrades
from app.awards.certificates import Certificate
from app.awards.regrades import (
    Decision,
    NoReasonGiven,
    NoSuchQuestion,
    NothingLeftToGrade,
    NothingToCorrect,
    PlanStale,
    Proposal,
)
from app.content.course import Exam, Pool
from app.identity import people
from app.identity.people import Person
from app.kit.database import Database
from app.kit.mail import Mail
from app.learning.enrollments import Enrollment
from app.library import editions
from app.library.editions import Edition

SECOND = Correction(right=(2,))  # the key of makers.make_question is its first option
BOTH = Correction(right=(2,), keeps_old=True)
LATER = NOON + timedelta(days=1)


def sit(db: Session, name: str, edition: Edition, picks: list[int | None], *, evaluated: bool = False) -> Attempt:
    """Let somebody take the exam with these options, and settle as the web does."""
    person = people.find_or_add(db, f"{name}@example.org", now=NOON)
    enrollment = make_enrollment(db, person, edition)
    read_everything(db, enrollment)
    attempt = attempts.start(db, enrollment, now=NOON)
    for place, pick in enumerate(picks, 1):
        if pick is not None:
            key = f"answer-{attempt.id}-{place}"
            attempts.save_answer(db, attempt, f"question-{place}", pick, sequence=place, key=key, now=NOON)
    attempt = attempts.submit(db, attempt, now=NOON)
    if evaluated:
        evaluate(db, enrollment, person, name=name.title())
    completion.settle(db, enrollment, person, issuer=ISSUER, now=NOON)
    return attempt


def proposal(
    edition: Edition, correction: Correction = SECOND, *, number: int = 1, everywhere: bool = True
) -> Proposal:
    return Proposal(edition, f"question-{number}", correction, everywhere=everywhere)


def apply(db: Session, proposed: Proposal, *, takes_passes: bool = False, digest: str = "") -> Ruling:
    digest = digest or regrades.plan(db, proposed).digest
    decision = Decision(digest, "The code was revised.", OPERATOR, takes_passes=takes_passes)
    return regrades.apply(db, proposed, decision, issuer=ISSUER, now=LATER)


def record(db: Session) -> dict[int, tuple[str | None, str | None, bool | None]]:
    """Give every score and pass on record."""
    rows = db.exec(select(Attempt).execution_options(populate_existing=True))
    return {one.id: (one.score, one.possible, one.passed) for one in rows}


def certified(db: Session) -> set[int]:
    return set(db.exec(select(Certificate.enrollment_id)))


def letters(db: Session, subject: str = "") -> dict[str, str]:
    return {one.recipient: one.text for one in db.exec(select(Mail)) if subject in one.subject}


@pytest.fixture
def edition(db: Session) -> Edition:
    """A course whose first key is wrong; two of three right answers pass."""
    course = make_course()
    assert course.exam is not None
    return make_edition(db, replace(course, exam=replace(course.exam, pass_mark=60)))


# --- the dry run ---------------------------------------------------------------------------------------------------


def test_the_plan_tells_every_score_and_writes_nothing(db: Session, edition: Edition) -> None:
    gains, done = sit(db, "ana", edition, [2, 1, None]), sit(db, "ben", edition, [2, None, None], evaluated=True)
    loses, same = sit(db, "cleo", edition, [1, 1, None]), sit(db, "dora", edition, [3, 1, 1])
    before, mails = record(db), len(letters(db))
    found = regrades.plan(db, proposal(edition))
    assert {one.attempt_id: (one.was_percent, one.percent, one.was_passed, one.earned) for one in found.regrades} == {
        gains.id: (33, 66, False, True),
        done.id: (0, 33, False, False),
        loses.id: (66, 33, True, False),
        same.id: (66, 66, True, True),
    }
    assert [one.who for one in found.gaining] == ["ana@example.org"]
    assert [one.who for one in found.losing] == ["cleo@example.org"]
    assert len(found.affected) == 3
    assert found.completing == []
    assert (found.was, found.becomes) == ("Option 1.1", "Option 1.2")
    assert (record(db), len(letters(db))) == (before, mails)
    assert not db.exec(select(Ruling)).all()


def test_whoever_it_says_completes_is_exactly_who_gets_a_certificate(db: Session, edition: Edition) -> None:
    sit(db, "ana", edition, [2, 1, None], evaluated=True)
    sit(db, "ben", edition, [2, 1, None])
    sit(db, "cleo", edition, [2, None, None], evaluated=True)
    unnamed = sit(db, "dora", edition, [2, 1, None], evaluated=True)
    dora = people.find_or_add(db, "dora@example.org", now=NOON)
    dora.time_zone = None
    db.add(dora)
    before = certified(db)
    found = regrades.plan(db, proposal(edition))
    apply(db, proposal(edition))
    assert {one.enrollment_id for one in found.completing} == certified(db) - before
    assert [one.who for one in found.completing] == ["Ana"]
    assert unnamed.enrollment_id not in certified(db)


def test_what_cannot_be_corrected_is_refused(db: Session, edition: Edition) -> None:
    with pytest.raises(NoSuchQuestion):
        regrades.plan(db, proposal(edition, number=9))
    with pytest.raises(NothingToCorrect):
        regrades.plan(db, proposal(edition, Correction(right=(1,))))
    only = make_edition(db, make_course("one-question", questions=(make_question(1),)))
    with pytest.raises(NothingLeftToGrade):
        regrades.plan(db, proposal(only, DROPPED))


# --- the act -------------------------------------------------------------------------------------------------------


def test_it_gives_passes_certificates_and_letters_and_keeps_what_was(db: Session, edition: Edition) -> None:
    ana = sit(db, "ana", edition, [2, 1, None], evaluated=True)
    ben = sit(db, "ben", edition, [2, 1, None])
    sit(db, "dora", edition, [3, 1, 1])
    letters_before = len(letters(db))
    ruling = apply(db, proposal(edition))
    assert record(db)[ana.id] == ("2", "3", True)
    assert record(db)[ben.id] == ("2", "3", True)
    (certificate,) = db.exec(select(Certificate).where(Certificate.enrollment_id == ana.enrollment_id)).all()
    assert certificate.completed_at == LATER, "complete on the day on which nothing was missing any more"
    told = letters(db, "You have passed")
    assert set(told) == {"ana@example.org", "ben@example.org"}
    assert "your certificate is issued. It is dated today" in told["ana@example.org"]
    assert "What is left is the evaluation." in told["ben@example.org"]
    assert "1 of 3 points (33%) before, 2 of 3 (66%) now." in told["ben@example.org"]
    assert len(letters(db)) == letters_before + 2, "one each, and none to Dora, for whom nothing changed"
    was = {
        one.attempt_id: (one.was_score, one.was_passed, one.score, one.passed) for one in rulings.touched(db, ruling)
    }
    assert was == {ana.id: ("1", False, "2", True), ben.id: ("1", False, "2", True)}


def test_who_and_why_are_on_the_trail(db: Session, edition: Edition) -> None:
    sit(db, "ana", edition, [2, 1, None])
    ruling = apply(db, proposal(edition))
    (line,) = db.exec(select(AuditLine).where(AuditLine.act == "question.corrected")).all()
    told = json.loads(line.detail)
    assert (line.subject, line.actor_label) == ("small-course", "operator")
    assert (told["reason"], told["was"], told["became"]) == ("The code was revised.", "Option 1.1", "Option 1.2")
    assert (told["ruling"], told["passes gained"]) == (ruling.id, 1)


def test_without_a_reason_nothing_is_written(db: Session, edition: Edition) -> None:
    sit(db, "ana", edition, [2, 1, None])
    before, proposed = record(db), proposal(edition)
    decision = Decision(regrades.plan(db, proposed).digest, "  ", OPERATOR)
    with pytest.raises(NoReasonGiven):
        regrades.apply(db, proposed, decision, issuer=ISSUER, now=LATER)
    assert record(db) == before


def test_letters_never_say_what_the_right_answer_is(db: Session, edition: Edition) -> None:
    for name, picks in (("ana", [2, 1, None]), ("ben", [2, None, None]), ("cleo", [1, 1, None])):
        sit(db, name, edition, picks)
    apply(db, proposal(edition))
    told = letters(db, "corrected") | letters(db, "You have passed")
    assert len(told) == 3
    assert not [words for words in told.values() if "Option 1." in words or "revised" in words]


# --- nobody loses a pass without a second choice -------------------------------------------------------------------


def test_a_pass_stays_unless_it_is_taken_by_choice(db: Session, edition: Edition) -> None:
    cleo = sit(db, "cleo", edition, [1, 1, None])
    ruling = apply(db, proposal(edition))
    assert record(db)[cleo.id] == ("1", "3", True)
    (kept,) = rulings.touched(db, ruling)
    assert kept.is_kept
    assert "You keep the pass that you have all the same." in letters(db, "corrected")["cleo@example.org"]


def test_the_second_choice_takes_a_pass_and_says_so(db: Session, edition: Edition) -> None:
    cleo = sit(db, "cleo", edition, [1, 1, None])
    apply(db, proposal(edition), takes_passes=True)
    assert record(db)[cleo.id] == ("1", "3", False)
    told = letters(db, "corrected")["cleo@example.org"]
    assert "by the corrected score it is not passed any more. Pass the exam: you need 60%" in told


def test_what_was_completed_stays_completed_whatever_is_chosen(db: Session, edition: Edition) -> None:
    cleo = sit(db, "cleo", edition, [1, 1, None], evaluated=True)
    (certificate,) = db.exec(select(Certificate)).all()
    found = regrades.plan(db, proposal(edition))
    assert [one.certificate for one in found.losing] == [certificate.number], "named before anything is decided"
    apply(db, proposal(edition), takes_passes=True)
    assert record(db)[cleo.id][2] is True
    assert db.exec(select(Certificate)).all() == [certificate]
    assert certificates.by_number(db, certificate.number).revoked_at is None


def test_control_the_choice_makes_the_difference(db: Session, edition: Edition) -> None:
    sit(db, "cleo", edition, [1, 1, None])
    (one,) = regrades.plan(db, proposal(edition)).losing
    (attempt,) = one.regrades
    assert one.stands(attempt, takes_passes=False)
    assert not one.stands(attempt, takes_passes=True)


# --- once ----------------------------------------------------------------------------------------------------------


def test_applying_the_same_plan_again_is_applying_it_once(db: Session, edition: Edition) -> None:
    sit(db, "ana", edition, [2, 1, None], evaluated=True)
    proposed = proposal(edition)
    digest = regrades.plan(db, proposed).digest
    first = apply(db, proposed, digest=digest)
    after = record(db), certified(db), len(db.exec(select(Mail)).all())
    assert apply(db, proposed, digest=digest).id == first.id
    assert (record(db), certified(db), len(db.exec(select(Mail)).all())) == after
    with pytest.raises(NothingToCorrect):
        regrades.plan(db, proposed)


def test_a_plan_is_not_applied_once_somebody_has_submitted_meanwhile(db: Session, edition: Edition) -> None:
    sit(db, "ana", edition, [2, 1, None])
    digest = regrades.plan(db, proposal(edition)).digest
    sit(db, "ben", edition, [2, 1, None])
    before = record(db)
    with pytest.raises(PlanStale) as refused:
        apply(db, proposal(edition), digest=digest)
    assert record(db) == before
    assert len(refused.value.plan.gaining) == 2, "it brings what would follow by now"
    apply(db, proposal(edition), digest=refused.value.plan.digest)
    assert all(passed for _, _, passed in record(db).values())


def test_twenty_who_apply_at_once_make_one(database: Database) -> None:
    with database.write() as db:
        course = make_course()
        assert course.exam is not None
        edition = make_edition(db, replace(course, exam=replace(course.exam, pass_mark=60)))
        for number in range(4):
            sit(db, f"learner-{number}", edition, [2, 1, None], evaluated=True)
        digest = regrades.plan(db, proposal(edition)).digest
    together = threading.Barrier(20)

    def go(_turn: int) -> int:
        together.wait()
        with database.write() as db:
            return apply(db, proposal(db.exec(select(Edition)).one()), digest=digest).id

    with ThreadPoolExecutor(20) as callers:
        made = set(callers.map(go, range(20)))
    with database.read() as db:
        assert made == {one.id for one in db.exec(select(Ruling))}
        assert len(made) == 1
        assert len(db.exec(select(RegradedAttempt)).all()) == 4
        assert len(db.exec(select(Certificate)).all()) == 4
        assert Counter(one.recipient for one in db.exec(select(Mail)) if one.subject.startswith("You have passed")) == {
            f"learner-{number}@example.org": 1 for number in range(4)
        }


def score_of_a_race(postgres_database: Database) -> str | None:
    """Let Ben submit three answers by the old key while it is being corrected; give his score."""
    with postgres_database.write() as db:
        course = make_course()
        edition = make_edition(db, course)
        sit(db, "ana", edition, [2, 1, None])
        ben = join(db, "ben")
        enrollment = make_enrollment(db, ben, edition)
        read_everything(db, enrollment)
        attempt = attempts.start(db, enrollment, now=NOON)
        answer_all(db, attempt)
        proposed = proposal(edition)
        digest = regrades.plan(db, proposed).digest
    ruled, asked = threading.Event(), threading.Event()

    def correct() -> None:
        with postgres_database.write() as db:
            apply(db, proposal(db.exec(select(Edition)).one()), digest=digest)
            ruled.set()
            asked.wait(0.3)

    def submit() -> None:
        ruled.wait(10)
        with postgres_database.write() as db:
            attempts.submit(db, db.get_one(Attempt, attempt.id), now=LATER)
        asked.set()

    with ThreadPoolExecutor(2) as both:
        for done in [both.submit(correct), both.submit(submit)]:
            done.result(20)
    with postgres_database.read() as db:
        return db.get_one(Attempt, attempt.id).score


def test_who_submits_while_a_key_is_corrected_is_graded_with_it(postgres_database: Database) -> None:
    assert score_of_a_race(postgres_database) == "2"


def test_control_unless_the_course_is_held_he_is_graded_with_the_old_key(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(editions, "hold", lambda *_: None)
    assert score_of_a_race(postgres_database) == "3"


def certificates_of_a_race(postgres_database: Database, *, first: str) -> int:
    """Let a regrade and an evaluation, the last two things that are missing, come at once; count what is issued."""
    with postgres_database.write() as db:
        course = make_course()
        edition = make_edition(db, replace(course, exam=replace(course.exam, pass_mark=60)))  # type: ignore[type-var]
        enrollment_id = sit(db, "ana", edition, [2, 1, None]).enrollment_id
        digest = regrades.plan(db, proposal(edition)).digest
    written, done = threading.Event(), threading.Event()

    def regrade(db: Session) -> None:
        apply(db, proposal(db.exec(select(Edition)).one()), digest=digest)

    def evaluation(db: Session) -> None:
        person, enrollment = db.exec(select(Person)).one(), db.get_one(Enrollment, enrollment_id)
        evaluate(db, enrollment, person, now=LATER)
        completion.settle(db, enrollment, person, issuer=ISSUER, now=LATER)

    acts = {"regrade": regrade, "evaluation": evaluation}

    def come_first() -> None:
        with postgres_database.write() as db:
            acts.pop(first)(db)
            written.set()
            done.wait(0.3)

    def come_second() -> None:
        written.wait(10)
        (act,) = acts.values()
        with postgres_database.write() as db:
            act(db)
        done.set()

    with ThreadPoolExecutor(2) as both:
        for act in [both.submit(come_first), both.submit(come_second)]:
            act.result(20)
    with postgres_database.read() as db:
        return len(db.exec(select(Certificate)).all())


@pytest.mark.parametrize("first", ["regrade", "evaluation"])
def test_of_a_pass_and_an_evaluation_that_come_at_once_the_second_one_issues(
    postgres_database: Database, first: str
) -> None:
    assert certificates_of_a_race(postgres_database, first=first) == 1


def test_control_unless_enrollments_are_held_nobody_issues(
    postgres_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regrades, "_hold", lambda *_: None)
    assert certificates_of_a_race(postgres_database, first="evaluation") == 0


# --- where it holds ------------------------------------------------------------------------------------------------


def test_attempts_submitted_later_are_graded_with_it(db: Session, edition: Edition) -> None:
    apply(db, proposal(edition))
    assert sit(db, "ana", edition, [2, 1, None]).passed
    assert not sit(db, "ben", edition, [1, 1, None]).passed


def test_a_question_that_was_dropped_counts_neither_way(db: Session, edition: Edition) -> None:
    wrong = sit(db, "ana", edition, [3, 1, None])
    apply(db, proposal(edition, DROPPED))
    assert record(db)[wrong.id] == ("1", "2", False)
    assert sit(db, "ben", edition, [1, 1, 1]).possible == "2"


def test_answers_that_counted_before_may_count_as_well(db: Session, edition: Edition) -> None:
    old, new = sit(db, "ana", edition, [1, 1, None]), sit(db, "ben", edition, [2, 1, None])
    found = regrades.plan(db, proposal(edition, BOTH))
    assert found.losing == []
    assert found.becomes == "Option 1.1; Option 1.2"
    apply(db, proposal(edition, BOTH))
    assert record(db)[old.id] == record(db)[new.id] == ("2", "3", True)


def test_it_holds_wherever_the_same_text_stands_or_in_one_edition_alone(db: Session) -> None:
    one = make_edition(db, make_course(questions=tuple(make_question(number) for number in (1, 2, 3))))
    two = make_edition(db, make_course(questions=tuple(make_question(number) for number in (1, 2, 3, 4))))
    reworded = tuple(make_question(number, options=5) for number in (1, 2, 3))
    three = make_edition(db, make_course(questions=reworded))
    for number, edition in enumerate((one, two, three)):
        sit(db, f"learner-{number}", edition, [2, 1, None])
    assert regrades.plan(db, proposal(two)).edition_ids == (one.id, two.id)
    assert regrades.plan(db, proposal(two, everywhere=False)).edition_ids == (two.id,)
    apply(db, proposal(two, everywhere=False))
    assert list(rulings.in_force(db, two)) == ["question-1"]
    assert rulings.in_force(db, one) == rulings.in_force(db, three) == {}


def test_a_next_edition_with_the_wrong_key_is_corrected_too_and_one_with_another_key_is_left_alone(
    db: Session, edition: Edition
) -> None:
    apply(db, proposal(edition))
    same = make_edition(db, replace(edition.course, summary="Something else changed."))
    other = make_edition(db, make_course(questions=tuple(make_question(number, right=3) for number in (1, 2, 3))))
    assert list(rulings.in_force(db, same)) == ["question-1"]
    assert rulings.in_force(db, other) == {}


def test_a_paper_that_was_not_asked_the_question_stays_as_it_is(db: Session) -> None:
    pool = Pool("pool", "Pool", tuple(make_question(number) for number in range(1, 7)), draw=2)
    edition = make_edition(db, make_course(exam=Exam("Exam", 50, None, items=(pool,))))
    asked = 0
    for number in range(12):
        enrollment = make_enrollment(db, people.find_or_add(db, f"l{number}@example.org", now=NOON), edition)
        read_everything(db, enrollment)
        attempt = attempts.start(db, enrollment, now=NOON)
        answer_all(db, attempt)
        attempts.submit(db, attempt, now=NOON)
        asked += attempts.paper(db, attempt).slot("question-1") is not None
    assert 0 < asked < 12
    found = regrades.plan(db, proposal(edition))
    assert len(found.regrades) == asked
    assert all((one.was_percent, one.percent) == (100, 50) for one in found.regrades)


def test_the_paper_stays_the_one_she_saw(db: Session, edition: Edition) -> None:
    attempt = sit(db, "ana", edition, [2, 1, None])
    before = attempts.paper(db, attempt)
    apply(db, proposal(edition))
    assert attempts.paper(db, attempt) == before


def test_a_second_correction_is_laid_over_the_first(db: Session, edition: Edition) -> None:
    attempt = sit(db, "ana", edition, [2, 1, None])
    for correction in (SECOND, DROPPED, Correction(right=(1,))):
        apply(db, proposal(edition, correction))
    assert record(db)[attempt.id] == ("1", "3", True), "her pass stays, the score is the one of the edition again"
    assert corrections.print_of(rulings.standing(make_question(1), rulings.in_force(db, edition))) == (
        corrections.print_of(make_question(1))
    )


# --- what it costs -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("learners", [2, 40])
def test_a_plan_asks_the_database_as_often_for_many_as_for_two(db: Session, edition: Edition, learners: int) -> None:
    for number in range(learners):
        sit(db, f"learner-{number}", edition, [2, 1, None])
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    engine = db.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    try:
        digest = regrades.plan(db, proposal(edition)).digest
        planned, asked[:] = len(asked), []
        apply(db, proposal(edition), digest=digest)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert planned <= 8
    assert len(asked) <= 24 + 3 * learners, "a letter, and its job"


def test_an_enrollment_that_was_certified_is_not_certified_again(db: Session, edition: Edition) -> None:
    sit(db, "ana", edition, [1, 1, 1], evaluated=True)
    apply(db, proposal(edition, BOTH))
    assert len(db.exec(select(Certificate)).all()) == 1
    (enrollment,) = db.exec(select(Enrollment).where(col(Enrollment.completed_at).is_not(None))).all()
    assert enrollment.completed_at == NOON
