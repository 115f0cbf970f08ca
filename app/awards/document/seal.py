"""The seal: one signature over every byte of a PDF, and nothing may be changed after it.

PAdES baseline B (ETSI EN 319 142-1) in a certifying signature that permits no changes (DocMDP level 1), ECDSA on
P-256 with SHA-256. The file has one revision: the signature fills a place that was kept for it, so whatever comes
after the last byte was added by somebody else.

pyHanko makes the signature's envelope, once for a key and a length of signature. In it only the file's digest and the
signature differ from one file to the next, and both have their place; made anew it would take a fifth of the time that
a certificate takes. The private key is not here: what has to be signed is asked for.
"""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from app.awards.document.order import SealKey, Sign

_OPENING = b"<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /ETSI.CAdES.detached"
_CONTENTS, _RANGE, _UNFILLED = b" /Contents <", b" /ByteRange [", b"0 ********** ********** **********"
_LEVEL = (
    b"<</Type /SigRef /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /V /1.2 /P 1>>>>"  # no changes
)
_DIGEST, _SIGNATURE = hashlib.sha256(b"digest").digest(), hashlib.sha256(b"signature").digest()  # marks
_USUAL_LENGTH = 71  # bytes of a P-256 signature: 70 to 72, and rarely less
_ENVELOPE = 1024  # bytes of a signature beside its two certificates; ours take about half


class NotSealed(Exception):
    """The signature does not fit the place that was kept for it, or there is no such place."""


def room(key: SealKey, *, at: datetime, reason: str) -> bytes:
    """Give the signature dictionary with a place kept for the signature.

    It must be the last object of the file. The reason is ours, never somebody's words.
    """
    zeros = b"0" * _reserved(key)
    told = f"/M (D:{at.astimezone(UTC):%Y%m%d%H%M%S}+00'00') /Reason ({reason})".encode()
    return b"".join(
        (_OPENING, _CONTENTS, zeros, b">", _RANGE, _UNFILLED, b"] /Reference [", _LEVEL, b"] ", told, b">>")
    )


def close(painted: bytes, key: SealKey, sign: Sign) -> bytes:
    """Seal a file that has room for it."""
    opening = painted.rfind(_OPENING)
    if opening < 0:
        raise NotSealed
    start = opening + len(_OPENING) + len(_CONTENTS) - 1
    end = start + _reserved(key) + 2
    covered = f"0 {start} {end} {len(painted) - end}".encode().ljust(len(_UNFILLED))
    head, tail = painted[:start], painted[end:].replace(_UNFILLED, covered, 1)
    envelope = _envelope(hashlib.sha256(head + tail).digest(), key, sign).hex().encode()
    if len(envelope) > _reserved(key):
        raise NotSealed
    return b"".join((head, b"<", envelope.ljust(_reserved(key), b"0"), b">", tail))


def _reserved(key: SealKey) -> int:
    return 2 * (len(key.certificate) + len(key.issuer) + _ENVELOPE)


def _envelope(digest: bytes, key: SealKey, sign: Sign) -> bytes:
    """Give the signature over a file of this digest, with both certificates (CMS, RFC 5652)."""
    attributes = _blank(key, _USUAL_LENGTH).attributes.replace(_DIGEST, digest)
    signature = sign(key.key, attributes)
    blank = _blank(key, len(signature))
    return blank.envelope.replace(_DIGEST, digest).replace(blank.signature, signature)


@dataclass(frozen=True, slots=True)
class _Blank:
    """An envelope with marks where the digest and the signature go, and the attributes that are signed in it."""

    attributes: bytes
    envelope: bytes
    signature: bytes


@cache
def _blank(key: SealKey, length: int) -> _Blank:
    """Let pyHanko make the envelope of a signature of this length: in DER, every length around it depends on it."""
    from asn1crypto.x509 import Certificate
    from pyhanko.sign.signers import Signer
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    mark = (_SIGNATURE * length)[:length]
    signed: list[bytes] = []

    class Marking(Signer):
        async def async_sign_raw(self, data: bytes, *_how: object) -> bytes:
            signed.append(data)
            return mark

    registry: Any = SimpleCertificateStore()  # type: ignore[no-untyped-call]
    registry.register(Certificate.load(key.issuer))
    signer = Marking(signing_cert=Certificate.load(key.certificate), cert_registry=registry)
    envelope = asyncio.run(signer.async_sign(_DIGEST, "sha256", use_pades=True)).dump()
    if (signed[0].count(_DIGEST), envelope.count(_DIGEST), envelope.count(mark)) != (1, 1, 1):
        raise NotSealed
    return _Blank(signed[0], envelope, mark)
