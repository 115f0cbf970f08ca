"""Checks that answer by the name of a file, or by a list of numbers: for tests of what is asked and shown.

A file is called `<document>.<status>.<anything>`; `busy.…` is refused for now, `broken.…` ends in a fault, and
`zip.<count>.…` holds so many originals.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from app.awards import numbers
from app.awards.attesting import Signature
from app.awards.facts import Facts, LicenseFacts, Presenter
from app.awards.verdicts import Difference, Document, Result, Standing, Status, told
from app.kit.allowance import Allowance
from app.kit.errors import Unavailable

Files = list[tuple[str, tuple[str, bytes]]]

NUMBER, NEWER = "YH84FBKZFMMPG9N10ZZW", "7S7MPSNE3ZWBSP9C0P9R"
NEWER = NEWER[:19] + numbers.check_symbol(NEWER[:19])
AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
FACTS = Facts(
    number=NUMBER,
    holder_name="Ana Marie O’Neill",
    license=LicenseFacts("NY", "LCSW", "081234-1"),
    course_title="Social Media and Confidentiality",
    course_code="social-media-and-confidentiality",
    edition="5b0cfab88e06d3f4001a79eef4f3500809d548b091f0041ac2bf402d1847a1c7",
    delivery="reading",
    presenters=(Presenter("Jordan Reyes", "PhD, LCSW"),),
    credit_hours={"ethics": "0.5", "general": "2.5"},
    began_at=AT,
    completed_at=AT,
    time_zone="America/New_York",
    issued_at=AT,
    provider_name="Riverside Center",
    provider_address="12 Harbor Street, Albany, NY 12207",
    provider_phone="518-555-0142",
    provider_email="ce@example.org",
    signer_name="Maria Ortiz, LCSW",
    signer_title="Director",
    approval_statements=("Riverside Center, provider #1234, is approved for 3 hours.",),
    verify_url=f"https://ce.example.org/v/{NUMBER}",
    demonstration=False,
)
STANDINGS = {
    Status.VALID: Standing(status=Status.VALID),
    Status.SUPERSEDED: Standing(status=Status.SUPERSEDED, replaced_by=NEWER, why_replaced="corrected"),
    Status.REVOKED: Standing(
        status=Status.REVOKED,
        revoked_on="2026-12-01",
        revocation_class="not-earned",
        revocation_reason="The account was <shared>.",
    ),
    Status.UNKNOWN: Standing(status=Status.UNKNOWN),
}
DIFFERENCES = (
    Difference("hours", "6.0", "3.0"),
    Difference("holder", "Anna <b>Marie</b> O’Neill", "Ana Marie O’Neill"),
)
SENTENCES = {
    (Document.ORIGINAL, Status.VALID): "This is the file that was issued, byte for byte, and the certificate is valid.",
    (
        Document.SAME_FACTS,
        Status.VALID,
    ): "The file was saved again; every fact on it is as issued, and the certificate is valid.",
    (Document.ALTERED, Status.VALID): "This file was altered: hours are 6.0 on it and 3.0 on record.",
    (
        Document.PICTURE,
        Status.VALID,
    ): "This is a picture. Its number is ours: compare it with the record, fact by fact.",
    (
        Document.NOT_OURS,
        Status.UNKNOWN,
    ): "This file was not issued here, and nothing in it names a certificate of ours.",
    (Document.UNREADABLE, Status.UNKNOWN): "This file cannot be opened: it is damaged or locked with a password.",
    (None, Status.VALID): "This certificate is valid.",
    (None, Status.REVOKED): "This certificate was revoked. It does not count.",
    (None, Status.UNKNOWN): "We have no certificate with this number.",
}
NOTHING = frozenset({Document.NOT_OURS, Document.UNREADABLE})


@dataclass
class ScriptedChecks:
    """Says what the test wants to hear, and keeps what it was asked."""

    facts: Facts = FACTS
    known: dict[str, Status] = field(default_factory=lambda: {NUMBER: Status.VALID})
    asked: list[str] = field(default_factory=list)
    busy_for: int = 0  # so often is a `busy.` file refused

    def file(self, *, filename: str, content: bytes) -> Iterator[Result]:
        """Answer by the name."""
        self.asked.append(filename)
        kind, how, *_ = filename.split(".")
        if kind == "busy" and self.busy_for:
            self.busy_for -= 1
            raise Unavailable("The reading room is full. Try again in a minute.")
        if kind == "broken":
            raise RuntimeError("a bug of ours")
        if kind == "zip":
            yield from (self._read(f"{filename}/{one}.pdf", "original", "valid", content) for one in range(int(how)))
            return
        yield self._read(filename, "original" if kind == "busy" else kind, how, content)

    def number(self, typed: str) -> Result:
        """Answer by the list."""
        self.asked.append(typed)
        number = numbers.read(typed)
        status = self.known.get(number, Status.UNKNOWN)
        return self._result(number if status != Status.UNKNOWN else "", None, status)

    def _read(self, filename: str, kind: str, how: str, content: bytes) -> Result:
        document = Document(kind)
        status = Status.UNKNOWN if document in NOTHING else Status(how)
        found = self._result("" if document in NOTHING else NUMBER, document, status)
        differences = DIFFERENCES if document is Document.ALTERED else ()
        digest = hashlib.sha256(content).hexdigest()
        return replace(found, filename=filename, sha256=digest, differences=differences)

    def _result(self, number: str, document: Document | None, status: Status) -> Result:
        license_shown = "NY LCSW, number 081234-1" if document else "NY LCSW, number ending in 41"
        facts = None if status == Status.UNKNOWN else told(self.facts, status, license_shown=license_shown)
        other = f"The file reads as {document}, and the certificate is {status}."
        return Result(
            filename="",
            sha256="",
            number=number,
            document=document,
            standing=STANDINGS[status],
            facts=facts,
            differences=(),
            sentence=SENTENCES.get((document, status), other),
        )


@dataclass
class ScriptedHand:
    """Signs with a key of its own."""

    key: str = "statement-2026-1a2b3c4d"
    private: Ed25519PrivateKey = field(default_factory=lambda: Ed25519PrivateKey.from_private_bytes(b"x" * 32))
    is_here: bool = True

    def sign(self, message: bytes) -> Signature:
        if not self.is_here:
            raise Unavailable("The key is not here.")
        return Signature(self.key, self.private.sign(message))

    def signed(self, signature: Signature, message: bytes) -> bool:
        try:
            self.private.public_key().verify(signature.value, message)
        except InvalidSignature:
            return False
        return signature.key == self.key

    def fingerprint(self, key: str) -> str:
        return hashlib.sha256(self.private.public_key().public_bytes_raw()).hexdigest() if key == self.key else ""


def allow(house: FastAPI, *, burst: int, per_minute: int = 60) -> Allowance:
    """Let so many checks through."""
    allowance = Allowance(per_minute=per_minute, burst=burst)
    house.state.wiring = replace(house.state.wiring, checks_allowed=allowance)
    return allowance


def files(*names: str) -> Files:
    """Give files to send, each with a content of its own."""
    return [("files", (name, f"%PDF-1.7 {name}".encode())) for name in names]
