"""Question reports: something is wrong with this question, in a sentence of hers or without one.

She has one open report for a question of an edition; what she sends later is added to it. How authors answer is told
in `report_answers`. Nothing here ever says what the right answer is: a report may come from the middle of an exam.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, func, text
from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.audit import Actor
from app.content.course import Question
from app.identity.people import Person
from app.kit import mail
from app.kit.database import RowId, UtcDateTime, insert_once
from app.kit.errors import Invalid, TooMany
from app.library import authors
from app.library.editions import Edition

LONGEST = 1_000  # letters of a remark
MOST_A_DAY = 20  # by one person
MOST_UNKNOWN_A_DAY = 50  # for one course, by readers whom nobody could ask to stop
A_DAY = timedelta(days=1)
A_READER = Actor(id=None, label="a reader")


class Place(StrEnum):
    """Where she met the question."""

    EXAM = "exam"
    RESULT = "result"
    CHECK = "check"


class Outcome(StrEnum):
    """What comes of a report."""

    KEPT = "kept"
    LATER = "later"
    CORRECTED = "corrected"

    @property
    def sentence(self) -> str:
        """Say it to whoever reported."""
        return {
            Outcome.KEPT: "The question stays as it is.",
            Outcome.LATER: "The question will be corrected.",
            Outcome.CORRECTED: "The question was corrected.",
        }[self]


class ReportAnswer(SQLModel, table=True):
    """What an author answered, to every report that it answers. It stays as it was told."""

    __tablename__ = "report_answer"
    __table_args__ = (CheckConstraint("outcome IN ('kept', 'later', 'corrected')", name="outcome"),)

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    outcome: str
    words: str
    answered_at: datetime = Field(sa_type=UtcDateTime)
    answered_by: int = Field(foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)

    @property
    def sentence(self) -> str:
        """Say what came of it."""
        return Outcome(self.outcome).sentence


class QuestionReport(SQLModel, table=True):
    """That somebody found something wrong with a question of an edition; without a person, it was a reader."""

    __tablename__ = "question_report"
    __table_args__ = (
        Index(
            "uq_question_report_open",
            "person_id",
            "edition_id",
            "question_id",
            unique=True,
            sqlite_where=text("answer_id IS NULL"),
            postgresql_where=text("answer_id IS NULL"),
        ),
    )

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    course_code: str = Field(index=True)
    edition_id: int = Field(foreign_key="edition.id", ondelete="RESTRICT", sa_type=RowId)
    question_id: str
    heading: str  # as she read it
    place: str
    person_id: int | None = Field(default=None, foreign_key="person.id", ondelete="RESTRICT", sa_type=RowId)
    reported_at: datetime = Field(sa_type=UtcDateTime)
    answer_id: int | None = Field(default=None, foreign_key="report_answer.id", ondelete="RESTRICT", sa_type=RowId)


class ReportRemark(SQLModel, table=True):
    """What she wrote, each time she sent it. Her words may be forgotten one day, so nothing forbids to."""

    __tablename__ = "report_remark"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    report_id: int = Field(foreign_key="question_report.id", ondelete="RESTRICT", index=True, sa_type=RowId)
    words: str  # empty where she only said that something is wrong
    sent_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True)
class About:
    """The question that a report is about, and where she met it."""

    edition: Edition
    question: Question
    place: Place


class TooManyReports(TooMany):
    """She has sent as many reports as somebody reads in a day."""

    message = f"You have sent {MOST_A_DAY} reports within a day, and they are all kept. Send the next one tomorrow."


class TooManyUnknown(TooMany):
    """Many reports came from readers without an account, and nobody can tell who sends them."""

    message = "Many reports came in without an account today. Sign in to send yours: then it is kept for sure."


def report(
    db: Session, person: Person | None, about: About, words: str, *, address: str, now: datetime
) -> QuestionReport:
    """Keep what is wrong with a question, and tell the authors of the first report that waits for them."""
    said = words.strip()
    if len(said) > LONGEST:
        raise Invalid({"words": f"Write at most {LONGEST:,} letters."})
    _assert_few(db, person, about.edition, now=now)
    is_first = not _waits(db, about)
    mine = _kept(db, person, about, now=now)
    if _is_said(db, mine, said):
        return mine
    db.add(ReportRemark(report_id=mine.id, words=said, sent_at=now))
    db.flush()
    actor = person.actor if person else A_READER
    subject = f"{about.edition.course_code}/{about.question.id}"
    detail = {"edition": about.edition.short, "place": str(about.place)}
    audit.record(db, actor=actor, act="question.reported", subject=subject, now=now, detail=detail)
    if is_first:
        _tell_authors(db, about, address=address, now=now)
    return mine


def _assert_few(db: Session, person: Person | None, edition: Edition, *, now: datetime) -> None:
    sent = select(func.count()).select_from(ReportRemark).join(QuestionReport)
    sent = sent.where(col(ReportRemark.sent_at) > now - A_DAY)
    if person is not None:
        if db.exec(sent.where(QuestionReport.person_id == person.id)).one() >= MOST_A_DAY:
            raise TooManyReports
        return
    unknown = sent.where(QuestionReport.course_code == edition.course_code, col(QuestionReport.person_id).is_(None))
    if db.exec(unknown).one() >= MOST_UNKNOWN_A_DAY:
        raise TooManyUnknown


def _waits(db: Session, about: About) -> bool:
    standing = select(QuestionReport.id).where(
        QuestionReport.course_code == about.edition.course_code, QuestionReport.question_id == about.question.id
    )
    return db.exec(standing.where(col(QuestionReport.answer_id).is_(None)).limit(1)).first() is not None


def _kept(db: Session, person: Person | None, about: About, *, now: datetime) -> QuestionReport:
    """Give her open report of a question, or begin it; two that race begin one."""
    row = QuestionReport(
        course_code=about.edition.course_code,
        edition_id=about.edition.id,
        question_id=about.question.id,
        heading=about.question.heading,
        place=about.place,
        person_id=person.id if person else None,
        reported_at=now,
    )
    if person is None:
        db.add(row)
        db.flush()
        return row
    hers = select(QuestionReport).where(
        QuestionReport.person_id == person.id,
        QuestionReport.edition_id == about.edition.id,
        QuestionReport.question_id == about.question.id,
        col(QuestionReport.answer_id).is_(None),
    )
    mine = None
    while mine is None:  # where an author answers her report in between, she begins another
        insert_once(db, row)
        mine = db.exec(hers.with_for_update()).first()
    return mine


def _is_said(db: Session, mine: QuestionReport, said: str) -> bool:
    """Say whether there is nothing to add: a form that is sent twice, or nothing written the second time."""
    remarks = select(ReportRemark.words).where(ReportRemark.report_id == mine.id)
    known = db.exec(remarks).all()
    return bool(known) and (not said or said in known)


def _tell_authors(db: Session, about: About, *, address: str, now: datetime) -> None:
    code = about.edition.course_code
    letter = mail.letter(
        "question-reported",
        course_title=about.edition.title,
        heading=about.question.heading,
        link=f"{address}/author/shelf/{code}/reports",
    )
    for author in authors.of(db, code):
        mail.queue(db, to=author.email, message=letter, now=now)


# --- questions ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """One report as its reader may know it: when, by somebody who can be answered or not, and what was written."""

    report: QuestionReport
    answer: ReportAnswer | None
    remarks: tuple[ReportRemark, ...]

    @property
    def is_settled(self) -> bool:
        """Whether it was answered, and not with a promise."""
        return self.answer is not None and self.answer.outcome != Outcome.LATER


def of_person(db: Session, person: Person, course_code: str) -> list[Told]:
    """Give what she reported in a course, newest first."""
    hers = (QuestionReport.person_id == person.id, QuestionReport.course_code == course_code)
    return _told(db, *hers, with_remarks=False)


def of_person_in(db: Session, person: Person, edition_id: int) -> dict[str, Told]:
    """Give her newest report of each question of an edition."""
    hers = (QuestionReport.person_id == person.id, QuestionReport.edition_id == edition_id)
    return {one.report.question_id: one for one in reversed(_told(db, *hers, with_remarks=False))}


def of_course(db: Session, course_code: str) -> list[Told]:
    """Give everything that was reported of a course, newest first, for its authors."""
    return _told(db, QuestionReport.course_code == course_code, with_remarks=True)


def waiting(db: Session, course_codes: set[str]) -> dict[str, int]:
    """Count the reports that nobody has answered, by course; a course without any is left out."""
    counted = select(QuestionReport.course_code, func.count()).where(col(QuestionReport.answer_id).is_(None))
    theirs = counted.where(col(QuestionReport.course_code).in_(course_codes)).group_by(QuestionReport.course_code)
    return dict(db.exec(theirs).all())


def _told(db: Session, *which: object, with_remarks: bool) -> list[Told]:
    found = select(QuestionReport, ReportAnswer).outerjoin(
        ReportAnswer, col(ReportAnswer.id) == col(QuestionReport.answer_id)
    )
    rows = db.exec(found.where(*which).order_by(col(QuestionReport.id).desc())).all()  # type: ignore[arg-type]
    remarks: dict[int, list[ReportRemark]] = {}
    if with_remarks:
        theirs = select(ReportRemark).join(QuestionReport).where(*which)  # type: ignore[arg-type]
        for one in db.exec(theirs.order_by(col(ReportRemark.id))):
            remarks.setdefault(one.report_id, []).append(one)
    return [Told(one, answered, tuple(remarks.get(one.id, ()))) for one, answered in rows]
