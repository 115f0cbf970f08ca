"""What the web process puts its keys to for one drawing, and nothing else.

The render process holds no private key. It is large C libraries fed with what people typed, so it is not believed
either: for the seal's key it gets a signature only under attributes that have the form of a PDF seal's, for the
badge's key only under two digests side by side (64 bytes), each once, and under the names in the order alone.
The badge's key signs statements and checkpoints too. Those are texts, and two digests are never a text.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from app.awards.document import frames

LARGEST = 4096  # bytes of a seal's attributes; ours take a few hundred
BADGE_DIGESTS = 64

_RANGE = re.compile(rb"/ByteRange \[0 (\d{1,10}) (\d{1,10}) (\d{1,10}) *\]")
_SET, _SEQUENCE, _OID, _OCTETS = 0x31, 0x30, 0x06, 0x04
_PLAIN_CONTENT = bytes.fromhex("06092a864886f70d010701")  # id-data: the bytes of a file, nothing with a form of its own
_CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")
_MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
_SIGNING_CERTIFICATE = bytes.fromhex("2a864886f70d010910022f")
_SIGNING_TIME = bytes.fromhex("2a864886f70d010905")
_ALGORITHMS = bytes.fromhex("2a864886f70d010934")
_NEEDED = {_CONTENT_TYPE, _MESSAGE_DIGEST, _SIGNING_CERTIFICATE}
_ALLOWED = _NEEDED | {_SIGNING_TIME, _ALGORITHMS}


class Signs(Protocol):
    """Whoever holds the keys (kit/signing.py)."""

    def sign(self, key: str, message: bytes, /) -> bytes:
        """Sign with the key of this name."""


class NotWitnessed(Exception):
    """The render process asked for a signature under something that is not what was ordered."""


@dataclass(slots=True)
class Witness:
    """Signs for one drawing, and refuses the rest."""

    signer: Signs | None
    seal_key: str = ""
    badge_key: str = ""
    _given: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)  # key -> what it signed, and the signature

    def answer(self, frame: bytes) -> bytes:
        """Give the signature that a frame asks for. Raises NotWitnessed where it may not."""
        try:
            key, message = frames.asked(frame)
        except (KeyError, TypeError, ValueError) as error:
            raise NotWitnessed("not a request for a signature") from error
        if self.signer is None or not key or key in self._given or key not in {self.seal_key, self.badge_key}:
            raise NotWitnessed("not a key of this order, or once more")
        if not (is_seal(message) if key == self.seal_key else _is_badge(message)):
            raise NotWitnessed("not what this key signs")
        try:
            self._given[key] = message, self.signer.sign(key, message)
        except OSError as error:  # not the pipe's: asking once more would not help
            raise NotWitnessed("the key cannot be read") from error
        return self._given[key][1]

    def look_at(self, drawn: bytes) -> None:
        """Raise NotWitnessed unless a file that had to be sealed is the one whose seal was signed, to its last byte."""
        if not self.seal_key:
            return
        message, signature = self._given.get(self.seal_key, (b"", b""))
        *_, covered = [(0, 0, 0), *(tuple(map(int, one)) for one in _RANGE.findall(drawn))]
        start, end, rest = covered
        sealed = hashlib.sha256(drawn[:start] + drawn[end:]).digest()
        if not message or digest_in(message) != sealed or end + rest != len(drawn):
            raise NotWitnessed("not the file that was sealed")
        if signature.hex().encode() not in drawn[start:end]:
            raise NotWitnessed("the seal is not in the file")


def is_seal(message: bytes) -> bool:
    """Say whether these bytes are the signed attributes of a PDF seal (CMS, RFC 5652 §5.3, in DER), and no more."""
    if len(message) > LARGEST:
        return False
    try:
        attributes = dict(_attributes(message))
    except (IndexError, ValueError):
        return False
    return (
        set(attributes) >= _NEEDED
        and set(attributes) <= _ALLOWED
        and attributes[_CONTENT_TYPE] == _PLAIN_CONTENT
        and attributes[_MESSAGE_DIGEST][:2] == bytes([_OCTETS, 32])
        and len(attributes[_MESSAGE_DIGEST]) == 34
    )


def _is_badge(message: bytes) -> bool:
    """Say whether these may be two digests: 64 bytes that are no text (a checkpoint of a short origin is as short)."""
    try:
        message.decode()
    except UnicodeDecodeError:
        return len(message) == BADGE_DIGESTS
    return False


def digest_in(message: bytes) -> bytes:
    """Give the digest of the file that these attributes seal."""
    return dict(_attributes(message))[_MESSAGE_DIGEST][2:]


def _attributes(message: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Give each attribute's name and its value. Raises ValueError where anything else is found, or one twice."""
    ((tag, inner),) = _parts(message)
    seen = set()
    for attribute_tag, attribute in _parts(inner):
        (name_tag, name), (values_tag, values) = _parts(attribute)
        if (tag, attribute_tag, name_tag, values_tag) != (_SET, _SEQUENCE, _OID, _SET) or name in seen:
            raise ValueError("not attributes")
        seen.add(name)
        yield name, values


def _parts(der: bytes) -> Iterator[tuple[int, bytes]]:
    """Part DER into its tags and their contents, on one level."""
    while der:
        tag, length, start = der[0], der[1], 2
        if length & 0x80:
            start += length & 0x7F
            length = int.from_bytes(der[2:start], "big")
        content, der = der[start : start + length], der[start + length :]
        if len(content) != length:
            raise ValueError("cut short")
        yield tag, content
