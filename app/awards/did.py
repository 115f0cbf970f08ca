"""The provider's identity on the web, did:web: which keys are its own, for software that checks badges.

The document lists every key that ever sealed or signed, so that what was issued under an old one can still be checked.
A key that was revoked stays in the list, marked, and asserts nothing any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit

CONTEXTS = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
PUBLISHED = {"statement", "seal"}  # the root signs certificates of keys, and is not looked up here

_ED25519, _P256 = b"\xed\x01", b"\x80\x24"  # multicodec prefixes
_P256_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")  # then x and y, 32 bytes each


class NotAKey(ValueError):
    """The bytes are not a public key of the kind they are said to be."""


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A key of ours, as it is published."""

    key: str  # statement-2026-1a2b3c4d
    use: str  # root | seal | statement
    algorithm: str  # ed25519 | p256
    public: bytes  # raw 32 bytes for ed25519, SubjectPublicKeyInfo (DER) for p256
    revoked_at: datetime | None = None


def did_web(address: str) -> str:
    """Name the provider by its public address: did:web:ce.example.org, did:web:localhost%3A8000."""
    parts = urlsplit(address)
    host = parts.netloc.rpartition("@")[2].lower()
    places = [quote(place, safe="") for place in (host, *parts.path.split("/")) if place]
    return ":".join(["did", "web", *places])


def method(did: str, key: str) -> str:
    """Name one of the provider's keys, as a proof names it."""
    return f"{did}#{key}"


def document(did: str, keys: Iterable[PublicKey]) -> dict[str, Any]:
    """Give the DID document: every statement and seal key ever used, and which of them still assert."""
    published = [key for key in keys if key.use in PUBLISHED]
    return {
        "@context": CONTEXTS,
        "id": did,
        "verificationMethod": [_described(did, key) for key in published],
        "assertionMethod": [method(did, key.key) for key in published if key.revoked_at is None],
    }


def multibase(key: PublicKey) -> str:
    """Write a public key as a Multikey does: base58 of its kind and its bytes."""
    import base58

    return f"z{base58.b58encode(_prefixed(key)).decode()}"


def _described(did: str, key: PublicKey) -> dict[str, str]:
    described = {
        "id": method(did, key.key),
        "type": "Multikey",
        "controller": did,
        "publicKeyMultibase": multibase(key),
    }
    return described | ({"revoked": f"{key.revoked_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"} if key.revoked_at else {})


def _prefixed(key: PublicKey) -> bytes:
    if key.algorithm == "ed25519" and len(key.public) == 32:
        return _ED25519 + key.public
    point = key.public.removeprefix(_P256_SPKI)
    if key.algorithm == "p256" and key.public.startswith(_P256_SPKI) and len(point) == 64:
        return _P256 + bytes([2 + (point[-1] & 1)]) + point[:32]  # compressed: x, and whether y is odd
    raise NotAKey(f"{key.key} is not a key of the kind {key.algorithm}.")
