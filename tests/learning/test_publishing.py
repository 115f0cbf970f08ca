"""Publishing while people are in the middle: nobody loses what she did, and no question changes under her hands."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import small_folder
from cast import NOON
from makers import ISSUER, answer_all, evaluate, read_everything
from small_folder import EXAM, MODULE
from sqlmodel import Session, select

from app import audit
from app.assessment import attempts, choices
from app.assessment.attempts import Attempt
from app.assessment.choices import FinishFirst, NothingToChoose, PassedAlready
from app.audit import AuditLine
from app.awards import certificates, completion
from app.content import changes, reader
from app.identity import people
from app.identity.people import Person
from app.kit.files import Files
from app.learning import enrollments, progress, publishing, readers
from app.learning.enrollments import EditionChoice, Enrollment
from app.library import editions, publication, sources
from app.library.editions import Edition

LEARNERS = 100
MORE = "---\nobjectives: [2]\n---\n# More rules\n\nThere are more.\n"
BETTER = MODULE.replace("two rules.", "two rules, and a third.")
OTHER_KEY = EXAM.replace("- (x) The first\n- ( ) The second", "- ( ) The first\n- (x) The second")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "kept")


Publish = Callable[..., Edition]


@pytest.fixture
def publish(db: Session, tmp_path: Path, files: Files) -> Publish:
    """Publish the small folder over what is served, some of its texts changed and modules added."""
    count = iter(range(100))

    def act(*, modules: dict[str, str] | None = None, **texts: str) -> Edition:
        folder = small_folder.write(tmp_path / f"text-{next(count)}", **texts)
        for name, text in (modules or {}).items():
            (folder / name).write_text(text, encoding="utf-8")
        still = sources.still(folder)
        reading = reader.read(still, today=NOON.date())
        assert reading.course is not None, reading.problems
        before = editions.newest(db, "small-course")
        over = before.content_hash if before else None
        return publishing.publish(db, still, reading, by=audit.OPERATOR, files=files, over=over, now=NOON)

    return act


def edition_of(db: Session, enrollment: Enrollment) -> int:
    return db.exec(select(Enrollment.edition_id).where(Enrollment.id == enrollment.id)).one()


# --- a minor edition ---------------------------------------------------------------------------------------------


def test_after_a_minor_edition_every_reader_goes_on_in_it(db: Session, ana: Person, publish: Publish) -> None:
    first = publish()
    hers = enrollments.begin(db, ana, first, now=NOON)
    browser, _ = readers.begin(db, now=NOON)
    theirs = enrollments.begin(db, browser, first, now=NOON)
    progress.mark_done(db, hers.id, first.course.modules[0], now=NOON)
    minor = publish(module=BETTER)
    assert [edition_of(db, one) for one in (hers, theirs)] == [minor.id, minor.id]
    assert progress.of(db, hers.id).next_in(minor.course) is None, "what she read stays done"
    (line,) = db.exec(select(AuditLine).where(AuditLine.act == "edition.readers_moved")).all()
    assert json.loads(line.detail) == {"edition": minor.content_hash, "readers": 2}


def test_an_exam_under_way_stays_with_the_edition_it_was_drawn_from(db: Session, ana: Person, publish: Publish) -> None:
    first = publish()
    hers = enrollments.begin(db, ana, first, now=NOON)
    read_everything(db, hers)
    attempt = attempts.start(db, hers, now=NOON)
    before = attempts.paper(db, attempt)
    minor = publish(exam=EXAM.replace("The second one", "The second one, of course"))
    assert edition_of(db, hers) == minor.id
    assert attempts.paper(db, attempt) == before
    assert attempts.start(db, hers, now=NOON).edition_id == first.id, "she goes on with it"


def test_whoever_has_finished_stays_with_what_her_certificate_names(db: Session, ana: Person, publish: Publish) -> None:
    first = publish()
    hers = enrollments.begin(db, ana, first, now=NOON)
    hers.completed_at = NOON
    db.add(hers)
    db.flush()
    publish(module=BETTER)
    assert edition_of(db, hers) == first.id


def test_a_reader_who_stayed_behind_is_not_moved_by_a_correction_of_the_newer_text(
    db: Session, ana: Person, ben: Person, publish: Publish
) -> None:
    hers = enrollments.begin(db, ana, publish(), now=NOON)
    major = publish(exam=OTHER_KEY)
    his = enrollments.begin(db, ben, major, now=NOON)
    minor = publish(exam=OTHER_KEY, module=BETTER)
    assert edition_of(db, hers) not in {major.id, minor.id}
    assert edition_of(db, his) == minor.id


def test_after_a_roll_back_whoever_began_the_newer_edition_keeps_it(db: Session, ana: Person, publish: Publish) -> None:
    first = publish()
    minor = publish(module=BETTER)
    hers = enrollments.begin(db, ana, minor, now=NOON)
    publication.roll_back(db, first, by=audit.OPERATOR, reason="Better so.", now=NOON)
    assert edition_of(db, hers) == minor.id
    assert choices.offer(db, hers) is None


# --- a major edition ---------------------------------------------------------------------------------------------


@pytest.fixture
def hers(db: Session, ana: Person, publish: Publish) -> Enrollment:
    """Ana's, in the first edition, one of its two modules read."""
    first = publish(modules={"02-more.md": MORE})
    enrollment = enrollments.begin(db, ana, first, now=NOON)
    progress.mark_done(db, enrollment.id, first.course.modules[0], now=NOON)
    return enrollment


@pytest.fixture
def major(hers: Enrollment, publish: Publish) -> Edition:
    assert hers.edition_id
    return publish(exam=OTHER_KEY, modules={"02-more.md": MORE, "03-last.md": MORE.replace("More", "The last")})


def test_after_a_major_edition_nobody_is_moved_and_she_may_choose(
    db: Session, hers: Enrollment, major: Edition
) -> None:
    offered = choices.offer(db, hers)
    assert offered is not None
    assert (offered.begun.id, offered.newer.id, offered.is_declined) == (hers.edition_id, major.id, False)
    assert offered.told == ("New to read: “The last rules”.", "The exam has other questions.")


def test_who_takes_the_newer_edition_keeps_what_she_read(
    db: Session, ana: Person, hers: Enrollment, major: Edition
) -> None:
    choices.move(db, hers, by=ana.actor, now=NOON)
    assert edition_of(db, hers) == major.id
    reading = progress.of(db, hers.id)
    assert [reading.is_done(module) for module in major.course.modules] == [True, False, False]
    assert choices.offer(db, hers) is None
    with pytest.raises(NothingToChoose):
        choices.move(db, hers, by=ana.actor, now=NOON)


def test_who_finishes_what_she_began_is_not_asked_again_and_may_change_her_mind(
    db: Session, ana: Person, hers: Enrollment, major: Edition, publish: Publish
) -> None:
    for _ in range(2):
        choices.stay(db, hers, by=ana.actor, now=NOON)
    offered = choices.offer(db, hers)
    assert offered is not None
    assert offered.is_declined
    assert [one.moved for one in db.exec(select(EditionChoice))] == [False]
    publish(exam=EXAM + "\n## One more\nObjective: 1\nRationale: So.\n\n- (x) Yes\n- ( ) No\n")
    assert not choices.offer(db, hers).is_declined, "another edition is another question"  # type: ignore[union-attr]
    choices.move(db, hers, by=ana.actor, now=NOON)
    acts = [line.act for line in db.exec(select(AuditLine).where(AuditLine.act.startswith("enrollment.")))]  # type: ignore[attr-defined]
    assert acts == ["enrollment.stayed", "enrollment.moved"]


def test_an_exam_under_way_comes_first(db: Session, ana: Person, hers: Enrollment, major: Edition) -> None:
    read_everything(db, hers)
    attempt = attempts.start(db, hers, now=NOON)
    with pytest.raises(FinishFirst):
        choices.move(db, hers, by=ana.actor, now=NOON)
    attempts.submit(db, attempt, now=NOON)
    choices.move(db, hers, by=ana.actor, now=NOON)
    assert edition_of(db, hers) == major.id


def test_who_has_passed_has_nothing_to_choose(db: Session, ana: Person, hers: Enrollment, major: Edition) -> None:
    read_everything(db, hers)
    pass_exam(db, hers)
    assert choices.offer(db, hers) is None
    with pytest.raises(PassedAlready):
        choices.move(db, hers, by=ana.actor, now=NOON)


def test_the_pages_ask_in_one_query_what_the_offer_says(
    db: Session, ana: Person, hers: Enrollment, major: Edition, publish: Publish
) -> None:
    def agree() -> bool:
        offered = choices.offer(db, hers)
        waits = offered is not None and not offered.is_declined
        assert choices.waits(db, hers) == waits
        return waits

    assert agree()
    choices.stay(db, hers, by=ana.actor, now=NOON)
    assert not agree()
    publish(exam=OTHER_KEY, module=BETTER, modules={"02-more.md": MORE})
    assert agree(), "another edition is another question"
    read_everything(db, hers)
    pass_exam(db, hers)
    assert not agree()
    hers.completed_at = NOON
    assert not agree()


def test_a_reader_without_an_account_chooses_and_is_forgotten_all_the_same(db: Session, publish: Publish) -> None:
    browser, _ = readers.begin(db, now=NOON)
    theirs = enrollments.begin(db, browser, publish(), now=NOON)
    publish(exam=OTHER_KEY)
    choices.stay(db, theirs, by=audit.HOUSE, now=NOON)
    assert enrollments.purge_readers(db, now=NOON + timedelta(days=31)) == 1


# --- a hundred at once -------------------------------------------------------------------------------------------


def pass_exam(db: Session, enrollment: Enrollment) -> Attempt:
    """Take the exam and answer everything rightly, whatever its questions are."""
    attempt = attempts.start(db, enrollment, now=NOON)
    for slot in attempts.paper(db, attempt).slots:
        rights = [number for number, option in enumerate(slot.question.options, 1) if option.right]
        picks = rights if len(rights) > 1 else rights[0]
        key = f"answer-{attempt.id}-{slot.number}"
        attempts.save_answer(db, attempt, slot.question.id, picks, sequence=slot.number, key=key, now=NOON)
    return attempts.submit(db, attempt, now=NOON)


def _begin(db: Session, number: int, edition: Edition, chance: random.Random) -> tuple[Person, Enrollment]:
    """Take a learner to some point of the course."""
    person = people.find_or_add(db, f"learner-{number}@example.org", now=NOON)
    enrollment = enrollments.begin(db, person, edition, now=NOON)
    point = chance.randrange(7)
    for module in edition.course.modules[: min(point, 2)]:
        progress.mark_done(db, enrollment.id, module, now=NOON)
    if point >= 3:
        attempt = attempts.start(db, enrollment, now=NOON)
        if point >= 4:
            answer_all(db, attempt, right=False)
        if point >= 5:
            attempts.submit(db, attempt, now=NOON)
        if point == 6:
            pass_exam(db, enrollment)
    return person, enrollment


def _open(db: Session, enrollment: Enrollment) -> Attempt | None:
    return attempts.open_one(attempts.all_of(db, enrollment))


def _finish(db: Session, person: Person, enrollment: Enrollment) -> None:
    read_everything(db, enrollment)
    if running := _open(db, enrollment):
        attempts.submit(db, running, now=NOON)
    if not any(one.passed for one in attempts.all_of(db, enrollment)):
        pass_exam(db, enrollment)
    evaluate(db, enrollment, person)


def wronged(db: Session, publish: Publish, files: Files) -> set[str]:
    """Publish a major edition under a hundred learners, let half of them take it, and say what they suffered."""
    chance, wrongs = random.Random(7), set()  # noqa: S311 - the same hundred each time
    first = publish(modules={"02-more.md": MORE})
    people_in = [_begin(db, number, first, chance) for number in range(LEARNERS)]
    done = {one.id: set(progress.of(db, one.id).done) for _, one in people_in}
    running = {one.id: (attempt, attempts.paper(db, attempt)) for _, one in people_in if (attempt := _open(db, one))}
    assert 20 < len(running) < 50
    major = publish(exam=OTHER_KEY, modules={"02-more.md": MORE.replace("more.", "many more."), "03-last.md": MORE})
    for person, enrollment in people_in:
        if _open(db, enrollment) is None and choices.offer(db, enrollment) and chance.random() < 0.5:
            choices.move(db, enrollment, by=person.actor, now=NOON)
        if done[enrollment.id] - _done_in(db, enrollment):
            wrongs.add("a finished section was lost")
    for enrollment_id, (attempt, paper) in running.items():
        if attempts.paper(db, attempt) != paper:
            wrongs.add("a question changed in the middle of an attempt")
        if edition_of(db, db.get_one(Enrollment, enrollment_id)) != first.id:
            wrongs.add("somebody was moved in the middle of an exam")
    return wrongs | _wronged_at_the_end(db, people_in, [first, major], files)


def _done_in(db: Session, enrollment: Enrollment) -> set[str]:
    course, reading = editions.by_id(db, edition_of(db, enrollment)).course, progress.of(db, enrollment.id)
    return {module.slug for module in course.modules if reading.is_done(module)}


def _wronged_at_the_end(
    db: Session, people_in: list[tuple[Person, Enrollment]], both: list[Edition], files: Files
) -> set[str]:
    """Let everybody finish, and compare certificates with editions, and editions with their sources."""
    wrongs = set()
    named = set()
    for person, enrollment in people_in:
        _finish(db, person, enrollment)
        completion.settle(db, enrollment, person, issuer=ISSUER, now=NOON)
        named.add(edition_of(db, enrollment))
        issued = certificates.of_enrollment(db, enrollment.id)
        if issued is None or issued.facts.edition != editions.by_id(db, edition_of(db, enrollment)).content_hash:
            wrongs.add("a certificate does not name its edition")
    if named != {one.id for one in both}:
        wrongs.add("not everybody finished where she chose to")
    if any(reader.content_hash(editions.source(one, files)) != one.content_hash for one in both):
        wrongs.add("the text of an edition cannot be shown again")
    return wrongs


def test_a_major_edition_under_a_hundred_learners_costs_none_of_them_anything(
    db: Session, publish: Publish, files: Files
) -> None:
    assert wronged(db, publish, files) == set()


def test_control_learners_who_are_not_asked_are_wronged(
    db: Session, publish: Publish, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every edition counts as minor: whoever is in the middle is moved."""
    monkeypatch.setattr(changes, "reasons", lambda _old, _new: ())
    assert "somebody was moved in the middle of an exam" in wronged(db, publish, files)


def test_control_papers_that_follow_the_shelf_are_noticed(
    db: Session, publish: Publish, files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An attempt is not pinned: its paper is drawn from what is current."""

    def follow(db: Session, attempt: Attempt) -> object:
        newest = editions.newest(db, "small-course")
        assert newest is not None
        return attempts.paper_of(newest.course, attempt)

    monkeypatch.setattr(attempts, "paper", follow)
    assert "a question changed in the middle of an attempt" in wronged(db, publish, files)


def test_a_course_that_is_retired_is_finished_by_whoever_has_begun_it(
    db: Session, ana: Person, publish: Publish
) -> None:
    hers = enrollments.begin(db, ana, publish(), now=NOON)
    publication.retire(db, "small-course", by=audit.OPERATOR, reason="The law has changed.", now=NOON)
    _finish(db, ana, hers)
    assert completion.settle(db, hers, ana, issuer=ISSUER, now=NOON) is not None
