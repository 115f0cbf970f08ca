"""Rosters that were sent: kept as they were read, shown as a plan, taken in once as a whole, and forgotten in time.

What is sent writes nothing but itself. Taking it in is one transaction, and only of the plan that somebody has seen.
The rows name people, so they are emptied after a while; the line in the trail stays.
"""

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, delete, update
from sqlmodel import Field, Session, SQLModel, col, select

from app import audit
from app.audit import Actor
from app.identity import licenses, people
from app.identity.people import Person
from app.kit import mail
from app.kit.database import RowId, UtcDateTime
from app.kit.errors import Conflict, Gone, NotFound
from app.learning import enrollments
from app.learning.rosters import files, lines, plans
from app.learning.rosters.lines import Line, Remark, Roster
from app.learning.rosters.plans import Deed, Plan
from app.library import editions

WAITS = timedelta(days=7)  # one that nobody took in
KEPT = timedelta(days=90)  # what came of one that was


class SentRoster(SQLModel, table=True):
    """One roster. `told` is what stood in it, and once it was taken in, what came of each row."""

    __tablename__ = "roster"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    file_name: str
    sha256: str
    sent_by: str
    sent_at: datetime = Field(sa_type=UtcDateTime)
    told: str | None = Field(sa_type=Text)  # JSON; None once it is forgotten
    done_by: str | None = None
    done_at: datetime | None = Field(default=None, index=True, sa_type=UtcDateTime)
    counts: str = "{}"  # JSON: how much of each kind was added

    @property
    def counted(self) -> dict[str, int]:
        """How much of each kind was added."""
        read: dict[str, int] = json.loads(self.counts)
        return read


class NoSuchRoster(NotFound):
    """There is no such roster, or one that nobody took in was forgotten."""

    title = "We could not find that roster"
    message = "There is no such roster. One that is not taken in is forgotten after 7 days: send the file again."


class RosterForgotten(Gone):
    """Its rows are not kept any more."""

    message = "The rows of this roster are not kept any more. The audit trail still says who took it in, and when."


class RosterDone(Conflict):
    """It was taken in before."""

    message = "This roster was taken in already. Its page shows what came of each row."


class RosterMoved(Conflict):
    """Something changed since its plan was shown."""

    message = (
        "Something changed since you looked: an account, a course or a name. Look at the roster again, then go on."
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one row, for whoever reads it later."""

    row: int
    email: str
    name: str
    what: str
    remarks: str


def send(db: Session, content: bytes, *, name: str, by: Actor, now: datetime) -> SentRoster:
    """Read a roster and keep it; nothing else is written. Raises what `files.read` and `lines.read` raise."""
    roster = lines.read(files.read(content))
    if not roster.lines:
        raise files.EmptyRoster
    sent = SentRoster(
        file_name=" ".join(name.split())[:120] or "roster",
        sha256=hashlib.sha256(content).hexdigest(),
        sent_by=by.label,
        sent_at=now,
        told=json.dumps(asdict(roster), ensure_ascii=False),
    )
    db.add(sent)
    db.flush()
    return sent


def of(db: Session, roster_id: int) -> SentRoster:
    """Give a roster, or raise `NoSuchRoster`."""
    if sent := db.get(SentRoster, roster_id):
        return sent
    raise NoSuchRoster


def all_of(db: Session) -> list[SentRoster]:
    """Give every roster that is remembered, newest first."""
    return list(db.exec(select(SentRoster).order_by(col(SentRoster.id).desc()).limit(200)))


def plan(db: Session, sent: SentRoster) -> Plan:
    """Say what taking it in would do now."""
    if sent.done_at is not None:
        raise RosterDone
    return plans.plan(db, _roster(sent))


def outcomes(sent: SentRoster) -> list[Outcome]:
    """Say what came of each row of one that was taken in."""
    if sent.told is None:
        raise RosterForgotten
    return [Outcome(**one) for one in json.loads(sent.told)]


@dataclass(frozen=True, slots=True)
class Welcome:
    """What a letter to everybody who is new somewhere says: who writes, and where to sign in."""

    provider: str
    address: str


def take_in(
    db: Session, sent: SentRoster, *, digest: str, welcome: Welcome | None, by: Actor, now: datetime
) -> SentRoster:  # fmt: skip
    """Do what was agreed to, whole or not at all; with `welcome`, whoever is new or enrolled gets a letter."""
    held = select(SentRoster).where(col(SentRoster.id) == sent.id).with_for_update()
    sent = db.exec(held.execution_options(populate_existing=True)).one()
    agreed = plan(db, sent)
    if agreed.digest != digest:
        raise RosterMoved
    offered = {edition.course_code: edition.title for edition in editions.on_offer(db)}
    for deed in agreed.deeds:
        if deed.changes:
            person = _do(db, deed, by=by, now=now)
            if welcome and (deed.adds_person or deed.enrolls_in):
                _write_to(db, person, [offered[code] for code in deed.enrolls_in], welcome, now=now)
    sent.done_by, sent.done_at, sent.counts = by.label, now, json.dumps(agreed.counts)
    sent.told = json.dumps([asdict(_outcome(deed)) for deed in agreed.deeds], ensure_ascii=False)
    db.add(sent)
    detail = {"file": sent.file_name, "sha256": sent.sha256, "rows": len(agreed.deeds), **agreed.counts}
    audit.record(db, actor=by, act="roster.taken-in", subject=f"roster {sent.id}", now=now, detail=detail)
    return sent


def discard(db: Session, sent: SentRoster) -> None:
    """Forget one that was not taken in."""
    if sent.done_at is not None:
        raise RosterDone
    db.delete(sent)


def purge(db: Session, *, now: datetime) -> None:
    """Forget what nobody took in, and the rows of what was taken in long ago."""
    waits = delete(SentRoster).where(col(SentRoster.done_at).is_(None), col(SentRoster.sent_at) < now - WAITS)
    db.execute(waits)
    db.execute(update(SentRoster).where(col(SentRoster.done_at) < now - KEPT).values(told=None))


def _roster(sent: SentRoster) -> Roster:
    told = json.loads(sent.told or '{"lines": [], "remarks": []}')
    return Roster(tuple(map(_line, told["lines"])), tuple(told["remarks"]))


def _line(told: dict[str, Any]) -> Line:
    remarks = {name: tuple(Remark(**one) for one in told[name]) for name in ("errors", "warnings")}
    held = tuple(told["license"]) if told["license"] else None
    return Line(**{**told, **remarks, "license": held, "courses": tuple(told["courses"])})


def _do(db: Session, deed: Deed, *, by: Actor, now: datetime) -> Person:
    line = deed.line
    person = people.find_or_add(db, line.email, now=now)
    if deed.sets_name:
        people.enter_legal_name(db, person, line.name)
    if deed.adds_license and line.license:
        licenses.enter(db, person, line.license, by=by, now=now)
    for code in deed.enrolls_in:
        enrollments.begin(db, person, editions.to_begin(db, code), now=now)
    return person


def _write_to(db: Session, person: Person, courses: list[str], welcome: Welcome, *, now: datetime) -> None:
    letter = mail.letter("enrolled", provider=welcome.provider, address=welcome.address, courses=courses)
    mail.queue(db, to=person.email, message=letter, now=now)


def _outcome(deed: Deed) -> Outcome:
    remarks = [f"{one.column}: {one.words}" for one in (*deed.line.errors, *deed.line.warnings)]
    return Outcome(deed.line.row, deed.line.email, deed.line.name, "; ".join(deed.words()), " ".join(remarks))
