"""`continua demo`: an empty house filled with people at different points of real courses."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Annotated

import typer
from sqlalchemy import func
from sqlmodel import Session, select

from app import audit
from app.assessment import attempts
from app.assessment.attempts import Attempt
from app.assessment.grading import Answer
from app.awards import certificates, completion, issuing
from app.awards.certificates import Certificate
from app.awards.issuer import Issuer
from app.cli import office
from app.content.course import Kind, Question
from app.identity import licenses, links, people
from app.identity.people import Person, Role
from app.kit.clock import system_clock
from app.kit.errors import Conflict, NotFound
from app.kit.files import Files
from app.learning import enrollments, evaluations, progress, publishing
from app.learning.enrollments import Enrollment
from app.library import editions, folders
from app.library.editions import Edition
from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the cast, and what she has done."""

    name: str
    email: str
    role: Role
    story: str  # what the table says of her
    license: tuple[str, str, str] | None = None


CAST = (
    Member("Ana Morales", "ana@example.org", Role.LEARNER, "finished, certificate issued", ("NY", "LCSW", "081234-1")),
    Member("Ben Okafor", "ben@example.org", Role.LEARNER, "has read the first module"),
    Member("Chidi Lindqvist", "chidi@example.org", Role.LEARNER, "in the middle of the exam"),
    Member("Dolores Whitehorse", "dolores@example.org", Role.LEARNER, "did not pass the first attempt"),
    Member("Eun-ji Park", "eun-ji@example.org", Role.LEARNER, "passed, evaluation still to do"),
    Member("Fatima al-Sayed", "fatima@example.org", Role.LEARNER, "certificate revoked", ("NJ", "LSW", "44SL05001200")),
    Member("Ines Duarte", "ines@example.org", Role.INSTRUCTOR, "instructor"),
    Member("Olu Adeyemi", "olu@example.org", Role.OFFICER, "licensing staff"),
    Member("Ada Brennan", "ada@example.org", Role.ADMIN, "administrator"),
)
ZONE = "America/New_York"


class NotEmpty(Conflict):
    """The database has people in it."""

    message = "The demo fills an empty database only, and this one has people in it. Set CONTINUA_DATA to a new folder."


class NoCourses(NotFound):
    """There is nothing to take."""

    message = "There is no sound course in CONTINUA_COURSES, so nobody could take one. Run: ./run check courses/*"


@dataclass(frozen=True, slots=True)
class Guest:
    """A line of what the command prints: who, and the link that signs her in once."""

    name: str
    email: str
    role: str
    sign_in_url: str


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate that the demo issued."""

    number: str
    status: str
    course: str
    holder: str


def demo(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:  # noqa: FBT002 - typer's way
    """Fill an empty database with people at different points of real courses, and print a sign-in link for each."""
    settings = Settings()
    with office.act() as desk:
        if desk.db.exec(select(func.count()).select_from(Person)).one():
            raise NotEmpty
        guests, issued = _fill(desk.db, settings, now=desk.now)
    if as_json:
        told = {"people": [asdict(one) for one in guests], "certificates": [asdict(one) for one in issued]}
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _tell(guests, issued)


def _fill(db: Session, settings: Settings, *, now: datetime) -> tuple[list[Guest], list[Issued]]:
    edition = _publish(db, settings, now=now)
    issuer = issuing.of(settings)
    stories: dict[str, Callable[[Person], Certificate | None]] = {
        "ana@example.org": lambda who: _finish(db, who, edition, issuer, now=now - timedelta(days=3)),
        "ben@example.org": lambda who: _read(db, who, edition, modules=1, now=now - timedelta(days=1)),
        "chidi@example.org": lambda who: _sit(db, who, edition, now=now - timedelta(hours=2)),
        "dolores@example.org": lambda who: _fail(db, who, edition, now=now - timedelta(days=2)),
        "eun-ji@example.org": lambda who: _pass(db, who, edition, now=now - timedelta(hours=5)),
        "fatima@example.org": lambda who: _revoked(db, who, edition, issuer, now=now - timedelta(days=40)),
    }
    guests, issued = [], []
    for member in CAST:
        person = people.find_or_add(db, member.email, now=now - timedelta(days=60))
        people.give_role(db, person, member.role, by=audit.OPERATOR, now=now)
        _confirm(db, person, member, renews_on=(now + timedelta(days=9)).date(), now=now - timedelta(days=60))
        story = stories.get(member.email)
        certificate = story(person) if story else None
        if certificate is not None:
            issued.append(_line(certificate, member.name))
        url = f"{settings.address}/sign-in/link/{links.make(db, person, now=now)}"
        guests.append(Guest(member.name, member.email, str(member.role), url))
    return guests, issued


def _publish(db: Session, settings: Settings, *, now: datetime) -> Edition:
    for folder in folders.folders(settings.courses):
        publishing.publish_new(db, folder, files=Files(settings.data / "media"), today=now.date(), now=now)
    offered = [one for one in editions.on_offer(db) if one.course.exam]
    if not offered:
        raise NoCourses
    return offered[0]


def _confirm(db: Session, person: Person, member: Member, *, renews_on: date, now: datetime) -> None:
    people.attest_legal_name(db, person, member.name, now=now)
    people.choose_time_zone(db, person, ZONE)
    if member.license:
        license_ = licenses.confirm(db, person, member.license, now=now)
        licenses.renew_on(db, license_, renews_on, now=now)
    db.flush()


def _read(db: Session, person: Person, edition: Edition, *, modules: int | None = None, now: datetime) -> None:
    enrollment = enrollments.begin(db, person, edition, now=now)
    for module in edition.course.modules[:modules]:
        progress.mark_done(db, enrollment.id, module, now=now)


def _sit(db: Session, person: Person, edition: Edition, *, now: datetime) -> None:
    _read(db, person, edition, now=now)
    attempt = _attempt(db, person, edition, now=now)
    asked = attempts.paper(db, attempt).questions
    _answer(db, attempt, asked[: len(asked) // 2], right=True, now=now)


def _fail(db: Session, person: Person, edition: Edition, *, now: datetime) -> None:
    _read(db, person, edition, now=now)
    attempt = _attempt(db, person, edition, now=now)
    asked = attempts.paper(db, attempt).questions
    _answer(db, attempt, asked[::2], right=True, now=now)
    _answer(db, attempt, asked[1::2], right=False, now=now)
    attempts.submit(db, attempt, now=now + timedelta(minutes=12))


def _pass(db: Session, person: Person, edition: Edition, *, now: datetime) -> None:
    _read(db, person, edition, now=now)
    attempt = _attempt(db, person, edition, now=now)
    _answer(db, attempt, attempts.paper(db, attempt).questions, right=True, now=now)
    attempts.submit(db, attempt, now=now + timedelta(minutes=15))


def _finish(db: Session, person: Person, edition: Edition, issuer: Issuer, *, now: datetime) -> Certificate:
    _pass(db, person, edition, now=now)
    enrollment = _open(db, person, edition)
    liked = {item.name: "5" for item in evaluations.items(edition.course) if item.is_scale}
    evaluations.submit(db, enrollment, liked, now=now + timedelta(minutes=20))
    db.flush()
    certificate = completion.settle(db, enrollment, person, issuer=issuer, now=now + timedelta(minutes=20))
    if certificate is None:  # pragma: no cover - everything that can be missing was done above
        raise NoCourses
    return certificate


def _revoked(db: Session, person: Person, edition: Edition, issuer: Issuer, *, now: datetime) -> Certificate:
    certificate = _finish(db, person, edition, issuer, now=now)
    reason = "Issued to the wrong person: the account was shared."
    return certificates.revoke(
        db, certificate, why="error", reason=reason, issuer=issuer, by=audit.OPERATOR, now=now + timedelta(days=10)
    )


def _open(db: Session, person: Person, edition: Edition) -> Enrollment:
    return enrollments.begin(db, person, edition, now=system_clock())


def _attempt(db: Session, person: Person, edition: Edition, *, now: datetime) -> Attempt:
    return attempts.start(db, _open(db, person, edition), now=now)


def _answer(db: Session, attempt: Attempt, asked: tuple[Question, ...], *, right: bool, now: datetime) -> None:
    for place, question in enumerate(asked):
        answer = _key(question) if right else _slip(question)
        sequence, key = int(now.timestamp() * 1000) + place, f"demo-{attempt.id}-{question.id}"[:64]
        attempts.save_answer(db, attempt, question.id, answer, sequence=sequence, key=key, now=now)


def _key(question: Question) -> Answer:  # noqa: PLR0911 - one answer for each kind of question
    rights = [number for number, option in enumerate(question.options, 1) if option.right]
    if question.kind in {Kind.CHOOSE_ONE, Kind.TRUE_FALSE}:
        return rights[0]
    if question.kind == Kind.CHOOSE_ALL:
        return rights
    if question.kind == Kind.MATCHING:
        return {str(number): number for number, pair in enumerate(question.pairs, 1) if pair.term}
    if question.kind == Kind.ORDERING:
        return list(range(1, len(question.items) + 1))
    if question.kind == Kind.GAPS:
        return [gap[0] for gap in question.gaps]
    if question.kind == Kind.NUMBER:
        return str(question.number)
    return question.accepted[0] if question.accepted else "I would ask for supervision first."


def _slip(question: Question) -> Answer:
    wrong = [number for number, option in enumerate(question.options, 1) if not option.right]
    if question.kind == Kind.CHOOSE_ALL:
        return wrong[:1]
    return wrong[0] if wrong else None


def _line(certificate: Certificate, holder: str) -> Issued:
    status = "revoked" if certificate.revoked_at else "valid"
    return Issued(certificate.number, status, certificate.facts.course_code, holder)


def _tell(guests: list[Guest], issued: list[Issued]) -> None:
    stories = {member.email: member.story for member in CAST}
    for guest in guests:
        typer.echo(f"{guest.name} ({guest.role}: {stories[guest.email]})\n  {guest.sign_in_url}")
    for one in issued:
        typer.echo(f"{one.number}  {one.status}  {one.course}  {one.holder}")
    typer.echo("Each link signs in once, within a day. Start the site with ./run")
