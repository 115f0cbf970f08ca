"""What a certificate's file proves of itself: what it carries, and whether it is as it was sealed."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
from dataclasses import replace
from typing import Any

import issuer
import pikepdf
import pytest
import sealed
from issuer import Issued, Issuer

from app.awards.proofs import Keys, Proven, Revocations, Verdict, files
from app.awards.proofs.files import Seal
from app.awards.proofs.seals import NoSeal
from app.awards.proofs.seals import Seal as Encoded

FACTS = replace(issuer.facts(random.Random(8)), demonstration=False)  # noqa: S311 - the same every time
OTHER = issuer.facts(random.Random(9))  # noqa: S311


class Office:
    """A provider with one sealed certificate."""

    def __init__(self) -> None:
        self.provider = Issuer()
        self.issued = self.provider.issue(FACTS)
        self.other = self.provider.issue(OTHER)
        self.keys = Keys.read(self.provider.keys_file())
        self.drawn = sealed.drawn(self.issued)
        self.pdf = sealed.sealed(self.drawn, self.provider.seal)

    def check(self, raw: bytes, **given: Any) -> Proven:
        return files.check(raw, self.keys, **given)


@pytest.fixture(scope="module")
def office() -> Office:
    return Office()


def saved_anew(pdf: bytes, **how: Any) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        opened.save(out := io.BytesIO(), **how)
        return out.getvalue()


def test_a_file_as_it_was_sealed_is_proven_whole(office: Office) -> None:
    proven = office.check(office.pdf)
    assert (proven.verdict, proven.seal, proven.holds) == (Verdict.PROVEN, Seal.INTACT, True)
    assert proven.title == "Genuine, and in the register"
    assert "exactly as it was sealed" in proven.seal_title
    assert proven.facts is not None
    assert proven.facts["holder"] == FACTS.holder_name


SAVED = {
    "with object streams": {"object_stream_mode": pikepdf.ObjectStreamMode.generate},
    "without object streams": {"object_stream_mode": pikepdf.ObjectStreamMode.disable},
    "unpacked": {"compress_streams": False, "stream_decode_level": pikepdf.StreamDecodeLevel.generalized},
    "linearized": {"linearize": True},
    "for reading its source": {"qdf": True},
}


@pytest.mark.parametrize("way", SAVED)
def test_a_file_that_was_saved_anew_still_carries_its_signed_facts(office: Office, way: str) -> None:
    proven = office.check(saved_anew(office.pdf, **SAVED[way]))
    assert (proven.verdict, proven.seal, proven.holds) == (Verdict.PROVEN, Seal.BROKEN, False)
    assert proven.title == "Genuine facts: compare them with the page"


@pytest.mark.parametrize(
    ("spoil", "seal"),
    [
        (lambda pdf: pdf + b"\n", Seal.BROKEN),
        (lambda pdf: pdf[:-1], Seal.BROKEN),
        (lambda pdf: pdf.replace(b"/Helvetica", b"/helvetica"), Seal.BROKEN),
        (lambda pdf: pdf.replace(b"%PDF-1.", b"%PDF-2.", 1), Seal.BROKEN),
        (lambda pdf: pdf.replace(b"/ByteRange", b"/ByteRangE"), Seal.ABSENT),
        (lambda pdf: pdf.replace(b"/ByteRange [0 ", b"/ByteRange [1 "), Seal.BROKEN),
        (lambda pdf: pdf + b"/ByteRange [0 10 20 30]", Seal.BROKEN),
        (lambda pdf: pdf.replace(b"0000>", b"0001>", 1), Seal.BROKEN),
        (lambda pdf: pdf.replace(b"0000>", b"00 0>", 1), Seal.BROKEN),
    ],
)
def test_any_change_breaks_the_seal(office: Office, spoil: Any, seal: Seal) -> None:
    assert spoil(office.pdf) != office.pdf
    assert office.check(spoil(office.pdf)).seal == seal


def test_every_byte_beside_the_seal_is_under_it(office: Office) -> None:
    chance = random.Random(1)  # noqa: S311
    start, end = office.pdf.find(b"/Contents <"), office.pdf.find(b">", office.pdf.find(b"/Contents <"))
    places = [place for place in range(len(office.pdf)) if not start < place <= end]
    for place in chance.sample(places, 300):
        turned = office.pdf[:place] + bytes([office.pdf[place] ^ 1 << chance.randrange(8)]) + office.pdf[place + 1 :]
        assert office.check(turned).seal in {Seal.BROKEN, Seal.ABSENT}, place


@pytest.mark.parametrize(
    ("key", "seal"),
    [
        (lambda provider: provider.stolen_seal, Seal.REVOKED),
        (lambda _provider: issuer.seal_key(99), Seal.FOREIGN),
        (lambda _provider: replace(issuer.seal_key(99), name=issuer.seal_key(1).name), Seal.FOREIGN),
    ],
)
def test_a_seal_by_another_key_does_not_hold(office: Office, key: Any, seal: Seal) -> None:
    proven = office.check(sealed.sealed(office.drawn, key(office.provider)))
    assert (proven.verdict, proven.seal, proven.holds) == (Verdict.PROVEN, seal, False)


def test_a_second_signature_over_a_sealed_file_is_not_the_seal(office: Office) -> None:
    twice = sealed.sealed(sealed.drawn(office.issued, words=b"40 hours"), issuer.seal_key(99))
    grafted = twice + office.pdf[office.pdf.find(b"/ByteRange") :]
    assert office.check(grafted).seal in {Seal.FOREIGN, Seal.BROKEN}
    assert not office.check(grafted).holds


def test_a_forged_attachment_in_a_file_is_forged(office: Office) -> None:
    read = json.loads(office.issued.certificate)
    read["personal"]["holder"] = "Eve"
    forged = replace(office.issued, certificate=json.dumps(read, sort_keys=True, separators=(",", ":")).encode())
    assert office.check(sealed.drawn(forged)).facts is None


def test_the_facts_of_two_certificates_in_one_file_are_none(office: Office) -> None:
    first, second = sealed.drawn(office.issued, packed=False), sealed.drawn(office.other, packed=False)
    proven = office.check(first + second)
    assert (proven.verdict, proven.reason) == (Verdict.UNREADABLE, "several-certificates")
    assert office.check(first + first).verdict == Verdict.PROVEN, "the same twice is no other"


def test_whichever_proof_shows_most_is_used(office: Office) -> None:
    stale = sealed.drawn(replace(office.issued, proof=office.other.proof), packed=False)
    newer = office.provider.register.proof(0, office.provider.former)
    both = stale + sealed.drawn(Issued(b"", newer, ""), packed=False)
    assert (office.check(stale).reason, office.check(both).reason) == ("proof-of-another", "proven")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "not-a-pdf"),
        (b"GIF89a", "not-a-pdf"),
        (b"%PDF-1.7\n%%EOF\n", "no-certificate"),
        (b"{}", "not-a-pdf"),
        (b'{"type":"continua-certificate-1"}', "wrong-shape"),
        (b"%PDF-1.7 /Type /EmbeddedFile " * 5000, "no-certificate"),
        (b"%PDF-1.7 1 0 obj << /Type /EmbeddedFile /Filter /FlateDecode >> stream\nxxxxendstream", "no-certificate"),
        (b"%PDF-1.7 1 0 obj << /Type /EmbeddedFile /Length 999999999 >> stream\n{", "no-certificate"),
        (b"%PDF-1.7 /ByteRange [0 9999999999 9999999999 0]", "no-certificate"),
        (b"%PDF-1.7" + bytes(32 * 1024 * 1024), "too-large"),
    ],
)
def test_what_carries_nothing_says_so(office: Office, raw: bytes, reason: str) -> None:
    assert (office.check(raw).verdict, office.check(raw).reason) == (Verdict.UNREADABLE, reason)


def test_a_bomb_is_not_unpacked(office: Office) -> None:
    pdf = pikepdf.new()
    bomb = office.issued.certificate[:-1] + b" " * 50_000_000 + b"}"
    pdf.attachments["certificate.json"] = pikepdf.AttachedFileSpec(pdf, bomb, filename="certificate.json")
    pdf.save(out := io.BytesIO())
    assert len(out.getvalue()) < 200_000
    assert office.check(out.getvalue()).reason == "no-certificate"


def test_signed_facts_lie_beside_their_proof(office: Office) -> None:
    alone = office.check(office.issued.certificate)
    beside = office.check(office.issued.certificate, proof=office.issued.proof)
    assert (alone.reason, beside.reason, beside.holds, beside.seal) == ("no-proof", "proven", True, "")


def test_what_was_revoked_is_not_said_to_hold_however_well_it_is_sealed(office: Office) -> None:
    for status, title in (("revoked", "Revoked"), ("superseded", "Replaced")):
        listed = Revocations.read(office.provider.revocations(**{FACTS.number: status}), office.keys)
        proven = office.check(office.pdf, revocations=listed)
        assert (proven.seal, proven.status, proven.holds) == (Seal.INTACT, status, False)
        assert proven.title.startswith(title)


# --- a seal as it is encoded -------------------------------------------------------------------------------------


def envelope(pdf: bytes) -> bytes:
    start = pdf.find(b"/Contents <") + len(b"/Contents <")
    return bytes.fromhex(pdf[start : pdf.find(b">", start)].decode())


def test_another_program_finds_the_same_digest_and_the_same_signature(office: Office) -> None:
    from asn1crypto import cms

    der = envelope(office.pdf)
    signer = cms.ContentInfo.load(der)["content"]["signer_infos"][0]
    ours = Encoded.read(der)
    told = {each["type"].native: each["values"][0].native for each in signer["signed_attrs"]}
    assert ours.digest == told["message_digest"]
    assert ours.signed == signer["signed_attrs"].untag().dump()
    assert ours.signature == signer["signature"].native


def test_what_pyhanko_does_not_call_whole_is_not_called_so_here(office: Office) -> None:
    chance, judged = random.Random(2), {True: 0, False: 0}  # noqa: S311
    for _ in range(150):
        spoiled = bytearray(office.pdf)
        for _ in range(chance.choice((0, 1, 2))):
            spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
        whole = office.check(bytes(spoiled)).seal == Seal.INTACT
        judged[whole] += 1
        assert not whole or beside_the_seal(bytes(spoiled)) == beside_the_seal(office.pdf)
        assert not whole or _is_whole_to_pyhanko(bytes(spoiled))
    assert min(judged.values()) > 20


def beside_the_seal(pdf: bytes) -> bytes:
    start = pdf.find(b"/Contents <")
    return pdf[:start] + pdf[pdf.find(b">", start) :]


def _is_whole_to_pyhanko(pdf: bytes) -> bool:
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation.status import SignatureCoverageLevel

    try:
        signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    except ValueError:
        return True  # the certificates in the seal are spoiled, and are nothing that anything rests on
    is_entire = signature.evaluate_signature_coverage() == SignatureCoverageLevel.ENTIRE_FILE
    return is_entire and signature.compute_digest() == Encoded.read(envelope(pdf)).digest


def test_no_bytes_of_a_seal_make_reading_it_raise_anything_else(office: Office) -> None:
    chance, der = random.Random(3), envelope(office.pdf).rstrip(b"\0")  # noqa: S311
    read = 0
    for _ in range(3000):
        spoiled = bytearray(der[: chance.choice((len(der), len(der), chance.randrange(len(der))))])
        for _ in range(chance.randint(0, 3)):
            spoiled[chance.randrange(max(1, len(spoiled)))] = chance.randrange(256)
        try:
            Encoded.read(bytes(spoiled))
            read += 1
        except NoSeal:
            pass
    assert 300 < read < 2900


def test_checking_loads_nothing_heavy() -> None:
    script = "import app.awards.proofs.files, app.awards.proofs.page, sys; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True, text=True).stdout.split()
    heavy = {"weasyprint", "pyhanko", "pikepdf", "pypdfium2", "pyld", "sqlalchemy", "fastapi", "PIL"}
    assert heavy.isdisjoint(loaded)
