"""Stand-ins: what checks and signs until the reading room and the keys of the register are wired in their place."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlmodel import col, select

from app.awards import certificates, numbers, verification
from app.awards.attesting import Signature
from app.awards.certificates import Certificate, NoSuchCertificate
from app.awards.pdfs import CertificatePdf
from app.awards.verdicts import Document, Result, Standing, Status, told
from app.kit.database import Database

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

SENTENCES = {
    Status.VALID: "This certificate is valid.",
    Status.REVOKED: "This certificate was revoked. It does not count.",
    Status.UNKNOWN: "We have no certificate with this number.",
}
UNKNOWN = Standing(status=Status.UNKNOWN)


@dataclass(frozen=True, slots=True)
class ByRecord:
    """Checks by the record alone: a number, or a file whose bytes are those that were drawn."""

    database: Database

    def file(self, *, filename: str, content: bytes) -> Iterator[Result]:
        """Know a file by its bytes."""
        digest = hashlib.sha256(content).hexdigest()
        drawn = select(Certificate).join(CertificatePdf).where(col(CertificatePdf.sha256) == digest)
        with self.database.read() as db:
            found = db.exec(drawn).first()
            document = Document.ORIGINAL if found else Document.NOT_OURS
            yield _result(found, filename=filename, sha256=digest, document=document)

    def number(self, typed: str) -> Result:
        """Look a number up."""
        with self.database.read() as db:
            try:
                found = certificates.by_number(db, typed)
            except NoSuchCertificate:
                number = numbers.read(typed) if numbers.is_well_formed(numbers.read(typed)) else ""
                return _result(None, number=number)
            return _result(found)


def _result(
    found: Certificate | None,
    *,
    filename: str = "",
    sha256: str = "",
    number: str = "",
    document: Document | None = None,
) -> Result:
    if found is None:
        words = SENTENCES[Status.UNKNOWN] if document is None else "This file is none of ours."
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
    status = Status(str(verdict.status))
    standing = Standing(
        status=status,
        revoked_on=verdict.revoked_at.date().isoformat() if verdict.revoked_at else "",
        revocation_reason=verdict.revocation_reason or "",
    )
    return Result(
        filename=filename,
        sha256=sha256,
        number=found.number,
        document=document,
        standing=standing,
        facts=told(verdict.facts, status, license_shown=shown),
        differences=(),
        sentence=SENTENCES[status],
    )


@dataclass(slots=True)
class ByStamp:
    """Signs with a key made from the one that stamps pages."""

    seed: bytes = field(repr=False)
    _key: Ed25519PrivateKey | None = field(default=None, repr=False)

    def sign(self, message: bytes) -> Signature:
        """Sign."""
        return Signature(self.name, self._private.sign(message))

    def signed(self, signature: Signature, message: bytes) -> bool:
        """Say whether it is ours."""
        from cryptography.exceptions import InvalidSignature

        try:
            self._private.public_key().verify(signature.value, message)
        except InvalidSignature:
            return False
        return signature.key == self.name

    def fingerprint(self, _key: str) -> str:
        """Give the hash of the public key."""
        return hashlib.sha256(self._private.public_key().public_bytes_raw()).hexdigest()

    @property
    def name(self) -> str:
        """Name the key."""
        return f"statement-0000-{self.fingerprint('')[:8]}"

    @property
    def _private(self) -> Ed25519PrivateKey:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        if self._key is None:
            self._key = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"statement" + self.seed).digest())
        return self._key
