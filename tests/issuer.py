"""A provider with keys and a register, all in memory: whatever a certificate may have to be checked against."""

from __future__ import annotations

import base64
import hashlib
import random
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import rfc8785
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.awards import numbers, statements
from app.awards.facts import Facts, LicenseFacts, Presenter
from app.awards.register import notes, tree
from app.awards.register.notes import Checkpoint, Proof

ORIGIN = "ce.example.org/register"
PROVIDER = "Continua Learning Cooperative"
ISSUED = datetime(2026, 11, 21, 3, 42, 10, tzinfo=UTC)
HOLDERS = ("Ana María Núñez-O’Brien", "Nguyễn Thị Thuỳ Dương", "Ben Ito", "佐藤 花子", "Zoë 👩‍🏫 “Zed” O\\'Hara")


def b64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@dataclass(frozen=True)
class Key:
    """A key pair, with its name as it is published."""

    name: str
    private: Ed25519PrivateKey | ec.EllipticCurvePrivateKey
    retired: datetime | None = None
    revoked: datetime | None = None
    trusted_size: int | None = None
    distrusted_since: datetime | None = None

    @property
    def use(self) -> str:
        return self.name.split("-")[0]

    @property
    def public(self) -> bytes:
        if isinstance(self.private, Ed25519PrivateKey):
            return self.private.public_key().public_bytes_raw()
        return self.private.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )

    def sign(self, message: bytes) -> bytes:
        assert isinstance(self.private, Ed25519PrivateKey)
        return self.private.sign(message)

    def told(self) -> dict[str, Any]:
        """Give it as the keys file does."""
        return {
            "key": self.name,
            "use": self.use,
            "algorithm": "ed25519" if isinstance(self.private, Ed25519PrivateKey) else "p256",
            "public": b64(self.public),
            "certificate": None,
            "from": "2026-01-01T00:00:00Z",
            "retired": statements.instant(self.retired) if self.retired else None,
            "revoked": statements.instant(self.revoked) if self.revoked else None,
            "distrusted_since": statements.instant(self.distrusted_since) if self.distrusted_since else None,
            "trusted_size": self.trusted_size,
        }


def statement_key(seed: int, **ends: Any) -> Key:
    private = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"statement {seed}".encode()).digest())
    digest = hashlib.sha256(private.public_key().public_bytes_raw()).hexdigest()
    return Key(f"statement-2026-{digest[:8]}", private, **ends)


def seal_key(seed: int, **ends: Any) -> Key:
    secret = int.from_bytes(hashlib.sha256(f"seal {seed}".encode()).digest()[:31])
    key = Key("seal", ec.derive_private_key(secret, ec.SECP256R1()), **ends)
    return replace(key, name=f"seal-2026-{hashlib.sha256(key.public).hexdigest()[:8]}")


@dataclass(frozen=True)
class Issued:
    """One certificate as its holder has it."""

    certificate: bytes
    proof: bytes
    number: str


@dataclass
class Register:
    """An append-only tree of statements."""

    origin: str = ORIGIN
    entries: list[bytes] = field(default_factory=list)
    nodes: dict[tuple[int, int], bytes] = field(default_factory=dict)

    def node(self, level: int, index: int) -> bytes:
        return self.nodes[level, index]

    def append(self, entry: bytes) -> int:
        index = len(self.entries)
        for level, place, made in tree.completed_by(index, tree.leaf_hash(entry), self.node):
            self.nodes[level, place] = made
        self.entries.append(entry)
        return index

    def checkpoint(self, key: Key, size: int | None = None) -> str:
        size = len(self.entries) if size is None else size
        head = Checkpoint(self.origin, size, tree.root(size, self.node))
        return notes.signed(head, name=self.origin, public=key.public, sign=key.sign)

    def proof(self, index: int, key: Key, size: int | None = None) -> bytes:
        size = len(self.entries) if size is None else size
        hashes = tree.inclusion(index, size, self.node)
        return Proof(index, tuple(hashes), self.checkpoint(key, size)).text().encode()


@dataclass
class Issuer:
    """A provider: keys of each kind, a register, and certificates in it."""

    current: Key = field(default_factory=lambda: statement_key(1))
    former: Key = field(default_factory=lambda: statement_key(2, retired=ISSUED + timedelta(days=30)))
    stolen: Key = field(default_factory=lambda: statement_key(3, revoked=ISSUED + timedelta(days=9), trusted_size=3))
    seal: Key = field(default_factory=lambda: seal_key(1))
    stolen_seal: Key = field(default_factory=lambda: seal_key(2, revoked=ISSUED))
    register: Register = field(default_factory=Register)

    @property
    def keys(self) -> tuple[Key, ...]:
        return (self.current, self.former, self.stolen, self.seal, self.stolen_seal)

    def keys_file(self, *, checkpoint: str | None = None) -> bytes:
        told = {
            "type": "continua-keys-1",
            "provider": PROVIDER,
            "origin": self.register.origin,
            "as_of": "2027-01-01T00:00:00Z",
            "checkpoint": checkpoint,
            "keys": [key.told() for key in self.keys],
        }
        return rfc8785.dumps(told)

    def issue(self, facts: Facts, key: Key | None = None) -> Issued:
        """Enter a certificate, and prove it under the register as it is then."""
        key = key or self.current
        certificate, entry = bundle(facts, key)
        index = self.register.append(entry)
        return Issued(certificate, self.register.proof(index, key), facts.number)

    def revocations(self, key: Key | None = None, **statuses: str) -> bytes:
        """List certificates by their numbers, each with its status."""
        key = key or self.current
        told: dict[str, Any] = {
            "type": "continua-revocations-1",
            "origin": self.register.origin,
            "as_of": "2027-02-01T00:00:00Z",
            "entries": [
                {
                    "number": hashlib.sha256(number.encode()).hexdigest(),
                    "status": status,
                    "at": "2027-01-15T15:00:00Z",
                    "why": "issued-in-error",
                }
                for number, status in statuses.items()
            ],
        }
        signature = {"key": key.name, "value": b64(key.sign(rfc8785.dumps(told)))}
        return rfc8785.dumps(told | {"signature": signature})


def bundle(facts: Facts, key: Key) -> tuple[bytes, bytes]:
    """Give `certificate.json`, and the statement that the register has of it."""
    whose = statements.personal(facts)
    said = statements.canonical(statements.of(facts, whose))
    signature = key.sign(said)
    return statements.bundle(said.decode(), whose.text, whose.salt, key=key.name, signature=signature), said


def facts(chance: random.Random) -> Facts:
    """Make up a certificate."""
    drawn = "".join(chance.choice(numbers.ALPHABET) for _ in range(numbers.LENGTH - 1))
    number = drawn + numbers.check_symbol(drawn)
    completed = ISSUED - timedelta(hours=chance.randint(0, 20_000))
    return Facts(
        number=number,
        holder_name=chance.choice(HOLDERS),
        license=chance.choice((None, LicenseFacts("NY", "LCSW", f"08{chance.randint(1000, 9999)}"))),
        course_title="Social media and the duty of confidentiality",
        course_code=f"SM-{chance.randint(100, 999)}",
        edition=hashlib.sha256(number.encode()).hexdigest(),
        delivery="reading",
        presenters=(Presenter("Ines Duarte", "PhD, LCSW"), Presenter("Józef Świątek", ""))[: chance.randint(1, 2)],
        credit_hours={"ethics": "0.5", "general": str(chance.randint(1, 12))},
        began_at=completed - timedelta(days=2),
        completed_at=completed,
        time_zone="America/New_York",
        issued_at=completed,
        provider_name=PROVIDER,
        provider_address="12 Elm Street, Suite 4,\nAlbany, NY 12207",
        provider_phone="+1 518 555 0100",
        provider_email="records@ce.example.org",
        signer_name="Margaret Olusanya",
        signer_title="Director of continuing education, LCSW-R",
        approval_statements=("Recognized as an approved provider #SW-0987.",) if chance.random() < 0.5 else (),
        verify_url=f"https://ce.example.org/v/{number}",
        demonstration=chance.random() < 0.1,
        replaces=chance.choice(("", "7" * 20)),
        replaces_why="corrected",
    )
