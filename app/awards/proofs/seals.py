"""The seal of a PDF as it is encoded (CMS, RFC 5652, in DER): what it says it is over, and whose signature it is.

Only what a seal of ours has is read: one signer, SHA-256, ECDSA on P-256. That is little enough to read it here and, by
the same rules, in a browser (static/offline/cms.js), where no library reads it for us. Whole readers (pyHanko, poppler)
judge the same files in the tests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

SEQUENCE, SET, OBJECT_ID, INTEGER, OCTETS = 0x30, 0x31, 0x06, 0x02, 0x04
FIRST = 0xA0  # “[0]”, whatever it stands for where it stands

SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
PLAIN_DATA = bytes.fromhex("2a864886f70d010701")
CONTENT_TYPE = bytes.fromhex("2a864886f70d010903")
MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010904")
SHA256 = bytes.fromhex("608648016503040201")
ECDSA_SHA256 = bytes.fromhex("2a8648ce3d040302")


class NoSeal(ValueError):
    """What stands there is not a seal such as ours."""


class _Part(NamedTuple):
    tag: int
    content: bytes
    whole: bytes


@dataclass(frozen=True, slots=True)
class Seal:
    """What a seal is over, and its signature."""

    digest: bytes  # of the file, as the seal has it
    signed: bytes  # the attributes that hold the digest
    signature: bytes  # DER

    @classmethod
    def read(cls, der: bytes) -> Seal:
        """Read a seal, with the zeros behind it that fill its place; or raise `NoSeal`."""
        outermost = _tagged(_read(der, 0), SEQUENCE)
        if any(der[len(outermost.whole) :]):
            raise NoSeal("something behind it")
        match _inside(outermost):
            case [kind, content, *_]:
                _expect(kind, SIGNED_DATA)
            case _:
                raise NoSeal("not signed data")
        match _inside(_tagged(content, FIRST)):
            case [wrapped, *_]:
                return cls._of_signer(_inside(_tagged(wrapped, SEQUENCE)))
        raise NoSeal("nothing in it")

    @classmethod
    def _of_signer(cls, parts: list[_Part]) -> Seal:
        match parts:
            case [_, _, over, *_, signers]:
                _expect_first(over, PLAIN_DATA)
            case _:
                raise NoSeal("not signed data")
        match _inside(_tagged(signers, SET)):
            case [signer]:
                return cls._signed_by(_inside(_tagged(signer, SEQUENCE)))
        raise NoSeal("not one signer")

    @classmethod
    def _signed_by(cls, parts: list[_Part]) -> Seal:
        match parts:
            case [_, _, digest_of, attributes, signature_of, value, *_]:
                _expect_first(digest_of, SHA256)
                _expect_first(signature_of, ECDSA_SHA256)
                signed = bytes([SET]) + attributes.whole[1:]  # they are signed under the tag of a set
                return cls(_digest(_tagged(attributes, FIRST)), signed, _signature(_tagged(value, OCTETS).content))
        raise NoSeal("a signer without a signature")

    def signer(self, keys: Mapping[bytes, object]) -> bytes | None:
        """Give the one of some public keys that signed, or None."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        for public in keys:
            try:
                key = serialization.load_der_public_key(public)
                if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
                    key.verify(self.signature, self.signed, ec.ECDSA(hashes.SHA256()))
                    return public
            except (InvalidSignature, ValueError):
                continue
        return None


def _digest(attributes: _Part) -> bytes:
    found: dict[bytes, list[_Part]] = {}
    for attribute in _inside(attributes):
        match _inside(_tagged(attribute, SEQUENCE)):
            case [kind, values, *_] if kind.tag == OBJECT_ID and kind.content not in found:
                found[kind.content] = _inside(_tagged(values, SET))
            case _:
                raise NoSeal("an attribute that is none, or one twice")
    match found.get(MESSAGE_DIGEST), found.get(CONTENT_TYPE):
        case [digest], [kind]:
            _expect(kind, PLAIN_DATA)
            return _tagged(digest, OCTETS).content
    raise NoSeal("no digest, or more than one")


def _signature(der: bytes) -> bytes:
    """Give the signature in its one encoding: both numbers positive, and nothing behind them."""
    pair = _tagged(_read(der, 0), SEQUENCE)
    match _inside(pair):
        case [one, other, *_] if all(_is_positive(number) for number in (one, other)):
            return pair.whole
    raise NoSeal("not two numbers")


def _is_positive(number: _Part) -> bool:
    return number.tag == INTEGER and bool(number.content) and not number.content[0] & 0x80


def _expect_first(part: _Part, name: bytes) -> None:
    match _inside(_tagged(part, SEQUENCE)):
        case [kind, *_]:
            return _expect(kind, name)
    raise NoSeal("nothing in it")


def _expect(part: _Part, name: bytes) -> None:
    if _tagged(part, OBJECT_ID).content != name:
        raise NoSeal("not what a seal has there")


def _tagged(part: _Part, tag: int) -> _Part:
    if part.tag != tag:
        raise NoSeal("not what stands there in a seal")
    return part


def _inside(part: _Part) -> list[_Part]:
    parts, place = [], 0
    while place < len(part.content):
        parts.append(_read(part.content, place))
        place += len(parts[-1].whole)
    return parts


def _read(der: bytes, place: int) -> _Part:
    if place + 2 > len(der):
        raise NoSeal("cut short")
    tag, first = der[place], der[place + 1]
    more = 0 if first < 0x80 else first & 0x7F
    if first == 0x80 or more > 3:
        raise NoSeal("not DER")
    start = place + 2 + more
    length = int.from_bytes(der[place + 2 : start]) if more else first
    if start + length > len(der):
        raise NoSeal("cut short")
    return _Part(tag, der[start : start + length], der[place : start + length])
