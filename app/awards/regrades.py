"""Regrades: a question is corrected after people have answered it, and what follows from that, all at once.

First a plan, which changes nothing and says who is concerned; then the very plan that was seen is applied, or none.
Nobody loses a pass unless that is chosen as well, and a certificate that was issued is never touched here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from app import audit
from app.assessment import corrections, regradings, rulings
from app.assessment.attempts import Attempt
from app.assessment.corrections import Correction, Regrade
from app.assessment.rulings import Ruling
from app.audit import Actor
from app.awards import certificates, completion, regrade_letters
from app.awards.consequences import Consequence, Plan
from app.awards.issuer import Issuer
from app.awards.regrade_letters import Outcome
from app.content.course import Question
from app.identity.people import Person
from app.kit import mail
from app.kit.errors import Conflict, Invalid, NotFound
from app.learning.enrollments import Enrollment
from app.learning.evaluations import Evaluation
from app.library import editions
from app.library.editions import Edition

LONGEST_REASON = 2_000

Row = tuple[Enrollment, Person, int | None]  # with the enrollment's evaluation, where it was sent


class NoSuchQuestion(NotFound):
    """The exam of the edition does not ask it, or does not grade it."""

    message = "The exam of this edition has no graded question at this address. Its results list all that it has."


class NothingToCorrect(Conflict):
    """The key is as it should be already."""

    message = "This is how the question is graded already, so there is nothing to correct."


class NothingLeftToGrade(Conflict):
    """Without the question nobody could pass."""

    message = "This is the last question of the exam that counts, so it cannot be dropped. Correct its key instead."


class PlanStale(Conflict):
    """Something has happened since the plan was made: it is shown again instead of being applied unseen."""

    message = (
        "This has changed since you looked: somebody submitted the exam meanwhile, or corrected a question. Nothing "
        "was written. Look at the consequences again, then apply them."
    )

    def __init__(self, plan: Plan) -> None:
        """Take what would follow by now."""
        self.plan = plan
        super().__init__()


class NoReasonGiven(Invalid):
    """A key is not corrected without saying why."""

    def __init__(self) -> None:
        """Name the field."""
        super().__init__({"reason": "Say why. It stays on record, and learners do not see it."})


@dataclass(frozen=True, slots=True)
class Proposal:
    """A correction of a question of an edition: there alone, or wherever the same text stands."""

    edition: Edition
    question_id: str
    correction: Correction
    everywhere: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """That a plan is to be applied: which one, why, by whom, and what becomes of passes at stake."""

    digest: str
    reason: str
    by: Actor
    takes_passes: bool = False


def question(db: Session, edition: Edition, question_id: str) -> Question:
    """Give a question as it is graded now, or raise `NoSuchQuestion`."""
    return _graded_now(edition, question_id, rulings.of_course(db, edition.course_code))


def _graded_now(edition: Edition, question_id: str, made: Sequence[Ruling]) -> Question:
    published = _published(edition, question_id)
    if published is None or not published.graded:
        raise NoSuchQuestion
    return rulings.standing(published, rulings.holding(made, edition))


def newest_that_asks(db: Session, code: str, question_id: str) -> Edition:
    """Give the newest edition of a course whose exam grades a question, or raise `NoSuchQuestion`."""
    for edition in editions.history(db, code):
        if asks(edition, question_id):
            return edition
    raise NoSuchQuestion


def asks(edition: Edition, question_id: str) -> bool:
    """Say whether the exam of an edition grades a question."""
    found = _published(edition, question_id)
    return found is not None and found.graded


def plan(db: Session, proposal: Proposal) -> Plan:
    """Say what would follow from a correction. Nothing is written."""
    edition, question_id, correction = proposal.edition, proposal.question_id, proposal.correction
    made = rulings.of_course(db, edition.course_code)
    now = _graded_now(edition, question_id, made)
    if not corrections.changes(now, correction):
        raise NothingToCorrect
    concerned = _same_text(db, edition, question_id) if proposal.everywhere else [edition]
    if correction.drops and any(_is_last(one, question_id, made) for one in concerned):
        raise NothingLeftToGrade
    found = regradings.of(db, concerned, question_id, correction, over=made)
    return Plan(
        course_code=edition.course_code,
        question=now,
        correction=correction,
        edition_ids=tuple(one.id for one in concerned),
        only_in=None if proposal.everywhere else edition.id,
        prints=tuple(sorted({corrections.print_of(_known(one, question_id)) for one in concerned})),
        consequences=tuple(_consequences(db, edition.course_code, concerned, found)),
    )


def apply(db: Session, proposal: Proposal, decision: Decision, *, issuer: Issuer, now: datetime) -> Ruling:
    """Put a correction in force and let everything follow from it, once: applying the same plan again changes nothing.

    Whoever submits the exam meanwhile waits, and is graded with the correction.
    """
    editions.hold_alone(db, proposal.edition.course_code)
    if done := rulings.by_plan(db, decision.digest):
        return done
    found = plan(db, proposal)
    if found.digest != decision.digest:
        raise PlanStale(found)
    ruling = _rule(db, found, decision, now=now)
    kept = [one for each in found.consequences for one in each.touched(takes_passes=decision.takes_passes)]
    regradings.write(db, ruling, found.edition_ids, kept)
    told = _follow(db, found, ruling, issuer=issuer, now=now)
    _record(db, found, ruling, told, decision, now=now)
    return ruling


# --- what would follow ---------------------------------------------------------------------------------------------


def _published(edition: Edition, question_id: str) -> Question | None:
    exam = edition.course.exam
    return next((one for one in exam.questions() if one.id == question_id), None) if exam else None


def _known(edition: Edition, question_id: str) -> Question:
    found = _published(edition, question_id)
    if found is None:  # pragma: no cover - only editions that have it are asked
        raise NoSuchQuestion
    return found


def _same_text(db: Session, edition: Edition, question_id: str) -> list[Edition]:
    """Give every edition in which a question stands with the same stem and the same options, oldest first."""
    face = corrections.face(_known(edition, question_id))
    asking = ((one, _published(one, question_id)) for one in reversed(editions.history(db, edition.course_code)))
    return [one for one, found in asking if found is not None and corrections.face(found) == face]


def _is_last(edition: Edition, question_id: str, made: Sequence[Ruling]) -> bool:
    force, exam = rulings.holding(made, edition), edition.course.exam
    others = (one for one in exam.questions() if one.id != question_id) if exam else iter(())
    return not any(rulings.standing(one, force).graded for one in others)


def _consequences(
    db: Session, code: str, concerned: Sequence[Edition], found: Sequence[Regrade]
) -> Iterator[Consequence]:  # fmt: skip
    people = {row[0].id: row for row in _people(db, concerned)}
    passes = regradings.passed_in(db, code)
    by_enrollment = sorted(found, key=lambda one: (one.enrollment_id, one.number))
    for enrollment_id, theirs in groupby(by_enrollment, key=lambda one: one.enrollment_id):
        enrollment, person, evaluated = people[enrollment_id]
        regrades = tuple(theirs)
        elsewhere = passes.get(enrollment_id, set()) - {one.attempt_id for one in regrades}
        one = Consequence(
            enrollment_id=enrollment_id,
            who=person.label,
            regrades=regrades,
            passes_otherwise=bool(elsewhere),
            completed=enrollment.completed_at is not None,
            certificate="",
            would_complete=evaluated is not None,
        )
        yield _looked_up(db, one, enrollment, person)


def _looked_up(db: Session, one: Consequence, enrollment: Enrollment, person: Person) -> Consequence:
    """Look up what only few need: whether anything else is missing, and which certificate stands."""
    if one.completes:
        one = replace(one, would_complete=not completion.missing_once_passed(db, enrollment, person))
    if one.would_lose and one.completed:
        issued = certificates.of_enrollment(db, enrollment.id)
        one = replace(one, certificate=issued.number if issued and issued.revoked_at is None else "")
    return one


def _people(db: Session, concerned: Sequence[Edition]) -> Iterator[Row]:
    """Give everybody who submitted an exam of these editions, and whether she has sent her evaluation."""
    theirs = (
        select(Enrollment, Person, Evaluation.enrollment_id)
        .join(Person, col(Person.id) == col(Enrollment.person_id))
        .outerjoin(Evaluation, col(Evaluation.enrollment_id) == col(Enrollment.id))
        .where(col(Enrollment.id).in_(_tried(concerned)))
    )
    yield from db.exec(theirs)


def _tried(concerned: Sequence[Edition]) -> SelectOfScalar[int]:
    done = select(Attempt.enrollment_id).where(col(Attempt.submitted_at).is_not(None))
    return done.where(col(Attempt.edition_id).in_([one.id for one in concerned]))


# --- what follows --------------------------------------------------------------------------------------------------


def _rule(db: Session, found: Plan, decision: Decision, *, now: datetime) -> Ruling:
    reason = decision.reason.strip()
    if not reason:
        raise NoReasonGiven
    if len(reason) > LONGEST_REASON:
        raise Invalid({"reason": f"Write at most {LONGEST_REASON:,} letters."})
    ruling = Ruling(
        course_code=found.course_code,
        question_id=found.question.id,
        heading=found.question.heading,
        edition_id=found.only_in,
        prints=json.dumps(found.prints),
        correction=found.correction.to_json(),
        was=found.was,
        became=found.becomes,
        reason=reason,
        plan=found.digest,
        takes_passes=decision.takes_passes,
        made_at=now,
        made_by=decision.by.label,
    )
    db.add(ruling)
    db.flush()
    return ruling


def _follow(db: Session, found: Plan, ruling: Ruling, *, issuer: Issuer, now: datetime) -> list[str]:
    """Complete whoever has nothing missing any more, and write to everybody concerned; give the new certificates."""
    concerned = [editions.by_id(db, one) for one in found.edition_ids]
    _hold(db, concerned)
    people = {row[0].id: row for row in _people(db, concerned)}
    issued = []
    for one in found.consequences:
        if touched := one.touched(takes_passes=ruling.takes_passes):
            enrollment, person, evaluated = people[one.enrollment_id]
            certificate = None
            if one.gains and evaluated is not None:  # else the evaluation is missing, and nothing can be issued
                certificate = completion.settle(db, enrollment, person, issuer=issuer, now=now)
            issued += [certificate.number] if certificate else []
            outcome = Outcome(one, touched, bool(certificate), _left(db, one, ruling, people[one.enrollment_id]))
            told = regrade_letters.letter(outcome, ruling, person, concerned[-1].title, site=issuer.address)
            mail.queue(db, to=person.email, message=told, now=now)
    return issued


def _hold(db: Session, concerned: Sequence[Edition]) -> None:
    """Hold everybody's enrollment, then look: an evaluation that arrives meanwhile is seen here, or sees the pass."""
    theirs = select(Enrollment.id).where(col(Enrollment.id).in_(_tried(concerned))).order_by(col(Enrollment.id))
    db.exec(theirs.with_for_update(key_share=True)).all()


def _left(db: Session, one: Consequence, ruling: Ruling, row: Row) -> str:
    """Say what is left to do for somebody whose pass has changed."""
    enrollment, person, evaluated = row
    if one.completed or (one.gains and evaluated is None) or not (one.gains or (ruling.takes_passes and one.can_lose)):
        return ""
    return " ".join(step.sentence for step in completion.missing(db, enrollment, person))


def _record(db: Session, found: Plan, ruling: Ruling, issued: list[str], decision: Decision, *, now: datetime) -> None:
    detail = {
        "ruling": ruling.id,
        "question": ruling.question_id,
        "was": ruling.was,
        "became": ruling.became,
        "reason": ruling.reason,
        "attempts": len(found.regrades),
        "people": len(found.affected),
        "passes gained": len(found.gaining),
        "passes at stake": len(found.losing),
        "passes taken": sum(one.can_lose for one in found.consequences) if ruling.takes_passes else 0,
        "certificates": issued,
    }
    audit.record(db, actor=decision.by, act="question.corrected", subject=found.course_code, now=now, detail=detail)
