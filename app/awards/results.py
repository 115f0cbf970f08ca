"""Results: what a check of a file or of a number came to, put together from a record and a verdict.

A license is shown whole to whoever holds the paper that says it, and by its end to everybody else.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from app.awards.facts import Facts
from app.awards.reading import judging, sentences
from app.awards.reading.findings import Comparison, Proven
from app.awards.reading.kinds import Trouble
from app.awards.verdicts import Difference, Document, Result, Standing, Status, Told, told

SHOWN_OF_LICENSE = 2
SHORTEST_SHOWN = 4  # of a shorter license number, two characters would tell too much
UNKNOWN = Standing(status=Status.UNKNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One certificate as it is on record, and how it stands."""

    number: str
    standing: Standing
    facts: Facts | None  # None: whose it is was erased

    @property
    def is_demonstration(self) -> bool:
        """Whether it counts for nothing anywhere."""
        return self.facts is not None and self.facts.demonstration


@dataclass(frozen=True, slots=True)
class File:
    """A file that is checked."""

    filename: str
    sha256: str
    content: bytes

    @classmethod
    def of(cls, filename: str, content: bytes) -> File:
        """Take a file in."""
        return cls(filename, hashlib.sha256(content).hexdigest(), content)


NUMBER_ONLY = File("", "", b"")


def license_shown(facts: Facts, *, whole: bool) -> str:
    """Give the license as it may be shown."""
    named = facts.license
    if named is None:
        return ""
    if whole:
        return f"{named.state} {named.type}, number {named.number}"
    plain = re.sub(r"[^0-9A-Z]", "", named.number.upper())
    ending = f", number ending in {plain[-SHOWN_OF_LICENSE:]}" if len(plain) >= SHORTEST_SHOWN else ""
    return f"{named.state} {named.type}{ending}"


def of_record(
    file: File, record: Record, document: Document | None, sentence: str, *, differences: tuple[Difference, ...] = ()
) -> Result:
    """Say what a file, or a number, came to whose certificate is on record."""
    whole = document in {Document.ORIGINAL, Document.SAME_FACTS}
    facts = record.facts
    return Result(
        filename=file.filename,
        sha256=file.sha256,
        number=record.number,
        document=document,
        standing=record.standing,
        facts=told(facts, record.standing.status, license_shown=license_shown(facts, whole=whole)) if facts else None,
        differences=differences,
        sentence=sentence,
    )


def of_comparison(file: File, record: Record, found: Comparison, *, signer: str) -> Result:
    """Say what a file came to that was held against its original; `signer` is a stranger who sealed it."""
    document = judging.document(found)
    standing, demonstration = record.standing, record.is_demonstration
    shown = license_shown(record.facts, whole=False) if record.facts else ""
    differences = judging.differences(found, license_shown=shown)
    if document is Document.UNREADABLE:
        return of_record(file, record, document, sentences.of_trouble(Trouble.DAMAGED))
    if document is Document.ALTERED:
        said = sentences.of_altered(differences, standing, signer=signer)
    elif document is Document.SAME_FACTS:
        said = sentences.of_same_facts(standing, demonstration=demonstration, signer=signer)
    else:
        doubt, detail = judging.weightiest(found)
        said = sentences.of_picture(doubt, detail, standing, demonstration=demonstration, signer=signer)
    return of_record(file, record, document, said, differences=differences)


def unknown(
    file: File, document: Document | None, sentence: str, *, number: str = "", facts: Told | None = None
) -> Result:
    """Say what a file, or a number, came to of which there is no record."""
    return Result(
        filename=file.filename,
        sha256=file.sha256,
        number=number,
        document=document,
        standing=UNKNOWN,
        facts=facts,
        differences=(),
        sentence=sentence,
    )


def of_trouble(file: File, trouble: Trouble, detail: str = "") -> Result:
    """Say of a file that nothing can be said of it."""
    document = Document.NOT_OURS if trouble in {Trouble.OTHER, Trouble.OFFICE} else Document.UNREADABLE
    return unknown(file, document, sentences.of_trouble(trouble, detail))


def facts_of(proven: Proven, *, whole: bool) -> Told | None:
    """Give the facts that a file proves itself: they are not on record any more."""
    if not proven.facts:
        return None
    facts = Facts.from_json(proven.facts)
    return told(facts, Status.UNKNOWN, license_shown=license_shown(facts, whole=whole))
