"""How fast learners are served in an exam: an answer that is durable, with 32 people answering; start, grade, submit.

Answers go the whole way: over HTTP, to a server of its own as it ships, into SQLite as it ships. Each of the 32
people answers once a second, which is faster than anybody reads.
"""

from __future__ import annotations

import http.client
import os
import random
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

from sqlmodel import Session

from app import audit
from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.cli import bench_authoring, bench_regrade, migrate
from app.cli.bench import Line, Stopwatch, milliseconds, repeated
from app.content import reader
from app.content.folder import OnDisk
from app.identity import people, sign_in
from app.identity.sign_in import Proof
from app.kit.clock import system_clock
from app.kit.database import Database, open_database
from app.kit.files import Files
from app.learning import enrollments, progress
from app.library import editions, publication

PEOPLE, QUESTIONS, ANSWERS_EACH = 32, 50, 12
ANSWER_GOAL, ACT_GOAL = 50.0, 100.0  # milliseconds (the assessment issue)
WORK_GOAL = 10.0  # milliseconds of one core: 32 answers a second are then a third of it
CODE = "long-exam"
COMMITS = 300
LONGEST_START = 30.0  # seconds


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who sits the exam, signed in."""

    attempt_id: int
    token: str


def lines() -> Iterator[Line]:
    """Measure them one by one."""
    with TemporaryDirectory(prefix="continua-bench-") as place:
        folder, now = Path(place), system_clock()
        url = f"sqlite:///{folder / 'bench.db'}"
        migrate.upgrade(url)
        database = open_database(url)
        _publish(database, folder, now=now)
        limit = ("commit a row", repeated(lambda: _slowest(_commits(folder / "limit.db"))))
        yield from _acts(database, limit, now=now)
        with database.write() as db:
            seats = [_seat(db, number, now=now) for number in range(PEOPLE)]
        database.close()
        with _server(folder, url) as (port, pid):
            worked = Stopwatch()
            answered = repeated(lambda: _slowest(_watched(pid, worked, lambda: _all_answer(port, seats))), times=3)
        worked.foreign = answered.foreign
        yield _line(f"answer p99, {PEOPLE} people", answered, limit, ANSWER_GOAL)
        yield _line("answer, the server's work", worked, limit, WORK_GOAL)
        yield from _regrades(folder, limit, now=now)


def _regrades(folder: Path, limit: tuple[str, Stopwatch], *, now: datetime) -> Iterator[Line]:
    url = f"sqlite:///{folder / 'regrade.db'}"
    migrate.upgrade(url)
    database = open_database(url)
    _publish(database, folder / "regrade", now=now)
    yield from bench_regrade.lines(database, limit, now=now)
    database.close()


def _line(name: str, watch: Stopwatch, limit: tuple[str, Stopwatch], goal: float) -> Line:
    return Line(name, "ms", watch.value, f"{limit[0]} p99", limit[1].value, goal, watch.noisy or limit[1].noisy)


def _slowest(durations: list[float]) -> float:
    """Give the duration that 99 of 100 stay below."""
    return sorted(durations)[int(len(durations) * 0.99)]


# --- start, grade, submit ------------------------------------------------------------------------------------------


def _acts(database: Database, limit: tuple[str, Stopwatch], *, now: datetime) -> Iterator[Line]:
    """Let one person after the other start, answer everything and submit."""
    numbers, seats = iter(range(1_000, 2_000)), list[Seat]()

    def start() -> None:
        with database.write() as db:
            seats.append(_seat(db, next(numbers), now=now))

    yield _line(f"start {QUESTIONS} questions", repeated(milliseconds(start)), limit, ACT_GOAL)
    for seat in seats:
        with database.write() as db:
            _answer_all(db, db.get_one(Attempt, seat.attempt_id), now=now)

    def grade() -> None:
        with database.read() as db:
            attempts.regarded(db, db.get_one(Attempt, seats[-1].attempt_id))

    waiting = iter(seats)

    def submit() -> None:
        with database.write() as db:
            attempts.submit(db, db.get_one(Attempt, next(waiting).attempt_id), now=now)

    yield _line(f"grade {QUESTIONS} questions", repeated(milliseconds(grade)), limit, ACT_GOAL)
    yield _line(f"submit {QUESTIONS} questions", repeated(milliseconds(submit)), limit, ACT_GOAL)


def _answer_all(db: Session, attempt: Attempt, *, now: datetime) -> None:
    for slot in attempts.paper(db, attempt).slots:
        key = f"answer-{slot.number:04}"
        attempts.save_answer(db, attempt, slot.question.id, 1, sequence=slot.number, key=key, now=now)


# --- what is measured on -------------------------------------------------------------------------------------------


def _publish(database: Database, folder: Path, *, now: datetime) -> None:
    source = bench_authoring.course(folder / "course", bench_authoring.long_module(3), code=CODE, now=now)
    rest = "".join(_question(number) for number in range(1, QUESTIONS + 1))
    (source / "exam.md").write_text(f"---\ntitle: Final exam\npass: 80\n---\n\n{rest}", encoding="utf-8")
    reading = reader.read(OnDisk(source), today=now.date())
    with database.write() as db:
        files = Files(folder / "media")
        publication.publish(db, OnDisk(source), reading, by=audit.HOUSE, files=files, over=None, now=now)


def _question(number: int) -> str:
    return (
        f"## What comes next in situation {number}?\n\nObjective: {1 + number % 3}\n\n"
        f"- (x) Say what you see in {number}, and ask\n- ( ) Wait until somebody complains\n- ( ) Advise at once\n\n"
        f"Rationale: Situation {number} is one in which silence is heard as an answer.\n\n"
    )


def _seat(db: Session, number: int, *, now: datetime) -> Seat:
    """Let somebody sign in, read everything, and start."""
    person = people.find_or_add(db, f"learner-{number}@example.org", now=now)
    edition = editions.current(db, CODE)
    enrollment = enrollments.begin(db, person, edition, now=now)
    for module in edition.course.modules:
        progress.mark_done(db, enrollment.id, module, now=now)
    return Seat(attempts.start(db, enrollment, now=now).id, sign_in.begin(db, person, proof=Proof.CODE, now=now))


# --- answering -----------------------------------------------------------------------------------------------------


def _all_answer(port: int, seats: list[Seat]) -> list[float]:
    """Let everybody answer, each once a second; give how long each answer took to be saved."""
    with ThreadPoolExecutor(len(seats)) as threads:
        durations = threads.map(lambda seat: list(_answer(port, seat)), seats)
        return [one for hers in durations for one in hers]


def _watched(pid: int, worked: Stopwatch, answer_all: Callable[[], list[float]]) -> list[float]:
    """Note what one answer is of work for the server, however long it had to wait for a processor or a disk."""
    before = _worked(pid)
    durations = answer_all()
    worked.values.append((_worked(pid) - before) * 1000 / len(durations))
    return durations


def _worked(pid: int) -> float:
    """Give the seconds of a processor that a program has used; nothing where the system does not say."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, words[11:13])) / os.sysconf("SC_CLK_TCK")


def _answer(port: int, seat: Seat) -> Iterator[float]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=LONGEST_START)
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"continua={seat.token}",
    }
    chance = random.Random(seat.attempt_id)  # noqa: S311 - the same pauses in every run
    for turn in range(ANSWERS_EACH):
        time.sleep(chance.uniform(0, 2) if turn else chance.uniform(0, 1))
        begun = time.perf_counter()
        line.request("POST", f"/attempts/{seat.attempt_id}/answers", _form(chance), headers)
        answer = line.getresponse()
        said = answer.read()
        if answer.status != http.HTTPStatus.OK:
            raise AssertionError(answer.status, said)
        yield (time.perf_counter() - begun) * 1000
    line.close()


def _form(chance: random.Random) -> str:
    question = f"what-comes-next-in-situation-{chance.randint(1, QUESTIONS)}"
    sequence = time.monotonic_ns() // 1_000_000
    key = f"answer-{chance.getrandbits(60):x}-{sequence}"
    return urlencode({"question": question, f"q.{question}": chance.randint(1, 3), "sequence": sequence, "key": key})


def _commits(path: Path) -> list[float]:
    """Do what cannot be spared: write one small row and wait for the disk, again and again."""
    link = sqlite3.connect(path, isolation_level=None)
    link.execute("PRAGMA journal_mode = WAL")
    link.execute("PRAGMA synchronous = FULL")
    link.execute("CREATE TABLE IF NOT EXISTS answer (words TEXT)")
    commit: Callable[[], float] = milliseconds(lambda: link.execute("INSERT INTO answer VALUES ('an answer')"))
    durations = [commit() for _ in range(COMMITS)]
    link.close()
    return durations


@contextmanager
def _server(folder: Path, url: str) -> Iterator[tuple[int, int]]:
    """Serve, as an operator would, on a port of its own; give the port and the program's number."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    ours = {"DATA": folder, "DATABASE_URL": url, "HOST": "127.0.0.1", "PORT": port, "COURSES": folder / "none"}
    settings = (
        os.environ | {f"CONTINUA_{name}": str(value) for name, value in ours.items()} | {"CONTINUA_PUBLIC_URL": ""}
    )
    serving = subprocess.Popen(
        [sys.executable, "-m", "app", "serve"], env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        _wait_for(port)
        yield port, serving.pid
    finally:
        serving.terminate()
        serving.wait(LONGEST_START)


def _wait_for(port: int) -> None:
    give_up_at = time.monotonic() + LONGEST_START
    while time.monotonic() < give_up_at:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.05)
    raise AssertionError("the server did not open")
