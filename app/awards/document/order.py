"""What one sealed document is made from: facts, what proves them, and the names of the keys that seal it.

An order crosses the pipe to the render process as JSON. It names keys and carries none: whoever draws asks for each
signature (app/awards/document/witness.py), and the private keys stay with whoever ordered.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.awards.document.dossier import Dossier
from app.awards.facts import Facts

STATEMENT, CREDENTIAL, PROOF = "certificate.json", "credential.json", "certificate.tlog-proof"

Sign = Callable[[str, bytes], bytes]  # the name of a key, a message -> the signature


@dataclass(frozen=True, slots=True)
class SealKey:
    """The key that seals, by its name, with the certificates that go into the seal (DER)."""

    key: str
    certificate: bytes
    issuer: bytes  # the root's

    def to_raw(self) -> dict[str, str]:
        """Give it as JSON can hold it."""
        return {"key": self.key, "certificate": _text(self.certificate), "issuer": _text(self.issuer)}

    @classmethod
    def from_raw(cls, raw: Mapping[str, str]) -> SealKey:
        """Read back what `to_raw` gave."""
        return cls(raw["key"], b64decode(raw["certificate"]), b64decode(raw["issuer"]))


@dataclass(frozen=True, slots=True)
class Attached:
    """A file within a PDF."""

    name: str
    content: bytes
    media_type: str
    told: str  # what it is, to whoever opens the list of attachments
    relation: str  # Source | Alternative | Data | Supplement: what it is to the page (PDF/A-3)

    def to_raw(self) -> dict[str, str]:
        """Give it as JSON can hold it."""
        words = {"name": self.name, "media_type": self.media_type, "told": self.told, "relation": self.relation}
        return {**words, "content": _text(self.content)}

    @classmethod
    def from_raw(cls, raw: Mapping[str, str]) -> Attached:
        """Read back what `to_raw` gave."""
        return cls(**{**raw, "content": b64decode(raw["content"])})  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Order:
    """One certificate to be drawn. Without a `seal` it is drawn plainly: no attachment, no signature."""

    facts: Facts
    statement: bytes = b""  # certificate.json, as it is signed
    proof: bytes = b""  # the register's proof of it, a C2SP tlog-proof
    credential: str = ""  # the Open Badge as JSON, not yet signed
    seal: SealKey | None = None
    badge_key: str = ""
    badge_method: str = ""  # the DID URL that names the badge's key
    seal_made_at: datetime | None = None  # nothing was sealed before there was a seal

    @property
    def sealed_at(self) -> datetime:
        """The instant that the seal names: when it was issued, whenever it is drawn.

        What was issued before there were seals names the first instant of its own.
        """
        return max(self.facts.issued_at, self.seal_made_at or self.facts.issued_at)

    def to_json(self) -> str:
        """Give it as it crosses the pipe."""
        return json.dumps(
            {
                "facts": self.facts.to_json(),
                "statement": _text(self.statement),
                "proof": _text(self.proof),
                "credential": self.credential,
                "seal": self.seal.to_raw() if self.seal else None,
                "badge_key": self.badge_key,
                "badge_method": self.badge_method,
                "seal_made_at": self.seal_made_at.isoformat() if self.seal_made_at else None,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Order:
        """Read back what `to_json` wrote."""
        raw = json.loads(text)
        return cls(
            **{
                **raw,
                "facts": Facts.from_json(raw["facts"]),
                "statement": b64decode(raw["statement"]),
                "proof": b64decode(raw["proof"]),
                "seal": _seal(raw["seal"]),
                "seal_made_at": datetime.fromisoformat(raw["seal_made_at"]) if raw["seal_made_at"] else None,
            }
        )


@dataclass(frozen=True, slots=True)
class DossierOrder:
    """A dossier to be drawn and sealed: a receipt of what was verified."""

    dossier: Dossier
    seal: SealKey
    sealed_at: datetime
    attached: tuple[Attached, ...] = ()

    def to_json(self) -> str:
        """Give it as it crosses the pipe."""
        return json.dumps(
            {
                "dossier": self.dossier.to_json(),
                "seal": self.seal.to_raw(),
                "sealed_at": self.sealed_at.isoformat(),
                "attached": [one.to_raw() for one in self.attached],
            }
        )

    @classmethod
    def from_json(cls, text: str) -> DossierOrder:
        """Read back what `to_json` wrote."""
        raw = json.loads(text)
        return cls(
            Dossier.from_json(raw["dossier"]),
            SealKey.from_raw(raw["seal"]),
            datetime.fromisoformat(raw["sealed_at"]),
            tuple(Attached.from_raw(one) for one in raw["attached"]),
        )


def _seal(raw: Any) -> SealKey | None:
    return SealKey.from_raw(raw) if raw else None


def _text(content: bytes) -> str:
    return b64encode(content).decode()
