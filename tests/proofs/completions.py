"""Many learners, each sending the last form several times at once: one certificate, one letter, one drawing each.

The tests run this with few enough to be quick; a campaign runs it with as many as it likes. Run as a program
it is one of several processes that meet over the same database:

    python -m proofs.completions URL ENROLLMENT… < a line that says go
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from cast import NOON
from makers import ISSUER, evaluate, make_edition, make_enrollment, pass_exam, read_everything
from sqlmodel import col, func, select

from app.awards import completion
from app.awards.certificates import DRAW, Certificate
from app.identity import people
from app.identity.people import Person
from app.kit.database import Database, open_database
from app.kit.jobs import Job
from app.kit.mail import Mail
from app.kit.templates import ROOT
from app.learning.enrollments import Enrollment
from app.learning.evaluations import EvaluationResponse

LEARNERS, CALLERS = 200, 8


@dataclass(frozen=True)
class Outcome:
    """What was there afterwards, and what the callers were told."""

    learners: int
    certificates: int
    letters: int
    drawings: int
    evaluations: int
    numbers_told: int  # different numbers, over all callers: more than learners if two callers of one disagree
    untold: int  # callers who were given no certificate

    @property
    def duplicates(self) -> int:
        """Certificates too many."""
        return self.certificates - self.learners


def once_each(learners: int) -> Outcome:
    """What must be there afterwards."""
    return Outcome(learners, learners, learners, learners, learners, numbers_told=learners, untold=0)


def prepare(database: Database, *, learners: int) -> list[int]:
    """Bring learners to where only the evaluation is missing; give their enrollments."""
    with database.write() as db:
        edition = make_edition(db)
        enrollments = []
        for number in range(learners):
            person = people.find_or_add(db, f"learner-{number}@example.org", now=NOON)
            enrollment = make_enrollment(db, person, edition)
            read_everything(db, enrollment)
            pass_exam(db, enrollment)
            enrollments.append(enrollment.id)
    return enrollments


def complete(database: Database, enrollment_id: int) -> str | None:
    """Do what the evaluation form does when it is sent: keep it, confirm who she is, settle."""
    with database.write() as db:
        enrollment = db.get_one(Enrollment, enrollment_id)
        person = db.get_one(Person, enrollment.person_id)
        evaluate(db, enrollment, person)
        certificate = completion.settle(db, enrollment, person, issuer=ISSUER, now=NOON)
        return certificate.number if certificate else None


def all_at_once(database: Database, enrollments: Iterable[int], *, callers: int = CALLERS) -> list[str | None]:
    """Complete each enrollment by several callers at the same moment; give what each was told."""
    gate = threading.Barrier(callers, timeout=60)

    def call(enrollment_id: int) -> str | None:
        gate.wait()
        return complete(database, enrollment_id)

    with ThreadPoolExecutor(callers) as threads:
        calls = [threads.submit(call, enrollment_id) for enrollment_id in enrollments for _ in range(callers)]
        return [call.result() for call in calls]


def in_processes(url: str, enrollments: Sequence[int], *, processes: int = 2) -> list[str | None]:
    """Complete each enrollment by the callers of several processes, which all set out at one word."""
    command = [sys.executable, "-m", "proofs.completions", url, str(CALLERS // processes), *map(str, enrollments)]
    started = [_start(command) for _ in range(processes)]
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate()[0] for process in started]
    return [number for answer in answers for number in json.loads(answer)]


def count(database: Database, told: Sequence[str | None], *, learners: int) -> Outcome:
    """Count what is there, and what was told."""
    with database.read() as db:
        return Outcome(
            learners=learners,
            certificates=db.exec(select(func.count()).select_from(Certificate)).one(),
            letters=db.exec(select(func.count()).select_from(Mail)).one(),
            drawings=db.exec(select(func.count()).select_from(Job).where(col(Job.kind) == DRAW)).one(),
            evaluations=db.exec(select(func.count()).select_from(EvaluationResponse)).one(),
            numbers_told=len(set(told) - {None}),
            untold=sum(number is None for number in told),
        )


def prove(url: str, *, learners: int = LEARNERS, processes: int = 1) -> Outcome:
    """Prepare, complete and count on an empty, migrated database."""
    database = open_database(url)
    try:
        enrollments = prepare(database, learners=learners)
        if processes == 1:
            told = all_at_once(database, enrollments)
        else:
            told = in_processes(url, enrollments, processes=processes)
        return count(database, told, learners=learners)
    finally:
        database.close()


def _start(command: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "CONTINUA_TEST_KEYS": os.environ["CONTINUA_TEST_KEYS"]},
    )


def _main(url: str, callers: str, *enrollments: str) -> None:
    database = open_database(url)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    told = all_at_once(database, map(int, enrollments), callers=int(callers))
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    _main(*sys.argv[1:])
