"""Report answers: an author answers what was reported of a question, once for all who reported it.

She reads no names. What was sent after she opened the page stays open: nobody is answered unread. A promise may be
followed by another answer; whoever was told of the promise is told of that, too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select, update

from app import audit
from app.assessment.question_reports import Outcome, QuestionReport, ReportAnswer, ReportRemark
from app.identity.people import Person
from app.kit import mail
from app.kit.errors import Conflict, Invalid
from app.library import authors
from app.library.editions import Edition

LONGEST = 2_000  # letters


class NothingReported(Conflict):
    """No report of this question waits for what is being answered."""

    message = "No report waits for this answer any more: somebody else has answered. The page of the reports shows how."


@dataclass(frozen=True, slots=True)
class Reply:
    """What an author answers, and the newest remark that her page showed."""

    outcome: Outcome
    words: str
    seen: int


def answer(
    db: Session,
    edition: Edition,
    question_id: str,
    reply: Reply,
    *,
    by: Person,
    address: str,
    now: datetime,
) -> int:
    """Answer what was reported of a question as far as she has read it, and tell everybody; say how many."""
    authors.insist(db, by, edition.course_code)
    said = reply.words.strip()
    if not said:
        raise Invalid({"words": "Write a sentence or two to whoever reported it."})
    if len(said) > LONGEST:
        raise Invalid({"words": f"Write at most {LONGEST:,} letters."})
    answered = _awaiting(db, edition, question_id, seen=reply.seen)
    if not answered:
        raise NothingReported
    row = ReportAnswer(outcome=reply.outcome, words=said, answered_at=now, answered_by=by.id)
    db.add(row)
    db.flush()
    ids = [one.id for one in answered]
    db.exec(update(QuestionReport).where(col(QuestionReport.id).in_(ids)).values(answer_id=row.id))
    subject, detail = f"{edition.course_code}/{question_id}", {"outcome": str(reply.outcome), "reports": len(ids)}
    audit.record(db, actor=by.actor, act="question.answered", subject=subject, now=now, detail=detail)
    _tell_learners(db, edition, answered, row, address=address, now=now)
    return len(ids)


def _awaiting(db: Session, edition: Edition, question_id: str, *, seen: int) -> list[QuestionReport]:
    """Give the reports that wait, or were promised a correction, and hold nothing that she has not seen."""
    # Held first and judged then: a join would still show how the other author's answer stood before this one waited.
    theirs = select(QuestionReport).where(
        QuestionReport.edition_id == edition.id, QuestionReport.question_id == question_id
    )
    held = theirs.order_by(col(QuestionReport.id)).with_for_update().execution_options(populate_existing=True)
    reports = db.exec(held).all()
    promised = select(ReportAnswer.id).where(ReportAnswer.outcome == Outcome.LATER)
    promises = set(db.exec(promised.where(col(ReportAnswer.id).in_({one.answer_id for one in reports}))))
    ids = [one.id for one in reports]
    unseen = select(ReportRemark.report_id).where(col(ReportRemark.id) > seen, col(ReportRemark.report_id).in_(ids))
    later = set(db.exec(unseen))
    return [one for one in reports if one.id not in later and (one.answer_id is None or one.answer_id in promises)]


def _tell_learners(
    db: Session, edition: Edition, answered: Sequence[QuestionReport], row: ReportAnswer, *, address: str, now: datetime
) -> None:
    ids = {one.person_id for one in answered if one.person_id is not None}
    for person in db.exec(select(Person).where(col(Person.id).in_(ids)).order_by(col(Person.id))):
        letter = mail.letter(
            "question-answered",
            addressee=person.legal_name or "",
            course_title=edition.title,
            heading=answered[0].heading,
            outcome=row.sentence,
            words=row.words,
            link=f"{address}/courses/{edition.course_code}#reports",
        )
        mail.queue(db, to=person.email, message=letter, now=now)
