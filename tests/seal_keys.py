"""Keys as a provider has them: a root, a seal under it and a statement key. Always the same, and worthless."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.x509.oid import NameOID, ObjectIdentifier

from app.awards.document.order import SealKey

PROVIDER = "Continua Learning Cooperative"
SEAL, STATEMENT = "seal-2026-5ea15ea1", "statement-2026-57a7e000"
METHOD = f"did:web:ce.example.org#{STATEMENT}"
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336


def private(name: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(hashlib.sha256(name.encode()).digest()) >> 1, ec.SECP256R1())


ROOT_KEY, SEAL_KEY = private("root"), private("seal")
STATEMENT_KEY = ed25519.Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"statement").digest())


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def root(provider: str = PROVIDER, key: ec.EllipticCurvePrivateKey = ROOT_KEY) -> x509.Certificate:
    usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
    return (
        _begun(f"{provider} Root", f"{provider} Root", key, years=40)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256(), ecdsa_deterministic=True)
    )


def leaf(provider: str = PROVIDER, *, under: ec.EllipticCurvePrivateKey = ROOT_KEY) -> x509.Certificate:
    usage = x509.KeyUsage(True, True, False, False, False, False, False, False, False)
    return (
        _begun(f"{provider} certificate seal 2026", f"{provider} Root", SEAL_KEY, years=30)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.ExtendedKeyUsage([_DOCUMENT_SIGNING]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(under.public_key()), critical=False)
        .sign(under, hashes.SHA256(), ecdsa_deterministic=True)
    )


def _begun(subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, *, years: int) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(named(subject))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(int.from_bytes(hashlib.sha256(subject.encode()).digest()[:8]) | 1)
        .not_valid_before(SINCE)
        .not_valid_after(SINCE + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


ROOT = root()
LEAF = leaf()
SEALING = SealKey(SEAL, der(LEAF), der(ROOT))


@dataclass
class Signer:
    """Signs with the keys above, and keeps what it was asked to sign."""

    asked: list[tuple[str, bytes]] = field(default_factory=list)

    def sign(self, key: str, message: bytes) -> bytes:
        self.asked.append((key, message))
        if key == SEAL:
            return SEAL_KEY.sign(message, ec.ECDSA(hashes.SHA256()))
        return STATEMENT_KEY.sign(message)
