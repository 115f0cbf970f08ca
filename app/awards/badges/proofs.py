"""The proof in a badge: a Data Integrity proof, cryptosuite eddsa-rdfc-2022, made and checked.

What is signed is 64 bytes: the SHA-256 of the proof's own terms, then that of the credential, each in canonical form.
This suite and no other is accepted: a document does not choose how it is checked.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.awards.badges import rdf

TYPE, SUITE, PURPOSE = "DataIntegrityProof", "eddsa-rdfc-2022", "assertionMethod"
MOST_BYTES = 128 * 1024

_TERMS = {"type", "cryptosuite", "created", "verificationMethod", "proofPurpose", "proofValue"}
_VALUE = re.compile(r"z([1-9A-HJ-NP-Za-km-z]{64,90})")  # 64 bytes in base58
_TYPES = ["VerifiableCredential", "OpenBadgeCredential"]
_SIGNATURE_BYTES = 64


class _Unproven(Exception):
    """Why a credential is not proven, in a sentence."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of checking a credential's proof."""

    proven: bool
    sentence: str
    method: str | None = None  # the key that it is proven with


def sign(
    credential: dict[str, Any], *, method: str, created: datetime, sign: Callable[[bytes], bytes]
) -> dict[str, Any]:
    """Give the credential with its proof; `sign` signs 64 bytes with the Ed25519 key that `method` names.

    Raise `rdf.NotCovered` rather than sign a credential that says more than a signature would cover.
    """
    import base58

    terms = {
        "type": TYPE,
        "cryptosuite": SUITE,
        "created": f"{created.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "verificationMethod": method,
        "proofPurpose": PURPOSE,
    }
    unsigned = {name: value for name, value in credential.items() if name != "proof"}
    value = base58.b58encode(sign(_signed_bytes(unsigned, terms))).decode()
    return {**unsigned, "proof": [{**terms, "proofValue": f"z{value}"}]}  # 1EdTech's schema asks for a list


def verify(credential: object, keys: Mapping[str, bytes]) -> Checked:
    """Check a credential's proof against raw Ed25519 public keys, by the DID URL of each; never raise."""
    try:
        method = _check(credential, keys)
    except _Unproven as unproven:
        return Checked(proven=False, sentence=str(unproven))
    except rdf.NotCovered as uncovered:
        return Checked(proven=False, sentence=f"The badge cannot be checked as a whole. {uncovered}")
    except Exception as stumbled:  # noqa: BLE001 - whatever a JSON-LD processor stumbles over is no badge of ours
        return Checked(proven=False, sentence=f"The badge cannot be read ({type(stumbled).__name__}).")
    return Checked(proven=True, sentence="The badge is signed with a key of its issuer, and unchanged.", method=method)


def written(credential: Mapping[str, Any]) -> bytes:
    """Write a credential as a file."""
    return (json.dumps(credential, ensure_ascii=False, indent=2) + "\n").encode()


def read(content: bytes) -> dict[str, Any] | None:
    """Read a file as a credential, or nothing: one that says a thing twice says nothing for certain."""
    if len(content) > MOST_BYTES:
        return None
    try:
        found = json.loads(content.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _check(credential: object, keys: Mapping[str, bytes]) -> str:
    """Give the method that a credential is proven with, or raise."""
    if not isinstance(credential, dict) or credential.get("type") != _TYPES:
        raise _Unproven("This is not an Open Badge as we issue it.")
    unsigned = {name: value for name, value in credential.items() if name != "proof"}
    terms = _proof_terms(credential.get("proof"))
    signature = _signature(terms.pop("proofValue"))
    method = _method(terms, credential.get("issuer"), keys)
    if not _is_signed(_signed_bytes(unsigned, terms), signature, keys[method]):
        raise _Unproven("The badge was changed after it was signed, or the signature is not its issuer’s.")
    return method


def _proof_terms(proof: object) -> dict[str, str]:
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if not isinstance(proof, dict) or set(proof) != _TERMS or not all(isinstance(term, str) for term in proof.values()):
        raise _Unproven("The badge has no proof as we write it.")
    if (proof["type"], proof["cryptosuite"], proof["proofPurpose"]) != (TYPE, SUITE, PURPOSE):
        raise _Unproven(f"The proof of the badge is of another kind than {SUITE}.")
    return dict(proof)


def _signature(value: str) -> bytes:
    import base58

    fits = _VALUE.fullmatch(value)
    signature = base58.b58decode(fits[1]) if fits else b""
    if len(signature) != _SIGNATURE_BYTES:
        raise _Unproven("The signature of the badge is not one.")
    return signature


def _method(terms: Mapping[str, str], issuer: object, keys: Mapping[str, bytes]) -> str:
    """Give the key that a proof names, if it is one of its issuer's that we know."""
    method = terms["verificationMethod"]
    named = issuer.get("id") if isinstance(issuer, dict) else None
    if not isinstance(named, str) or method.partition("#")[0] != named:
        raise _Unproven("The key that the badge names is not its issuer’s.")
    if method not in keys:
        raise _Unproven("The badge names a key that we do not know.")
    return method


def _signed_bytes(unsigned: Mapping[str, Any], terms: Mapping[str, str]) -> bytes:
    config = {"@context": unsigned.get("@context"), **terms}
    return b"".join(hashlib.sha256(rdf.canonical(part)).digest() for part in (config, unsigned))


def _is_signed(message: bytes, signature: bytes, key: bytes) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("A name is there twice.")
    return found


def _refuse(_constant: str) -> None:
    raise ValueError("JSON has no such number.")
