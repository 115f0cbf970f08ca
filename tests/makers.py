"""Plain functions that make what a test needs, through the same verbs that the house uses."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import small_folder
from cast import NOON
from sqlmodel import Session

from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.assessment.corrections import DROPPED
from app.assessment.rulings import Ruling
from app.audit import OPERATOR
from app.awards import completion, regrades
from app.awards.certificates import Certificate
from app.awards.issuer import Issuer
from app.awards.regrades import Decision, Proposal
from app.content import compiled
from app.content.course import (
    Course,
    CreditHours,
    Delivery,
    Exam,
    Feedback,
    HourType,
    Instructor,
    Kind,
    Method,
    Module,
    Option,
    Prose,
    Question,
)
from app.identity import people
from app.identity.people import Person
from app.kit.signing import KeptInFolder
from app.learning import enrollments, evaluations, progress
from app.learning.enrollments import Enrollment
from app.library import approvals, drafts
from app.library.approvals import Record
from app.library.drafts import Draft, revisions
from app.library.editions import Edition, Offering

PLAIN_MODULE = small_folder.MODULE.replace("![How they meet](media/rules.svg)\n", "They meet often.\n")
# One ring of keys for all tests of a process and for the processes they start: whoever opens a house over rows made
# here holds the keys that signed them.
SIGNER = KeptInFolder(Path(os.environ.setdefault("CONTINUA_TEST_KEYS", tempfile.mkdtemp(prefix="continua-keys-"))))
ISSUER = Issuer(address="https://ce.example.org", demonstration=False, signer=SIGNER)

CANARY = "CANARY-OF-THE-KEY"  # stands in every right answer's feedback and in every rationale


def make_question(number: int = 1, *, right: int = 1, options: int = 4, **more: Any) -> Question:
    """A choose-one question whose option `right` is the key."""
    return Question(
        id=f"question-{number}",
        kind=Kind.CHOOSE_ONE,
        heading=f"Question {number}",
        heading_html=f"Question {number}",
        objective=1,
        rationale_html=f"<p>{CANARY} rationale {number}</p>",
        options=tuple(
            Option(
                text=f"Option {number}.{place}",
                html=f"Option {number}.{place}",
                right=place == right,
                feedback_html=f"<p>{CANARY} feedback {number}.{place}</p>",
            )
            for place in range(1, options + 1)
        ),
        **more,
    )


def make_course(code: str = "small-course", *, questions: tuple[Question, ...] = (), **more: Any) -> Course:
    """A course of two modules and an exam of three questions, half an hour of ethics."""
    exam = Exam(
        title="Exam",
        pass_mark=80,
        attempts=None,
        feedback=Feedback.AFTER_PASS,
        items=questions or tuple(make_question(number) for number in (1, 2, 3)),
    )
    course = Course(
        code=code,
        title="A Small Course",
        summary="Enough of a course to earn a certificate.",
        level="beginning",
        format=Delivery.READING,
        language="en",
        audience="Social workers",
        objectives=("Apply the first rule", "Compare two rules", "Choose between them"),
        credit=CreditHours(
            method=Method.NASW,
            claimed={HourType.ETHICS: Decimal("0.5")},
            words=5_000,
            minutes=Fraction(0),
            questions=3,
            computed=Fraction(1, 2),
            claimable=Decimal("0.5"),
        ),
        instructors=(Instructor(name="Jordan Reyes", credentials="PhD, LCSW", disclosure="None."),),
        reviewed_on=date(2026, 11, 1),
        review_due=date(2028, 11, 1),
        modules=(
            Module(
                slug="first",
                number=1,
                title="First",
                blocks=(Prose('<h2 id="one">One</h2><p id="b1">Text.</p>'),),
                objectives=(1, 2),
                words=2_500,
            ),
            Module(
                slug="second",
                number=2,
                title="Second",
                blocks=(Prose('<p id="b1">More.</p>'),),
                objectives=(3,),
                words=2_500,
            ),
        ),
        exam=exam,
    )
    return replace(course, **more)


def make_edition(db: Session, course: Course | None = None, *, now: datetime = NOON) -> Edition:
    """Publish a course as it stands."""
    course = course or make_course()
    text = compiled.dump(course)
    edition = Edition(
        course_code=course.code,
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
        title=course.title,
        source="{}",
        compiled=text,
        published_at=now,
    )
    db.add(edition)
    db.flush()
    offering = db.get(Offering, course.code) or Offering(course_code=course.code, folder=course.code, checked_at=now)
    offering.edition_id = edition.id
    db.add(offering)
    db.flush()
    return edition


def make_draft(db: Session, author: Person, *, code: str = "small-draft", now: datetime = NOON, **texts: str) -> Draft:
    """Begin a draft of texts alone, named without their ending: a small sound course unless a test says otherwise."""
    contents = {"course": small_folder.COURSE, "01-rules": PLAIN_MODULE, "exam": small_folder.EXAM} | texts
    held = {}
    for name, text in contents.items():
        content = text.replace("code: small-course", f"code: {code}").encode()
        held[f"{name}.md"] = drafts.Content(revisions.keep_text(db, content), len(content))
    return drafts.begin_with(db, held, title="A Small Course", code=code, by=author, now=now)


def make_enrollment(
    db: Session,
    person: Person,
    edition: Edition | None = None,
    *,
    finished: bool = False,
    name: str = "Ana Marie O’Neill",
    zone: str = "America/New_York",
    now: datetime = NOON,
) -> Enrollment:
    """Enroll somebody; with `finished`, everything is done but for the settling."""
    enrollment = enrollments.begin(db, person, edition or make_edition(db), now=now)
    if finished:
        read_everything(db, enrollment, now=now)
        pass_exam(db, enrollment, now=now)
        evaluate(db, enrollment, person, name=name, zone=zone, now=now)
    return enrollment


def read_everything(db: Session, enrollment: Enrollment, *, now: datetime = NOON) -> None:
    """Mark every module as done."""
    for module in db.get_one(Edition, enrollment.edition_id).course.modules:
        progress.mark_done(db, enrollment.id, module, now=now)


def answer_all(db: Session, attempt: Attempt, *, right: bool = True, now: datetime = NOON) -> None:
    """Answer every choose-one question, all rightly or all wrongly."""
    for slot in attempts.paper(db, attempt).slots:
        picks = [number for number, option in enumerate(slot.question.options, 1) if option.right == right]
        key = f"answer-{attempt.id}-{slot.number}"
        attempts.save_answer(db, attempt, slot.question.id, picks[0], sequence=slot.number, key=key, now=now)


def pass_exam(db: Session, enrollment: Enrollment, *, now: datetime = NOON) -> Attempt:
    """Take the exam and pass it."""
    attempt = attempts.start(db, enrollment, now=now)
    answer_all(db, attempt, now=now)
    return attempts.submit(db, attempt, now=now)


def evaluate(
    db: Session,
    enrollment: Enrollment,
    person: Person,
    *,
    name: str = "Ana Marie O’Neill",
    zone: str = "America/New_York",
    now: datetime = NOON,
) -> None:
    """Send the evaluation and confirm name and time zone."""
    evaluations.submit(db, enrollment, {"content": "5"}, now=now)
    people.attest_legal_name(db, person, name, now=now)
    people.choose_time_zone(db, person, zone)
    db.flush()


def make_certificate(
    db: Session, person: Person, *, now: datetime = NOON, issuer: Issuer = ISSUER, **more: Any
) -> Certificate:
    """Take somebody all the way to a certificate."""
    enrollment = make_enrollment(db, person, finished=True, now=now, **more)
    certificate = completion.settle(db, enrollment, person, issuer=issuer, now=now)
    assert certificate is not None
    return certificate


def make_ruling(db: Session, edition_id: int, *, now: datetime = NOON) -> Ruling:
    """Take the first question of an edition out of the grading, with all that follows."""
    proposal = Proposal(db.get_one(Edition, edition_id), "question-1", DROPPED)
    decision = Decision(regrades.plan(db, proposal).digest, "It asks two things at once.", OPERATOR)
    return regrades.apply(db, proposal, decision, issuer=ISSUER, now=now)


ACE = {
    "body": "Association of Social Work Boards (ASWB) ACE",
    "provider_number": "1107",
    "valid_from": "2026-01-01",
    "valid_to": "2028-12-31",
    "formats": ["reading"],
    "hour_types": ["ethics", "general"],
    "statement": "{provider}, {provider_number}, may say so from {valid_from} to {valid_to}: {hours} {hour_types}.",
}


def make_approval(db: Session, *, now: datetime = NOON, **changes: object) -> Record:
    """Add an approval of the provider's that covers the small course."""
    added = approvals.add(db, ACE | changes, by=OPERATOR, now=now)
    return approvals.by_id(db, added.id)


def make_ended_approval(db: Session) -> Record:
    """Add an approval, and end it early."""
    record = make_approval(db)
    approvals.end(db, record, last_day=date(2027, 6, 30), reason="Given up.", by=OPERATOR, now=NOON)
    return approvals.by_id(db, record.approval.id)
