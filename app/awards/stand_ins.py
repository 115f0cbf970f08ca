"""Stand-ins: what checks and signs until the reading room and the keys of the register are wired in their place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from app.awards import certificates, numbers, verification
from app.awards import standing as standings
from app.awards.certificates import Certificate, NoSuchCertificate
from app.awards.verdicts import Document, Result, Standing, Status, told
from app.kit.database import Database

SENTENCES = {
    Status.VALID: "This certificate is valid.",
    Status.REVOKED: "This certificate was revoked. It does not count.",
    Status.SUPERSEDED: "This certificate was replaced by another one, which counts instead.",
    Status.UNKNOWN: "We have no certificate with this number.",
}
UNKNOWN = Standing(status=Status.UNKNOWN)


@dataclass(frozen=True, slots=True)
class ByRecord:
    """Checks numbers alone, by the record."""

    database: Database

    def file(self, *, filename: str, content: bytes) -> Iterator[Result]:
        """Say that nobody reads files yet."""
        digest = hashlib.sha256(content).hexdigest()
        yield _result(None, filename=filename, sha256=digest, document=Document.UNREADABLE)

    def number(self, typed: str) -> Result:
        """Look a number up."""
        with self.database.read() as db:
            try:
                found = certificates.by_number(db, typed)
            except NoSuchCertificate:
                number = numbers.read(typed) if numbers.is_well_formed(numbers.read(typed)) else ""
                return _result(None, number=number)
            return _result(found, standing=standings.of(db, found))


def _result(
    found: Certificate | None,
    *,
    filename: str = "",
    sha256: str = "",
    number: str = "",
    document: Document | None = None,
    standing: Standing = UNKNOWN,
) -> Result:
    if found is None:
        words = SENTENCES[Status.UNKNOWN] if document is None else "We cannot read files yet."
        return Result(
            filename=filename,
            sha256=sha256,
            number=number,
            document=document,
            standing=UNKNOWN,
            facts=None,
            differences=(),
            sentence=words,
        )
    verdict = verification.of(found)
    named = verdict.facts.license
    shown = f"{named.state} {named.type}, number ending in {verdict.license_ending}" if named else ""
    return Result(
        filename=filename,
        sha256=sha256,
        number=found.number,
        document=document,
        standing=standing,
        facts=told(verdict.facts, standing.status, license_shown=shown),
        differences=(),
        sentence=SENTENCES[standing.status],
    )
