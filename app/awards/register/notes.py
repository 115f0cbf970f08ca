"""Signed notes: a checkpoint of the register, and the proof that an entry is under it, as text (C2SP).

A file that can be read in two ways can be forged in one of them, so each is accepted in exactly one spelling: base64
as it would be written, decimals without leading zeros, no control characters, nothing before or after. Of what the
formats allow we leave out what this register never writes: extension lines of a checkpoint, extra data of a proof.
https://c2sp.org/signed-note, https://c2sp.org/tlog-checkpoint, https://c2sp.org/tlog-proof
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.awards.register.tree import HASH_BYTES

MOST_SIGNATURES = 16  # what a reader of notes must accept at least; we accept no more
MOST_HASHES = 63
ED25519 = b"\x01"  # the kind of signature, as it goes into a key's ID
KEY_ID_BYTES = 4
DASH = "— "
PROOF_HEADER = "c2sp.org/tlog-proof@v1"
DECIMAL = re.compile(r"0|[1-9][0-9]{0,14}")  # below 2^53, which any program counts exactly
NOT_ALLOWED = re.compile("[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff]")  # control characters, and halves of pairs
# Spaces as Unicode counts them, but for those that are control characters; and the plus, which a name may not have.
NOT_IN_NAMES = re.compile("[ +\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]")

Keys = Mapping[tuple[str, bytes], bytes]  # (name, key ID) -> the raw public key
Sign = Callable[[bytes], bytes]


class BadNote(ValueError):
    """The text is not a note, a checkpoint or a proof, or no key that is known signed it."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The register at one size: which register, how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Give the text that is signed."""
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @classmethod
    def read(cls, text: str) -> Checkpoint:
        """Read what `text` wrote, in its one spelling."""
        match text.split("\n"):
            case [origin, size, root, ""] if origin:
                return cls(origin, _decimal(size), _hash(root))
        raise BadNote("a checkpoint has three lines")


@dataclass(frozen=True, slots=True)
class Signature:
    """One line under a note, not yet checked."""

    name: str
    key_id: bytes
    value: bytes


@dataclass(frozen=True, slots=True)
class Note:
    """A text, and the signatures that stand under it."""

    text: str
    signatures: tuple[Signature, ...]

    @classmethod
    def read(cls, note: str) -> Note:
        """Take a note apart. Nothing is checked against a key yet."""
        text, gap, lines = note.rpartition("\n\n")
        if not gap or NOT_ALLOWED.search(note) or not lines.endswith("\n"):
            raise BadNote("a note is a text, an empty line and signatures, each with its end")
        signatures = lines[:-1].split("\n")
        if len(signatures) > MOST_SIGNATURES:
            raise BadNote(f"more than {MOST_SIGNATURES} signatures")
        return cls(text + "\n", tuple(_signature(line) for line in signatures))

    def signers(self, keys: Keys) -> tuple[tuple[str, bytes], ...]:
        """Give the known keys that signed, at least one; a signature that names a known key and is wrong spoils all."""
        message = self.text.encode()
        known = [each for each in self.signatures if (each.name, each.key_id) in keys]
        for each in known:
            if not is_signed(message, each.value, public=keys[each.name, each.key_id]):
                raise BadNote("a signature that names a known key is not by that key")
        if not known:
            raise BadNote("no key that is known signed this")
        return tuple((each.name, each.key_id) for each in known)


@dataclass(frozen=True, slots=True)
class Proof:
    """That an entry stands in the register: where, the hashes beside its way up, and the checkpoint above."""

    index: int
    hashes: tuple[bytes, ...]
    note: str  # the signed checkpoint, verbatim

    def text(self) -> str:
        """Write it as a file."""
        hashes = "".join(f"{_base64(each)}\n" for each in self.hashes)
        return f"{PROOF_HEADER}\nindex {self.index}\n{hashes}\n{self.note}"

    @classmethod
    def read(cls, text: str) -> Proof:
        """Read what `text` wrote, in its one spelling. The note is kept as it is: `opened` reads it."""
        head, gap, note = text.partition("\n\n")
        match head.split("\n"):
            case [header, index, *hashes] if gap and header == PROOF_HEADER and len(hashes) <= MOST_HASHES:
                word, _, number = index.partition(" ")
                if word == "index":
                    return cls(_decimal(number), tuple(_hash(each) for each in hashes), note)
        raise BadNote("not a proof of the first version, or one with extra data")


def key_id(name: str, public: bytes) -> bytes:
    """Give the four bytes by which a note names an Ed25519 key."""
    return hashlib.sha256(name.encode() + b"\n" + ED25519 + public).digest()[:KEY_ID_BYTES]


def verifier_key(name: str, public: bytes) -> str:
    """Write a key as other programs that read notes want to be told of it."""
    return f"{name}+{key_id(name, public).hex()}+{_base64(ED25519 + public)}"


def signed(checkpoint: Checkpoint, *, name: str, public: bytes, sign: Sign) -> str:
    """Sign a checkpoint with an Ed25519 key. `sign` gives the 64 bytes for a message."""
    text = checkpoint.text()
    signature = _base64(key_id(name, public) + sign(text.encode()))
    note = f"{text}\n{DASH}{name} {signature}\n"
    Note.read(note)  # lest an origin or a name that no reader accepts is ever signed
    return note


def opened(note: str, keys: Keys) -> Checkpoint:
    """Give the checkpoint of a note that a known key signed, or raise `BadNote`."""
    read = Note.read(note)
    read.signers(keys)
    return Checkpoint.read(read.text)


def known_as(name: str, publics: Sequence[bytes]) -> dict[tuple[str, bytes], bytes]:
    """Give keys as `opened` looks them up: all of one name, each under its own ID."""
    return {(name, key_id(name, public)): public for public in publics}


def is_signed(message: bytes, signature: bytes, *, public: bytes) -> bool:
    """Say whether an Ed25519 signature is right. A wrong length is as wrong as any other mistake."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def unbase64(text: str) -> bytes:
    """Read standard base64 in its one spelling, or raise `BadNote`."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadNote("not base64") from error
    if _base64(raw) != text:
        raise BadNote("base64, but not as it would be written")
    return raw


def _signature(line: str) -> Signature:
    name, _, written = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not name or NOT_IN_NAMES.search(name):
        raise BadNote("a signature line is a dash, a name and base64")
    raw = unbase64(written)
    if len(raw) <= KEY_ID_BYTES:
        raise BadNote("a signature line without a signature")
    return Signature(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:])


def _decimal(text: str) -> int:
    if not DECIMAL.fullmatch(text):
        raise BadNote("not a number as it would be written")
    return int(text)


def _hash(text: str) -> bytes:
    if len(raw := unbase64(text)) != HASH_BYTES:
        raise BadNote("not a hash")
    return raw


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
