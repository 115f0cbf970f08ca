"""Small sealed PDFs: a page, what a certificate carries, and the seal, without the work of drawing a real one."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import cache
from typing import Any

import pikepdf
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from issuer import ISSUED, Issued, Key

PAGE = b"BT /F1 24 Tf 72 720 Td (%s) Tj ET"


def drawn(issued: Issued, *, words: bytes = b"Certificate of completion", packed: bool = True) -> bytes:
    """Draw a page, and attach what a certificate carries."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(612, 792))
    font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica)
    pdf.pages[0].Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    pdf.pages[0].Contents = pdf.make_stream(PAGE % words)
    pdf.attachments["certificate.json"] = pikepdf.AttachedFileSpec(pdf, issued.certificate, filename="certificate.json")
    pdf.attachments["certificate.tlog-proof"] = pikepdf.AttachedFileSpec(
        pdf, issued.proof, filename="certificate.tlog-proof"
    )
    written = io.BytesIO()
    pdf.save(written, compress_streams=packed, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return written.getvalue()


def sealed(pdf: bytes, key: Key) -> bytes:
    """Seal a PDF as certificates are: PAdES, no changes allowed."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers

    made = signers.PdfSignatureMetadata(
        field_name="Seal",
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
        certify=True,
        docmdp_permissions=fields.MDPPerm.NO_CHANGES,
    )
    out, sealing = io.BytesIO(), signers.PdfSigner(made, signer=_signer(key))
    # In a thread of its own: pyHanko starts an event loop, and a test that has a browser is in one.
    with ThreadPoolExecutor(1) as aside:
        aside.submit(sealing.sign_pdf, IncrementalPdfFileWriter(io.BytesIO(pdf)), output=out).result()
    return out.getvalue()


@cache
def _signer(key: Key) -> Any:
    from asn1crypto import keys
    from asn1crypto import x509 as certificates
    from pyhanko.sign import signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    assert isinstance(key.private, ec.EllipticCurvePrivateKey)
    plain = key.private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    leaf = _certificate(key.private).public_bytes(serialization.Encoding.DER)
    return signers.SimpleSigner(
        signing_cert=certificates.Certificate.load(leaf),
        signing_key=keys.PrivateKeyInfo.load(plain),
        cert_registry=SimpleCertificateStore(),
    )


def _certificate(private: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Certificate seal 2026")])
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(7)
        .not_valid_before(ISSUED - timedelta(days=300))
        .not_valid_after(ISSUED + timedelta(days=900))
        .add_extension(usage, critical=True)
        .sign(private, hashes.SHA256())
    )
