"""The shelf: certificates as whoever checks files and numbers asks for them, over the database and the drawing room."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from app.awards import checking, keys, losses, pdfs, standing
from app.awards.certificates import Certificate
from app.awards.issuer import Issuer
from app.awards.pdfs import Draws
from app.awards.reading.room import ReadingRoom
from app.awards.results import Record
from app.awards.verdicts import Result, Standing
from app.kit.clock import Clock
from app.kit.database import Database
from app.kit.errors import Refusal

DRAWING_TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Shelf:
    """Finds certificates and their drawings. Each question has a look at the database of its own."""

    database: Database
    draws: Draws
    issuer: Issuer
    clock: Clock

    def by_bytes(self, sha256: str) -> Record | None:
        """Find the certificate whose stored PDF has this digest, on either paper."""
        with self.database.read() as db:
            drawing = pdfs.by_digest(db, sha256)
            if drawing is None:
                return None
            certificate = db.get_one(Certificate, drawing.certificate_id)
            return _record(certificate, standing.of(db, certificate))

    def by_number(self, number: str) -> Record | None:
        """Find a certificate by its number, 20 symbols."""
        with self.database.read() as db:
            found = standing.by_number(db, number)
            return _record(*found) if found else None

    def original(self, number: str, paper: str) -> bytes | None:
        """Give the stored PDF of a certificate, drawing it first where that is possible; None where it is not."""
        try:
            return pdfs.of(
                self.database,
                self.draws,
                number,
                issuer=self.issuer,
                timeout=DRAWING_TIMEOUT_SECONDS,
                clock=self.clock,
                paper=paper,
            )
        except Refusal:
            return None

    def keys(self) -> bytes:
        """Give our public keys, as /verify/keys.json does."""
        with self.database.read() as db:
            return json.dumps(keys.published(db, now=self.clock()), ensure_ascii=False).encode()

    def was_lost(self) -> bool:
        """Say whether the register tells of records that were lost with a database."""
        with self.database.read() as db:
            return bool(losses.gaps(db))


@dataclass(frozen=True, slots=True)
class HouseChecks:
    """Checks files and numbers against the shelf, in the reading room."""

    shelf: Shelf
    room: ReadingRoom

    def file(self, *, filename: str, content: bytes) -> Iterator[Result]:
        """Say what a file proves: one result, or one for each file in it where it is a zip."""
        return checking.check_file(self.shelf, self.room, filename=filename, content=content)

    def files(self, files: Iterable[tuple[str, bytes]]) -> Iterator[Result]:
        """Check many files at once. Results come as they are ready, not in order."""
        return checking.check_files(self.shelf, self.room, files)

    def number(self, typed: str) -> Result:
        """Say how the certificate of a number stands, as the number was typed."""
        return checking.check_number(self.shelf, typed)


def _record(certificate: Certificate, stands: Standing) -> Record:
    facts = None if certificate.is_erased else certificate.facts
    return Record(number=certificate.number, standing=stands, facts=facts)
