"""The evidence pack: everything an approving body asks to see of one course, in one zip, at one click.

It holds one PDF with every section, a sample certificate, each section as a text of its own, and the exact source.
It is a function of the text, of the records and of the day: made twice on one day, it is the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from sqlmodel import Session

from app.awards import samples
from app.awards.document import wording
from app.awards.document.dossier import Dossier
from app.awards.drawing import FontsMissing, NotDrawn
from app.awards.facts import Facts
from app.awards.pdfs import Draws
from app.content import folder, reader
from app.content.course import Course
from app.content.folder import Held, Shelf
from app.content.worked_sum import Measured
from app.kit.errors import Unavailable
from app.kit.files import Files
from app.library import approvals, editions, provider, reviews
from app.library.editions import SHORT, Edition
from app.library.provider import Provider
from app.library.reviews import Review
from app.records import checklist, evidence_sections, pieces, zipped
from app.records.checklist import Point
from app.records.evidence_sections import SAMPLE_FILE, Signed, Subject
from app.records.zipped import Entry

TIMEOUT_SECONDS = 30.0
DRAFT = "Draft: not published, and not to be sent as the course that learners take"
EVIDENCE_FILE = "evidence.pdf"

Rows = tuple[tuple[str, str], ...]


class PackNotDrawn(Unavailable):
    """Its PDF could not be drawn."""

    title = "The evidence pack is not ready"
    message = (
        "The PDF of this pack could not be drawn just now. Nothing is wrong with the course. Try again in a minute."
    )


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that is ready to be sent: nothing is left that could fail but the reading of files."""

    name: str
    entries: tuple[Entry, ...]

    def stream(self) -> Iterator[bytes]:
        """Give the zip, piece by piece."""
        return zipped.streamed(self.entries)


def of_edition(
    db: Session, edition: Edition, files: Files, *, disclosed: Rows, measured: Measured | None, now: datetime
) -> tuple[Subject, Held]:
    """Gather what is said of an edition, and its source; `disclosed` are the rows of its public page."""
    shelf, signed = editions.source(edition, files), reviews.of_text(db, edition.content_hash)
    told = _subject(db, edition.course, shelf, edition.content_hash, signed=signed, disclosed=disclosed, now=now)
    review = editions.review_state(edition, signed)
    return replace(told, published_at=edition.published_at, review=review, measured=measured), shelf


def of_draft(db: Session, course: Course, shelf: Shelf, *, disclosed: Rows, now: datetime) -> Subject:
    """Gather what is said of a text that is not published."""
    content_hash = reader.content_hash(shelf)
    signed = reviews.of_text(db, content_hash)
    return _subject(db, course, shelf, content_hash, signed=signed, disclosed=disclosed, now=now)


def _subject(
    db: Session,
    course: Course,
    shelf: Shelf,
    content_hash: str,
    *,
    signed: Sequence[Review],
    disclosed: Rows,
    now: datetime,
) -> Subject:
    offered_by = provider.current(db)
    return Subject(
        course=course,
        content_hash=content_hash,
        published_at=None,
        signatures=tuple(_signed(one) for one in signed),
        review="Signed, not published yet" if signed else "No review on record",
        files={name: shelf.digest(name) for name in folder.look_into(shelf).names},
        disclosed=disclosed,
        policies=_policies(offered_by),
        approvals=_approvals(db, course, offered_by, on=now.date()),
        provider=_contact(offered_by),
        measured=None,
        on=now.date(),
    )


def _signed(review: Review) -> Signed:
    return Signed(review.name, review.license, review.signed_at.date(), review.note)


def _policies(offered_by: Provider) -> Rows:
    return (
        ("Refunds and cancellation", offered_by.refund_policy),
        ("Grievances", offered_by.grievance_policy),
        ("Accommodations", offered_by.accommodations_policy),
        ("Privacy", offered_by.privacy_policy),
    )


def _contact(offered_by: Provider) -> Rows:
    rows = (
        ("Provider", offered_by.name),
        ("Address", offered_by.address),
        ("Phone", offered_by.phone),
        ("E-mail", offered_by.email),
        ("Signs certificates", ", ".join(filter(None, (offered_by.signer_name, offered_by.signer_title)))),
    )
    return tuple((label, words) for label, words in rows if words)


def _approvals(db: Session, course: Course, offered_by: Provider, *, on: date) -> tuple[str, ...]:
    return approvals.statements(
        db,
        provider=offered_by.name,
        course_code=course.code,
        delivery=str(course.format),
        hours={str(kind): amount for kind, amount in course.credit.claimed.items()},
        on=on,
    )


def points(subject: Subject) -> tuple[Point, ...]:
    """Hold the course against what approving bodies ask for."""
    return checklist.of(
        subject.course, policies=dict(subject.policies), signed=bool(subject.signatures), today=subject.on
    )


def sample(db: Session, subject: Subject, *, address: str) -> Facts:
    """Give the facts of the sample certificate, as of noon of the pack's day."""
    noon = datetime.combine(subject.on, time(12), tzinfo=UTC)
    facts = samples.of(
        subject.course, provider.current(db), edition=subject.content_hash, address=address, now=noon
    )  # fmt: skip
    return replace(facts, approval_statements=subject.approvals)


def dossier(subject: Subject) -> Dossier:
    """Put the pack's document into words."""
    course, short = subject.course, subject.content_hash[:SHORT]
    return Dossier(
        title=f"Evidence pack: {course.title}",
        subject="For an application for approval of continuing education",
        provider=dict(subject.provider).get("Provider", ""),
        language=course.language,
        made_on=wording.date_in_words(subject.on),
        made_at=datetime.combine(subject.on, time(12), tzinfo=UTC).isoformat(timespec="seconds"),
        mark=DRAFT if subject.is_draft else "",
        foot=f"{course.title} · {'draft' if subject.is_draft else 'edition'} {short}",
        facts=_facts(subject),
        sections=evidence_sections.all_of(subject),
    )


def _facts(subject: Subject) -> Rows:
    course = subject.course
    return (
        *subject.provider[:1],
        ("Course", f"{course.title} ({course.code})"),
        ("Contact hours", wording.total(course.credit.total)),
        ("Format", wording.delivery(course.format)),
        ("Level", course.level.capitalize()),
        ("Draft" if subject.is_draft else "Edition", subject.content_hash),
        ("As of", wording.date_in_words(subject.on)),
    )


def pack(subject: Subject, shelf: Shelf, certificate: Facts, *, draws: Draws) -> Pack:
    """Draw what is to be drawn, and put the pack together: what can be refused is refused before a byte is sent."""
    told = dossier(subject)
    drawn = {EVIDENCE_FILE: _drawn(told, draws), SAMPLE_FILE: _drawn_sample(certificate, draws)}
    texts = {f"sections/{name}": text.encode() for name, text in pieces.written(told).items()}
    made = {**drawn, **texts}
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in made.items()}
    digests |= {f"source/{name}": digest for name, digest in subject.files.items()}
    made |= {"README.txt": _readme(subject).encode(), "SHA256SUMS": _sums(digests).encode()}
    top = f"{subject.course.code}-evidence-{subject.content_hash[:8]}"
    entries = [Entry(f"{top}/{name}", (content,)) for name, content in made.items()]
    entries += [Entry(f"{top}/source/{name}", folder.pieces(shelf, name)) for name in sorted(subject.files)]
    return Pack(f"{top}{'-draft' if subject.is_draft else ''}.zip", tuple(entries))


def _drawn(told: Dossier, draws: Draws) -> bytes:
    try:
        return draws.draw_dossier(told, timeout=TIMEOUT_SECONDS)
    except NotDrawn as refused:
        raise _refusal(refused) from refused


def _drawn_sample(certificate: Facts, draws: Draws) -> bytes:
    try:
        return draws.draw_sample(certificate, timeout=TIMEOUT_SECONDS)
    except NotDrawn as refused:
        raise _refusal(refused) from refused


def _refusal(refused: NotDrawn) -> PackNotDrawn:
    if isinstance(refused, FontsMissing):
        letters = refused.message.rpartition(": ")[2]
        return PackNotDrawn(f"The PDF of this pack needs a font for these letters, and the machine has none: {letters}")
    return PackNotDrawn()


def _sums(digests: dict[str, str]) -> str:
    return "".join(f"{digest}  {name}\n" for name, digest in sorted(digests.items()))


def _readme(subject: Subject) -> str:
    mark = f"{DRAFT}.\n\n" if subject.is_draft else ""
    return (
        f"Evidence pack for “{subject.course.title}”, as of {wording.date_in_words(subject.on)}\n\n{mark}"
        f"{EVIDENCE_FILE} holds every section of the pack.\n"
        f"{SAMPLE_FILE} shows the certificate, marked as a sample.\n"
        "sections/ holds each section as a text, to paste into forms.\n"
        f"source/ holds the exact files of the course. Its content hash is\n{subject.content_hash}\n"
        "SHA256SUMS names the SHA-256 of every file (check with: sha256sum -c SHA256SUMS).\n"
    )
