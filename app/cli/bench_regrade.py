"""How fast a corrected key goes through 1,000 attempts: the plan that is read first, and the act with all that follows.

Each attempt has 50 answers. A third of the people pass by the correction, and a tenth of those get their certificate
with it; two thirds have another score and are written to. The act plans again, as it always does, and is durable.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session, insert, select

from app.assessment.answer_events import AnswerEvent
from app.assessment.attempts import Attempt
from app.assessment.corrections import Correction
from app.audit import OPERATOR
from app.awards import regrades
from app.awards.issuer import Issuer
from app.awards.regrades import Decision, Proposal
from app.cli.bench import Line, Stopwatch, milliseconds, repeated
from app.identity import people
from app.kit.database import Database
from app.kit.signing import KeptInMemory
from app.learning import enrollments, evaluations, progress
from app.library.editions import Edition

ATTEMPTS = 1_000
GOAL = 5_000.0  # milliseconds (the assessment issue)
SECOND = Correction(right=(2,))  # the key of every question is its first option
CERTIFIED = 30  # one in so many has sent her evaluation already, and gets a certificate with the pass
ISSUER = Issuer(address="https://ce.example.org", demonstration=False, signer=KeptInMemory())


def lines(database: Database, limit: tuple[str, Stopwatch], *, now: datetime) -> Iterator[Line]:
    """Measure the plan, then the act, on the one edition of a database."""
    with database.write() as db:
        for number in range(ATTEMPTS):
            _sit(db, _edition(db), number, now=now)

    def plan() -> str:
        with database.read() as db:
            return regrades.plan(db, _proposal(db)).digest

    digest = plan()

    def apply() -> None:
        with database.write() as db:
            decision = Decision(digest, "The state law changed.", OPERATOR)
            regrades.apply(db, _proposal(db), decision, issuer=ISSUER, now=now)

    yield _line(f"plan a regrade of {ATTEMPTS:,}", repeated(milliseconds(plan), times=3), limit)
    # Once: what was applied is not applied again.
    yield _line(f"regrade {ATTEMPTS:,} attempts", repeated(milliseconds(apply), times=1), limit)


def _line(name: str, watch: Stopwatch, limit: tuple[str, Stopwatch]) -> Line:
    return Line(name, "ms", watch.value, f"{limit[0]} p99", limit[1].value, GOAL, watch.noisy or limit[1].noisy)


def _edition(db: Session) -> Edition:
    return db.exec(select(Edition)).one()


def _proposal(db: Session) -> Proposal:
    edition = _edition(db)
    exam = edition.course.exam
    return Proposal(edition, next(one.id for one in exam.questions()) if exam else "", SECOND)


def _sit(db: Session, edition: Edition, number: int, *, now: datetime) -> None:
    """Let somebody submit an exam: a third answers the first question by the key that comes."""
    exam = edition.course.exam
    asked = [one.id for one in exam.questions()] if exam else []
    person = people.find_or_add(db, f"learner-{number}@example.org", now=now)
    enrollment = enrollments.begin(db, person, edition, now=now)
    for module in edition.course.modules:
        progress.mark_done(db, enrollment.id, module, now=now)
    if number % CERTIFIED == 0:
        evaluations.submit(db, enrollment, {"content": "5"}, now=now)
        people.attest_legal_name(db, person, f"Learner {number}", now=now)
        people.choose_time_zone(db, person, "America/New_York")
    picks = [(2, 1, 3)[number % 3], *(1 if place < 39 else 2 for place in range(1, len(asked)))]
    picks[39] = 1 if number % 3 == 0 else 2
    right = picks.count(1)
    attempt = Attempt(
        enrollment_id=enrollment.id,
        edition_id=edition.id,
        number=1,
        seed=f"{number:032}",
        started_at=now,
        submitted_at=now,
        score=str(right),
        possible=str(len(asked)),
        passed=right * 100 >= 80 * len(asked),
    )
    db.add(attempt)
    db.flush()
    rows = [
        {
            "attempt_id": attempt.id,
            "question_id": question_id,
            "sequence": place,
            "key": f"answer-{place:04}",
            "answer": json.dumps(pick),
            "received_at": now,
        }
        for place, (question_id, pick) in enumerate(zip(asked, picks, strict=True))
    ]
    db.exec(insert(AnswerEvent), params=rows)
