"""The seal of a PDF: whether it is over the whole file, whether it is right, and whether the key is one of ours.

A file that was saved again has lost its seal, and its facts are held against the record instead. The seal speaks where
there is no record to ask: after a restore, or once a holder has had her name erased.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Mapping
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from app.awards.proofs.keys import Key
from app.awards.reading.findings import Seal

_HEX = re.compile(rb"<[0-9A-Fa-f\s]*>")
_MOST_FIELDS = 50


def of(content: bytes, seals: Mapping[bytes, Key]) -> Seal:
    """Say what the seal of a file proves, by the public keys of ours that seal."""
    found = [_checked(content, signed, seals) for signed in _signatures(content)]
    if not found:
        return Seal()
    return next((seal for seal in found if seal.proves), found[-1])


def _signatures(content: bytes) -> list[tuple[list[int], bytes]]:
    """Give each signature with the range of bytes that it says it is over."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            form = pdf.Root.get("/AcroForm")
            listed = form.get("/Fields") if isinstance(form, Dictionary) else None
            fields = list(listed)[:_MOST_FIELDS] if isinstance(listed, Array) else []
            return [signed for field in fields if (signed := _signature(field))]
    except (pikepdf.PdfError, RecursionError):
        return []


def _signature(field: Any) -> tuple[list[int], bytes] | None:
    if not isinstance(field, Dictionary) or field.get("/FT") != Name.Sig:
        return None
    value = field.get("/V")
    if not isinstance(value, Dictionary):
        return None
    covered: Any = value.get("/ByteRange")
    edges = [int(edge) for edge in covered if isinstance(edge, int)] if isinstance(covered, Array) else []
    return (edges, bytes(value.get("/Contents", b""))) if len(edges) == len(covered or ()) == 4 else None


def _checked(content: bytes, signed: tuple[list[int], bytes], seals: Mapping[bytes, Key]) -> Seal:
    edges, container = signed
    try:
        signer, public, is_right = _opened(container, _covered(content, edges))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        return Seal(present=True)
    key = seals.get(public)
    known = key is not None and key.revoked is None
    return Seal(present=True, unbroken=is_right and _is_whole(content, edges), known=known, signer=signer)


def _covered(content: bytes, edges: list[int]) -> bytes:
    start, length, again, rest = edges
    if min(edges) < 0:
        raise ValueError("a range before the file")
    return content[start : start + length] + content[again : again + rest]


def _is_whole(content: bytes, edges: list[int]) -> bool:
    """Say whether nothing but the signature itself is left out."""
    start, length, again, rest = edges
    gap = content[start + length : again]
    return start == 0 and again + rest == len(content) and _HEX.fullmatch(gap) is not None


def _opened(container: bytes, covered: bytes) -> tuple[str, bytes, bool]:
    """Give the signer's name, the public key (DER), and whether the signature is right. Raises where it is no CMS."""
    from asn1crypto import cms

    signed = cms.ContentInfo.load(container)["content"]
    (one,) = signed["signer_infos"]
    certificate = _certificate(signed, one["sid"])
    attributes = {attribute["type"].native: attribute["values"][0] for attribute in one["signed_attrs"]}
    whose = hashlib.sha256(certificate.dump()).digest()
    named = attributes["signing_certificate_v2"].native["certs"][0]["cert_hash"]
    is_right = (
        one["digest_algorithm"]["algorithm"].native == "sha256"
        and attributes["content_type"].native == "data"
        and attributes["message_digest"].native == hashlib.sha256(covered).digest()
        and named == whose
        and _is_signed(one, certificate)
    )
    return certificate.subject.native.get("common_name", ""), certificate.public_key.dump(), is_right


def _certificate(signed: Any, sid: Any) -> Any:
    wanted = sid.chosen["serial_number"].native
    for choice in signed["certificates"]:
        if choice.chosen.serial_number == wanted:
            return choice.chosen
    raise ValueError("the signer's certificate is not there")


def _is_signed(one: Any, certificate: Any) -> bool:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey

    public = serialization.load_der_public_key(certificate.public_key.dump())
    if not isinstance(public, EllipticCurvePublicKey):
        return False
    try:
        public.verify(one["signature"].native, one["signed_attrs"].untag().dump(), ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True
