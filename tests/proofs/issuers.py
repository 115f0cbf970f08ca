"""Ten issuers at once, killed: an act that was acknowledged stands in the register, which has neither a gap nor a fork.

Processes issue certificates as fast as they can, and correct and revoke some of them. One after another is killed at a
moment drawn from a seed, and another one takes its place. What each was told to be done, it says on a pipe: that is
what must be there in the end, in a register that its keys signed from the first entry to the last.

Run as a program, it is the parent of the issuers, which loads the application once and forks them:

    python -m proofs.issuers URL FOLDER KILLS SEED WHAT
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cast import NOON
from makers import make_edition, make_enrollment
from registers import leaf_as_defined, root_as_defined, root_in
from sqlalchemy import text
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from app import audit
from app.awards import auditing, certificates, completion, losses, replacements
from app.awards.certificates import Certificate
from app.awards.issuer import Issuer
from app.awards.register import log
from app.awards.register.log import Entry
from app.awards.register.witness import Memory
from app.awards.replacements import Changes
from app.identity import people
from app.kit.database import Database, open_database
from app.kit.errors import Refusal
from app.kit.signing import KeptInFolder
from app.kit.templates import ROOT
from app.library.editions import Edition

ISSUERS = 10
MOST_BETWEEN = 4  # acts from one kill to the next; counted and not timed, so that load changes nothing
LONGEST_PAUSE = 0.03  # seconds from the last of them to the kill: the next act is at any stage of being done then
WARM_UP = 12
AT_A_TIME = (1, 1, 1, 4, ISSUERS)  # how many are killed at once
PATIENCE = 60.0  # seconds without any act, after which something is wrong
LATE_BY = 0.05  # seconds, in the control that acknowledges too early

AS_SHIPPED = "as shipped"
EARLY = "an act is acknowledged 50 ms before it is committed"
UNORDERED = "nobody waits for a place in the register, and no constraint says that a place is taken"
SAID = {"issue": "issue", "revoke": "revoke", "correct": "supersede"}  # what was done -> what the register says of it

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was there in the end, and what should have been."""

    kills: int
    acknowledged: int
    unacknowledged: int  # done, and killed before anybody was told: safe to try again
    missing: int  # acknowledged, and not there
    gaps: int  # places that nobody has, or several have
    forks: int  # checkpoints that are not over the entries below them
    findings: int  # of the audit, every signature included
    errors: int  # issuers that ended by themselves
    is_continued: bool  # what is remembered outside is where the database is, or one that it continues

    @property
    def failures(self) -> int:
        """How often the promise was broken."""
        return self.missing + self.gaps + self.forks + self.findings + self.errors + (not self.is_continued)


def run(url: str, folder: Path, *, kills: int, seed: int, what: str = AS_SHIPPED) -> Outcome:
    """Let ten issue on an empty, migrated database, kill one after another, and look what is there in the end."""
    told = _in_a_process(url, folder, kills, seed, what)
    issuer, database = _issuer(folder), open_database(url)
    try:
        with database.read() as db:
            return _judged(db, issuer, told, kills)
    finally:
        database.close()


def unconstrained(url: str) -> None:
    """Take away what says that a place in the register is taken."""
    database = open_database(url)
    with database.writing.begin() as connection:
        for table in ("entry", "node", "checkpoint"):
            connection.execute(text(f"ALTER TABLE register_{table} DROP CONSTRAINT pk_register_{table}"))
    database.close()


def _in_a_process(url: str, folder: Path, kills: int, seed: int, what: str) -> dict[str, Any]:
    words = [sys.executable, "-m", "proofs.issuers", url, str(folder), str(kills), str(seed), what]
    paths = {"PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "tests")))}
    done = subprocess.run(words, cwd=folder, env=os.environ | paths, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _judged(db: Session, issuer: Issuer, told: dict[str, Any], kills: int) -> Outcome:
    entries = db.exec(select_rows(Entry).order_by(col(Entry.seq))).all()
    kept = {(one.kind, one.subject) for one in entries}
    numbers = set(db.exec(select_rows(Certificate.number)).all())
    done = [(SAID[act], number) for act, number in told["acknowledged"]]
    missing = [one for one in done if one not in kept or one[1] not in numbers]
    places = [one.seq for one in entries]
    acts = [one for one in kept if one[0] in SAID.values()]
    return Outcome(
        kills=kills,
        acknowledged=len(done),
        unacknowledged=len(acts) - len(set(done) & kept),
        missing=len(missing),
        gaps=len(set(range(len(places))) ^ set(places)) + len(places) - len(set(places)),
        forks=_forks(db, entries),
        findings=_findings(db, issuer),
        errors=len(told["errors"]),
        is_continued=_continues(db, issuer),
    )


def _forks(db: Session, entries: Any) -> int:
    leaves = [leaf_as_defined(one.statement) for one in entries]
    notes = db.execute(text("SELECT size, note FROM register_checkpoint ORDER BY size")).all()
    wrong = sum(root_in(note) != root_as_defined(leaves[:size]) for size, note in notes)
    return wrong + abs(len(notes) - len(leaves))


def _findings(db: Session, issuer: Issuer) -> int:
    try:
        return len(list(auditing.audit(db, issuer, signatures=True)))
    except Exception:  # noqa: BLE001 - in a control there may be rows that no audit expects, two of one place
        return 1


def _continues(db: Session, issuer: Issuer) -> bool:
    try:
        losses.assert_continues(db, issuer)
    except (Refusal, LookupError):
        return False
    return True


def _issuer(folder: Path) -> Issuer:
    memory = Memory(folder / "register" / "checkpoint")
    return Issuer("https://ce.example.org", demonstration=False, signer=KeptInFolder(folder / "keys"), remembers=memory)


# --- one issuer --------------------------------------------------------------------------------------------------


def issue_until_killed(database: Database, folder: Path, pipe: int, *, seed: int, what: str) -> None:
    """Act after act, each said on the pipe once it is done."""
    issuer, chance = _issuer(folder), random.Random(seed)  # noqa: S311 - the same acts
    mine: list[str] = []
    while True:
        for act, number in _act(database, issuer, mine, chance, early=what == EARLY, pipe=pipe):
            _say(pipe, act, number)


def _act(
    database: Database, issuer: Issuer, mine: list[str], chance: random.Random, *, early: bool, pipe: int
) -> Iterator[tuple[str, str]]:
    done: list[tuple[str, str]] = []
    with database.write() as db:
        if mine and chance.random() < 0.2:
            number = mine.pop()
            certificates.revoke(
                db, certificates.by_number(db, number), reason="x", issuer=issuer, by=audit.OPERATOR, now=NOON
            )
            done.append(("revoke", number))
        elif mine and chance.random() < 0.25:
            old, hours = mine.pop(), Changes(credit_hours={"ethics": str(chance.randint(1, 50))})
            new = replacements.correct(
                db, certificates.by_number(db, old), hours, reason="x", issuer=issuer, by=audit.OPERATOR, now=NOON
            )
            mine.append(new.number)
            done += [("correct", old), ("issue", new.number)]
        else:
            mine.append(_certify(db, issuer, chance))
            done.append(("issue", mine[-1]))
        if early:
            for act, number in done:
                _say(pipe, act, number)
            time.sleep(LATE_BY)
            done = []
    yield from done


def _certify(db: Session, issuer: Issuer, chance: random.Random) -> str:
    person = people.find_or_add(db, f"learner-{os.getpid()}-{chance.getrandbits(60)}@example.org", now=NOON)
    edition = db.exec(select_rows(Edition)).one()
    enrollment = make_enrollment(db, person, edition, finished=True)
    certificate = completion.settle(db, enrollment, person, issuer=issuer, now=NOON)
    assert certificate is not None
    return certificate.number


def _say(pipe: int, act: str, number: str) -> None:
    os.write(pipe, f"{act} {number}\n".encode())  # less than a pipe takes at once, so never half of it


# --- their parent ------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Child:
    """One issuer, and what it has said so far."""

    process: int
    pipe: int
    said: bytes = b""


@dataclass(slots=True)
class Parent:
    """Keeps ten issuers alive, and kills them."""

    database: Database  # none of whose connections is open
    folder: Path
    what: str
    chance: random.Random
    children: list[Child] = field(default_factory=list)
    acknowledged: list[tuple[str, str]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def kill(self, kills: int) -> None:
        """Kill as often as that, then all of them."""
        for _ in range(ISSUERS):
            self.fork()
        for kill in range(kills):
            self._wait_for(self.chance.randint(0 if kill else 1, MOST_BETWEEN))
            self.listen(self.chance.uniform(0, LONGEST_PAUSE))
            # Whoever acknowledged last must be among them, or too early is early enough.
            count = ISSUERS if self.what == EARLY else self.chance.choice(AT_A_TIME)
            chosen = self.chance.sample(self.children, count)
            for child in chosen:
                os.kill(child.process, signal.SIGKILL)
            for child in chosen:
                self.end(child)
                self.fork()
        for child in list(self.children):
            self.end(child)

    def fork(self) -> None:
        """Let one more issuer begin."""
        reads, writes = os.pipe()
        seed = self.chance.getrandbits(32)
        process = os.fork()
        if process == 0:
            os.close(reads)
            self._be_an_issuer(writes, seed)
        os.close(writes)
        self.children.append(Child(process, reads))

    def end(self, child: Child) -> None:
        """Kill one as a machine without memory would, and hear what it had said before."""
        os.kill(child.process, signal.SIGKILL)
        _, status = os.waitpid(child.process, 0)
        while said := os.read(child.pipe, 65_536):
            child.said += said
        os.close(child.pipe)
        self.children.remove(child)
        for line in child.said.decode().splitlines():
            act, number = line.split(" ", 1)
            if act == "error":
                self.errors.append(number)
            else:
                self.acknowledged.append((act, number))
        if os.WIFEXITED(status) and not child.said.endswith(b"\n"):
            self.errors.append("ended without a word")

    def listen(self, seconds: float) -> None:
        """Take what they say off the pipes, so that nobody waits for us."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            ready, _, _ = select.select([child.pipe for child in self.children], [], [], left)
            for child in self.children:
                if child.pipe in ready:
                    said = os.read(child.pipe, 65_536)
                    child.said += said
                    if not said:
                        time.sleep(0.001)  # one that ended by itself; it is heard when its turn to be killed comes

    def _wait_for(self, acts: int) -> None:
        enough, give_up_at = self._said() + acts, time.monotonic() + PATIENCE
        while self._said() < enough:
            self.listen(0.01)
            if time.monotonic() > give_up_at:
                self.errors.append(f"nobody did anything for {PATIENCE} seconds")
                return

    def _said(self) -> int:
        return len(self.acknowledged) + sum(child.said.count(b"\n") for child in self.children)

    def _be_an_issuer(self, pipe: int, seed: int) -> None:
        try:
            issue_until_killed(self.database, self.folder, pipe, seed=seed, what=self.what)
        except BaseException as error:  # noqa: BLE001 - whatever ends it is what the proof looks for
            last = traceback.extract_tb(error.__traceback__)[-1]
            os.write(pipe, f"error {type(error).__name__} {last.name}\n".encode())
        finally:
            os._exit(0)


def _unordered() -> None:
    """Let nobody wait for a place in the register, and nobody look whether it is as it was left."""
    log.hold = log.size
    log._assert_as_left = lambda *_asked: None  # type: ignore[assignment]


def _main(url: str, folder: str, kills: str, seed: str, what: str) -> None:
    chance, database = random.Random(int(seed)), open_database(url)  # noqa: S311 - the same moments each time
    with database.write() as db:
        make_edition(db)
    mine, issuer, done = list[str](), _issuer(Path(folder)), list[tuple[str, str]]()
    for _ in range(WARM_UP):  # what is put together once, every child has from its birth
        done += _act(database, issuer, mine, chance, early=False, pipe=-1)
    database.close()  # what a parent has open, its children must not share
    if what == UNORDERED:
        _unordered()
    parent = Parent(database, Path(folder), what, chance, acknowledged=done)
    parent.kill(int(kills))
    sys.stdout.write(json.dumps({"acknowledged": parent.acknowledged, "errors": parent.errors}))


if __name__ == "__main__":
    _main(*sys.argv[1:])
