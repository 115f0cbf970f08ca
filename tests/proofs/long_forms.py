"""The long forms of the proofs, for `./run campaign`: what each claims, how it is tried, and with which control."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from tempfile import mkdtemp
from unittest import mock

from proofs import completions as completing
from proofs import databases
from proofs import kills as killing
from sqlalchemy import text
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session

from app.cli.campaign import Found, LongForm, Trial
from app.kit.database import open_database
from app.learning import enrollments
from app.learning.enrollments import Enrollment

CONTROL_N = 10  # what is unprotected breaks at nearly every try
UNPROTECTED = "the enrollment is not held while it is settled, and the index that allows one certificate is dropped"

Tell = Callable[[str], None]


# --- killed while saving -----------------------------------------------------------------------------------------


def kills(*, n: int, seed: int, folder: Path, tell: Tell) -> Found:
    """Kill the server `n` times on SQLite and, since it is the same server, a sixth as often on PostgreSQL."""

    def trial(kind: str, what: str, times: int) -> Trial:
        tell(f"{kind}, {what}:")
        place = Path(mkdtemp(dir=folder))
        with databases.migrated(kind, place) as url:
            outcome = killing.run(url, place, kills=times, seed=seed, what=what, tell=tell)
            return Trial(kind, databases.version(url), what, times, outcome.failures, asdict(outcome))

    return Found(
        trials=(
            trial(databases.SQLITE, killing.AS_SHIPPED, n),
            trial(databases.POSTGRESQL, killing.AS_SHIPPED, math.ceil(n / 6)),
        ),
        controls=tuple(trial(kind, killing.HASTY, CONTROL_N) for kind in databases.KINDS),
    )


# --- completed by several acts at once ---------------------------------------------------------------------------


def completions(*, n: int, folder: Path, tell: Tell) -> Found:
    """Let `n` learners complete on each kind of database, by the threads of one process and of two."""

    def trial(kind: str, what: str, learners: int, processes: int) -> Trial:
        tell(f"{kind}, {what}, {learners} learners, processes: {processes}")
        with databases.migrated(kind, Path(mkdtemp(dir=folder))) as url:
            if what == UNPROTECTED:
                drop_index(url)
            outcome = completing.prove(url, learners=learners, processes=processes)
            counted = {"callers": completing.CALLERS, "processes": processes, **asdict(outcome)}
            return Trial(kind, databases.version(url), what, learners, _too_many_or_few(outcome), counted)

    trials = tuple(trial(kind, killing.AS_SHIPPED, n, processes) for kind in databases.KINDS for processes in (1, 2))
    with nothing_held():
        controls = tuple(trial(kind, UNPROTECTED, CONTROL_N, 1) for kind in databases.KINDS)
    return Found(trials=trials, controls=controls)


def _too_many_or_few(outcome: completing.Outcome) -> int:
    """Count whatever is there once too often or not at all."""
    due = asdict(completing.once_each(outcome.learners))
    return sum(abs(there - due[what]) for what, there in asdict(outcome).items())


def drop_index(url: str) -> None:
    """Take away the index that allows one first certificate for an enrollment."""
    database = open_database(url)
    with database.writing.begin() as connection:
        connection.execute(text("DROP INDEX uq_certificate_enrollment_first"))
    database.close()


@contextmanager
def nothing_held() -> Iterator[None]:
    """Let no act of this process hold an enrollment, and each take itself for the first that completes it."""

    def glance(_db: Session, enrollment: Enrollment) -> Enrollment:
        set_committed_value(enrollment, "completed_at", None)
        return enrollment

    with mock.patch.object(enrollments, "locked", glance):
        yield


LONG_FORMS = {
    "kills": LongForm(
        claim="An answer that the server said is saved is there after kill -9, at whatever moment that comes.",
        not_tried="A power cut: what the operating system was given survives a killed program, and not a cut. "
        "A killed PostgreSQL: only the application was killed. A full disk. Submissions and certificates.",
        usual_n=300,
        try_it=kills,
    ),
    "completions": LongForm(
        claim="However many acts complete a course at the same instant, the learner has one certificate and one "
        "letter, and every act is told of that certificate.",
        not_tried="A server that dies while it settles. Acts that revoke the certificate meanwhile. Either "
        "protection alone, which the tests try.",
        usual_n=completing.LEARNERS,
        try_it=completions,
        draws_chance=False,
    ),
}
