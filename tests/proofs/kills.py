"""Killed while saving: an answer of which the server said “saved” is there, whenever the server dies.

Learners answer an exam over HTTP as fast as they are let. The server is killed at a moment drawn from a
seed, and started again: it must find what it had acknowledged, and nothing that nobody sent. What was
sent and never answered is sent again under its key, which must be safe.
"""

from __future__ import annotations

import http.client
import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import makers
from proofs import server
from sqlalchemy import text
from sqlmodel import Session, select

from app.assessment import attempts
from app.assessment.answer_events import AnswerEvent
from app.identity import people, sign_in
from app.identity.sign_in import Proof
from app.kit.clock import system_clock
from app.kit.database import open_database
from app.library.editions import Edition

LEARNERS = 4
PATIENCE = 20  # seconds that a learner waits for an answer
MOST_BETWEEN = 30  # answers that one server may acknowledge; counted and not timed, so that load changes nothing
LONGEST_PAUSE = 0.02  # seconds from the last of them to the kill: the next are at any stage of being saved then
GLANCE = 0.001  # seconds between two looks at how many there are

AS_SHIPPED, HASTY = "as shipped", "“saved” is said 50 ms before the commit"
PROGRAMS = {AS_SHIPPED: server.AS_SHIPPED, HASTY: ("-m", "proofs.hasty")}

Tell = Callable[[str], None]
Place = tuple[int, str]  # an attempt, and the key of an answer in it
Kept = dict[Place, tuple[str, int, str]]  # question, sequence, answer


class NotSaved(AssertionError):
    """The server was alive and did not save an answer."""


@dataclass(frozen=True, slots=True)
class Sending:
    """One answer on its way, the same however often it is sent."""

    key: str
    question: str
    pick: int
    sequence: int

    @property
    def form(self) -> str:
        """The form that the exam page sends."""
        sent = {"question": self.question, f"q.{self.question}": self.pick, "sequence": self.sequence, "key": self.key}
        return urlencode(sent)


@dataclass(slots=True)
class Learner:
    """Somebody who answers without a pause, and remembers what she sent and what was said to be saved."""

    attempt_id: int
    token: str
    chance: random.Random
    sent: dict[str, Sending] = field(default_factory=dict)
    acknowledged: set[str] = field(default_factory=set)
    unanswered: Sending | None = None
    sent_again: int = 0

    def answer_until_killed(self, port: int) -> None:
        """Send answer after answer, beginning with the one that was not acknowledged the last time."""
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        self.sent_again += self.unanswered is not None
        try:
            while True:
                self.unanswered = self.unanswered or self._choose()
                self._send(line, self.unanswered)
                self.acknowledged.add(self.unanswered.key)
                self.unanswered = None
        except TimeoutError:
            raise NotSaved(f"the server said nothing for {PATIENCE} seconds") from None
        except (OSError, http.client.HTTPException):
            return  # the server is dead
        finally:
            line.close()

    def _choose(self) -> Sending:
        count = len(self.sent) + 1
        question, pick = f"question-{self.chance.randint(1, 3)}", self.chance.randint(1, 4)
        chosen = Sending(key=f"answer-{count:08}", question=question, pick=pick, sequence=count)
        self.sent[chosen.key] = chosen
        return chosen

    def _send(self, line: http.client.HTTPConnection, chosen: Sending) -> None:
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/x-www-form-urlencoded",
            "Cookie": f"continua={self.token}",
        }
        line.request("POST", f"/attempts/{self.attempt_id}/answers", body=chosen.form, headers=headers)
        answer = line.getresponse()
        said = answer.read()
        if answer.status != http.HTTPStatus.OK or "saved" not in json.loads(said):
            raise NotSaved(answer.status, said)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a number of kills."""

    kills: int
    acknowledged: int
    sent_again: int  # answers that a kill had left unanswered
    lost: int  # acknowledged, and not there
    wrong: int  # there, and not what was sent
    sound: bool  # what the database says of itself in the end
    slowest_start: float  # seconds

    @property
    def failures(self) -> int:
        """How often the promise was broken."""
        return self.lost + self.wrong + (not self.sound)


def run(
    url: str,
    folder: Path,
    *,
    kills: int,
    seed: int,
    what: str = AS_SHIPPED,
    tell: Tell = lambda _line: None,
) -> Outcome:
    """Kill a server over and over while learners save their answers, and count what is lost."""
    chance = random.Random(seed)  # noqa: S311 - the same moments each time
    learners = seat(url, chance)
    starts, lost, wrong = [], set[Place](), set[Place]()
    for kill in range(kills + 1):
        with server.opened(folder, url, program=PROGRAMS[what]) as alive:
            starts.append(alive.seconds)
            kept = _kept(url)
            lost |= _lost(kept, learners)
            wrong |= _wrong(kept, learners)
            if kill < kills:
                _kill_while_they_answer(alive, learners, chance)
        if kill % 25 == 24:
            tell(f"{kill + 1} of {kills} kills, {_acknowledged(learners)} answers acknowledged, {len(lost)} lost")
    return Outcome(
        kills=kills,
        acknowledged=_acknowledged(learners),
        sent_again=sum(learner.sent_again for learner in learners),
        lost=len(lost),
        wrong=len(wrong),
        sound=_sound(url),
        slowest_start=round(max(starts), 2),
    )


def seat(url: str, chance: random.Random) -> list[Learner]:
    """Enroll the learners, let each begin the exam, and sign her in."""
    database = open_database(url)
    try:
        with database.write() as db:
            edition = makers.make_edition(db)
            return [_seat_one(db, edition, number, chance) for number in range(1, LEARNERS + 1)]
    finally:
        database.close()


def _seat_one(db: Session, edition: Edition, number: int, chance: random.Random) -> Learner:
    now = system_clock()  # the server goes by the real clock, and so must the age of her sign-in
    person = people.find_or_add(db, f"learner-{number}@example.org", now=now)
    enrollment = makers.make_enrollment(db, person, edition, now=now)
    makers.read_everything(db, enrollment, now=now)
    attempt = attempts.start(db, enrollment, now=now)
    her_chance = random.Random(chance.getrandbits(32))  # noqa: S311 - the same answers each time
    return Learner(attempt.id, sign_in.begin(db, person, proof=Proof.PASSKEY, now=now), her_chance)


def _kill_while_they_answer(alive: server.Open, learners: Sequence[Learner], chance: random.Random) -> None:
    enough = _acknowledged(learners) + chance.randint(0, MOST_BETWEEN)
    with ThreadPoolExecutor(len(learners)) as threads:
        answering = [threads.submit(learner.answer_until_killed, alive.port) for learner in learners]
        while _acknowledged(learners) < enough and not any(one.done() for one in answering):
            time.sleep(GLANCE)
        time.sleep(chance.uniform(0, LONGEST_PAUSE))
        died_before = any(one.done() for one in answering)
        alive.kill()
    for learner in answering:
        learner.result()  # raises what went wrong in her thread
    assert not died_before, "the server went away before it was killed"


def _acknowledged(learners: Sequence[Learner]) -> int:
    return sum(len(learner.acknowledged) for learner in learners)


def _lost(kept: Kept, learners: Sequence[Learner]) -> set[Place]:
    return {(her.attempt_id, key) for her in learners for key in her.acknowledged} - kept.keys()


def _wrong(kept: Kept, learners: Sequence[Learner]) -> set[Place]:
    sent = {
        (her.attempt_id, one.key): (one.question, one.sequence, str(one.pick))
        for her in learners
        for one in her.sent.values()
    }
    return {place for place, event in kept.items() if sent.get(place) != event}


def _kept(url: str) -> Kept:
    with _looking(url) as db:
        events = db.exec(select(AnswerEvent)).all()
        return {(one.attempt_id, one.key): (one.question_id, one.sequence, one.answer) for one in events}


def _sound(url: str) -> bool:
    if not url.startswith("sqlite"):
        return True  # its files are PostgreSQL's own, and nobody killed PostgreSQL
    with _looking(url) as db:
        return bool(db.execute(text("PRAGMA integrity_check")).scalar_one() == "ok")


@contextmanager
def _looking(url: str) -> Iterator[Session]:
    database = open_database(url)
    try:
        with database.read() as db:
            yield db
    finally:
        database.close()
