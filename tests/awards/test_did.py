"""The provider's DID document: every key that ever signed, and no word from those that were revoked."""

from __future__ import annotations

from datetime import UTC, datetime

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.awards import did
from app.awards.did import NotAKey, PublicKey

DID = "did:web:ce.example.org"


def statement_key(name: str, revoked_at: datetime | None = None) -> PublicKey:
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    return PublicKey(name, "statement", "ed25519", public, revoked_at)


def seal_key(name: str) -> tuple[PublicKey, ec.EllipticCurvePublicKey]:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return PublicKey(name, "seal", "p256", public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)), public


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("https://ce.example.org", "did:web:ce.example.org"),
        ("https://CE.Example.org/", "did:web:ce.example.org"),
        ("http://127.0.0.1:8000", "did:web:127.0.0.1%3A8000"),
        ("https://ce.example.org:8443/learn/ce", "did:web:ce.example.org%3A8443:learn:ce"),
        ("http://[::1]:8000", "did:web:%5B%3A%3A1%5D%3A8000"),
        ("https://somebody@ce.example.org", "did:web:ce.example.org"),
    ],
)
def test_the_provider_is_named_by_its_address(address: str, expected: str) -> None:
    assert did.did_web(address) == expected


def test_every_key_is_listed_and_a_revoked_one_asserts_nothing() -> None:
    old, new = statement_key("statement-2026-a"), statement_key("statement-2027-b")
    lost = statement_key("statement-2028-c", revoked_at=datetime(2028, 3, 1, 12, 0, 0, 999, tzinfo=UTC))
    seal, _public = seal_key("seal-2026-d")
    root = PublicKey("root-2026-e", "root", "p256", seal.public)
    found = did.document(DID, [old, new, lost, seal, root])
    assert found["id"] == DID
    assert found["@context"] == ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"]
    listed = [method["id"] for method in found["verificationMethod"]]
    assert listed == [f"{DID}#{key.key}" for key in (old, new, lost, seal)]
    assert found["assertionMethod"] == [f"{DID}#{key.key}" for key in (old, new, seal)]
    assert [method.get("revoked") for method in found["verificationMethod"]] == [
        None,
        None,
        "2028-03-01T12:00:00Z",
        None,
    ]
    assert {(method["type"], method["controller"]) for method in found["verificationMethod"]} == {("Multikey", DID)}


def test_an_ed25519_key_is_written_as_a_multikey() -> None:
    key = statement_key("a")
    written = did.multibase(key)
    assert written.startswith("z6Mk")
    assert base58.b58decode(written[1:]) == b"\xed\x01" + key.public


def test_a_p256_key_is_written_as_a_compressed_point() -> None:
    parities = set()
    for _ in range(20):
        key, public = seal_key("a")
        point = public.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        parities.add(point[0])
        assert did.multibase(key).startswith("zDn")
        assert base58.b58decode(did.multibase(key)[1:]) == b"\x80\x24" + point
    assert parities == {2, 3}


@pytest.mark.parametrize(
    "key",
    [
        PublicKey("a", "statement", "ed25519", bytes(31)),
        PublicKey("a", "seal", "p256", bytes(91)),
        PublicKey("a", "seal", "rsa", bytes(32)),
        PublicKey("a", "statement", "p256", bytes(32)),
    ],
)
def test_what_is_no_key_is_not_published_as_one(key: PublicKey) -> None:
    with pytest.raises(NotAKey):
        did.document(DID, [key])
