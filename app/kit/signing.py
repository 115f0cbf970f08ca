"""Signing keys: made here, named by what they are for, and used without ever being handed out.

Whoever wants something signed names a key and hands in the message. Where the private part lies is the business of the
signer alone: in a folder on this machine, or behind a process or a key management service with the same few verbs.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.kit.errors import Unavailable

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    Private = Ed25519PrivateKey | EllipticCurvePrivateKey

ONLY_OURS = 0o600
FINGERPRINT_DIGITS = 8


class Algorithm(StrEnum):
    """What a key signs with. Poppler and Acrobat read P-256 in a PDF's seal, and Ed25519 not everywhere."""

    ED25519 = "ed25519"
    P256 = "p256"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """The half of a key that everybody may know: raw for Ed25519, SubjectPublicKeyInfo (DER) for P-256."""

    name: str  # statement-2026-1a2b3c4d
    algorithm: Algorithm
    public: bytes


class KeyMissing(Unavailable):
    """The private part of a key is not here."""

    title = "The signing key is not here"

    def __init__(self, name: str) -> None:
        """Name the key."""
        super().__init__(
            f"Nothing can be signed just now: the key {name} is not on this machine. Nothing you did is lost. "
            "The operator can put the key back, or make a new one with ./run keys rotate."
        )


class KeyExposed(Unavailable):
    """A key that others on this machine may read is not used."""

    title = "A signing key is not protected"

    def __init__(self, path: Path) -> None:
        """Name the file and the remedy."""
        super().__init__(f"Others may read the signing key {path.name}. Its operator must run: chmod 600 {path}")


class Signer(Protocol):
    """Whoever holds private keys."""

    def make(self, use: str, algorithm: Algorithm, *, now: datetime) -> PublicKey:
        """Make a key for a use, keep its private part, and give the public one."""

    def holds(self, name: str) -> bool:
        """Say whether the private part of a key is here."""

    def sign(self, name: str, message: bytes) -> bytes:
        """Sign: 64 bytes for Ed25519, a DER signature over SHA-256 for P-256. Raises `KeyMissing`."""

    def public_halves(self) -> list[PublicKey]:
        """Give the public half of every key whose private part is here."""


def verifies(key: PublicKey, signature: bytes, message: bytes) -> bool:
    """Say whether a signature is this key's."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    try:
        if key.algorithm == Algorithm.ED25519:
            ed25519.Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
            return True
        public = serialization.load_der_public_key(key.public)
        if not isinstance(public, ec.EllipticCurvePublicKey):
            return False
        public.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def public_half(name: str, private: Private) -> PublicKey:
    """Give the public half of a private key."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    if isinstance(private, Ed25519PrivateKey):
        return PublicKey(name, Algorithm.ED25519, private.public_key().public_bytes_raw())
    encoded = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return PublicKey(name, Algorithm.P256, encoded)


@dataclass(slots=True)
class KeptInMemory:
    """Keys that are gone with the process: for trials, and what a folder of keys is read into."""

    keys: dict[str, Private] = field(default_factory=dict)
    draw: Callable[[Algorithm], Private] | None = None  # tests bring keys of their own

    def make(self, use: str, algorithm: Algorithm, *, now: datetime) -> PublicKey:
        """Make a key and keep it until the process ends."""
        private = (self.draw or _drawn)(algorithm)
        name = f"{use}-{now:%Y}-{_fingerprint(public_half('', private))}"
        self.keys[name] = private
        return public_half(name, private)

    def holds(self, name: str) -> bool:
        """Say whether a key is here."""
        return name in self.keys

    def sign(self, name: str, message: bytes) -> bytes:
        """Sign with a key by its name."""
        if name not in self.keys:
            raise KeyMissing(name)
        return _signed(self.keys[name], message)

    def public_halves(self) -> list[PublicKey]:
        """Give the public half of every key."""
        return [public_half(name, private) for name, private in self.keys.items()]


@dataclass(frozen=True, slots=True)
class KeptInFolder:
    """Keys as files, one each, that nobody but their owner may read: `<name>.pem`, mode 0600."""

    folder: Path
    read: KeptInMemory = field(default_factory=KeptInMemory)  # loaded once, for loading checks the key each time

    def make(self, use: str, algorithm: Algorithm, *, now: datetime) -> PublicKey:
        """Make a key and write its private part, durably, before anybody hears of it."""
        from cryptography.hazmat.primitives import serialization

        made = self.read.make(use, algorithm, now=now)
        pem = self.read.keys[made.name].private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self._path(made.name), os.O_WRONLY | os.O_CREAT | os.O_EXCL, ONLY_OURS)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        _keep_names(self.folder)
        return made

    def holds(self, name: str) -> bool:
        """Say whether a key is here, or raise `KeyExposed` where others may read it."""
        if not self._path(name).is_file():
            return False
        self._assert_ours(self._path(name))
        return True

    def sign(self, name: str, message: bytes) -> bytes:
        """Sign with a key by its name, read from its file the first time."""
        if not self.read.holds(name):
            self.read.keys[name] = self._load(name)
        return self.read.sign(name, message)

    def public_halves(self) -> list[PublicKey]:
        """Give the public half of every key in the folder, whoever put it there."""
        found = []
        for path in sorted(self.folder.glob("*.pem")):
            with suppress(KeyMissing):  # no key of ours, or not under its own name
                found.append(public_half(path.stem, self._load(path.stem)))
        return found

    def _load(self, name: str) -> Private:
        from cryptography.hazmat.primitives import serialization
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519

        if not self.holds(name):
            raise KeyMissing(name)
        private = serialization.load_pem_private_key(self._path(name).read_bytes(), password=None)
        if not isinstance(private, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey):
            raise KeyMissing(name)
        if _fingerprint(public_half(name, private)) != name.rpartition("-")[2]:
            raise KeyMissing(name)  # another key lies under its name: nothing it signed would verify
        return private

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.pem"

    def _assert_ours(self, path: Path) -> None:
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyExposed(path)


def _fingerprint(key: PublicKey) -> str:
    return hashlib.sha256(key.public).hexdigest()[:FINGERPRINT_DIGITS]


def _keep_names(folder: Path) -> None:
    """Have the names in a folder written: a file that was synced may be gone with its name when the power is cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _drawn(algorithm: Algorithm) -> Private:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if algorithm == Algorithm.ED25519:
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP256R1())


def _signed(private: Private, message: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519

    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(message)
    return private.sign(message, ec.ECDSA(hashes.SHA256()))
