"""The sealed PDF: valid to every reader, whole to the byte, and holding what proves it without us."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import archival
import pikepdf
import pypdfium2
import pytest
import seal_keys
from asn1crypto.x509 import Certificate
from cryptography.hazmat.primitives import serialization
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import PdfSignatureStatus, SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext
from sample_facts import ANA, FULLEST
from test_document import HOSTILE, PRINTED

from app.awards import badges, document
from app.awards.document import guilloche, seal, wording
from app.awards.document.dossier import Dossier, FactRows, Section
from app.awards.document.order import CREDENTIAL, PROOF, STATEMENT, Attached, DossierOrder, Order
from app.awards.facts import Facts
from app.kit.templates import ROOT

pytestmark = pytest.mark.xdist_group("drawing")
ADDRESS = "https://ce.example.org"
REPLACING = replace(ANA, replaces="ZZZZ9M2QXW7HB3NDE5RV", replaces_why="corrected")
RECEIPT = DossierOrder(
    Dossier(
        title="Receipt of verification",
        subject="For the case file",
        provider=ANA.provider_name,
        language="en",
        made_on="November 30, 2026",
        made_at="2026-11-30T12:00:00+00:00",
        mark="",
        foot="Receipt",
        facts=(("Files", "2"),),
        sections=(Section("verdicts", "Verdicts", (FactRows((("ana.pdf", "original, valid"),)),)),),
    ),
    seal_keys.SEALING,
    datetime(2026, 11, 30, 12, tzinfo=UTC),
    (Attached("receipt.csv", b"file,verdict\nana.pdf,original\n", "text/csv", "The same as a table", "Data"),),
)
every_sealed = pytest.mark.parametrize("name", ["ana", "fullest", "replacing", "receipt"])


def ordered(facts: Facts) -> Order:
    """Order a certificate, with files in it that look like those that prove one."""
    credential = badges.credential(
        facts,
        did="did:web:ce.example.org",
        address=ADDRESS,
        holder_email="ana@example.org",
        salt=facts.number,
        statement_sha256=64 * "0",
    )
    return Order(
        facts,
        statement=json.dumps({"holder": facts.holder_name}).encode(),
        proof="c2sp.org/tlog-proof@v1\nindex 7\n\nce.example.org/register\n8\n\n— ce".encode(),
        credential=json.dumps(credential),
        seal=seal_keys.SEALING,
        badge_key=seal_keys.STATEMENT,
        badge_method=seal_keys.METHOD,
    )


@cache
def sealed(name: str, paper: str = "letter") -> bytes:
    if name == "receipt":
        return document.draw_sealed(RECEIPT, sign=seal_keys.Signer().sign)
    facts = {"ana": ANA, "fullest": FULLEST, "replacing": REPLACING}[name]
    return document.draw(ordered(facts), paper=paper, sign=seal_keys.Signer().sign)


def unsigned(key: str, message: bytes) -> bytes:
    """Stand in for the one signature that is random by nature."""
    return b"\x30" * 71 if key == seal_keys.SEAL else seal_keys.Signer().sign(key, message)


# --- its signature -----------------------------------------------------------------------------------------------


def judged(content: bytes, root: bytes = seal_keys.SEALING.issuer) -> PdfSignatureStatus:
    """Ask pyHanko's validator, which trusts this root and nobody else."""
    trust = ValidationContext(trust_roots=[Certificate.load(root)], allow_fetching=False)
    (signature,) = PdfFileReader(io.BytesIO(content)).embedded_signatures
    return validate_pdf_signature(signature, trust)


def is_valid(content: bytes) -> bool:
    """Say whether the file is sealed by us, whole, and nothing was added to it."""
    try:
        status = judged(content)
    except (PdfReadError, SignatureValidationError, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return False
    return status.bottom_line and status.coverage == SignatureCoverageLevel.ENTIRE_FILE


@every_sealed
def test_a_validator_that_is_not_ours_finds_the_seal_valid_over_the_entire_file(name):
    status = judged(sealed(name))
    assert (status.bottom_line, status.intact, status.valid, status.trusted) == (True, True, True, True)
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.docmdp_ok
    assert (status.md_algorithm, status.pkcs7_signature_mechanism) == ("sha256", "sha256_ecdsa")


@every_sealed
def test_it_permits_no_changes_and_names_the_instant_of_issue(name):
    (signature,) = PdfFileReader(io.BytesIO(sealed(name))).embedded_signatures
    assert signature.docmdp_level == MDPPerm.NO_CHANGES
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.self_reported_timestamp == (RECEIPT.sealed_at if name == "receipt" else ANA.issued_at)
    held = {found.subject.native["common_name"] for found in signature.other_embedded_certs}
    assert held == {f"{seal_keys.PROVIDER} Root"}


def test_under_another_root_of_the_same_name_it_is_not_trusted():
    """The control: the same name, another key."""
    other = seal_keys.der(seal_keys.root(key=seal_keys.private("impostor")))
    status = judged(sealed("ana"), root=other)
    assert (status.intact, status.trusted, status.bottom_line) == (True, False, False)


@pytest.mark.parametrize("part", range(24))
def test_one_flipped_bit_anywhere_breaks_it(part):
    content = bytearray(sealed("ana"))
    start = content.index(b"/Contents <") + 10
    end = content.index(b">", start)
    places = [place for place in range(len(content)) if not start <= place <= end]  # in there zeros fill the place
    content[places[len(places) * part // 24 + 5]] ^= 1
    assert not is_valid(bytes(content))


def test_one_byte_more_or_less_breaks_it():
    assert is_valid(sealed("ana"))
    assert not is_valid(sealed("ana") + b"\n%%EOF\n")
    assert not is_valid(sealed("ana")[:-1])


@pytest.mark.skipif(not shutil.which("pdfsig"), reason="Poppler's tools are not installed")
@every_sealed
def test_poppler_finds_it_valid_too_and_a_changed_copy_not(name, tmp_path):
    (tmp_path / "sealed.pdf").write_bytes(sealed(name))
    told = run("pdfsig", "sealed.pdf", folder=tmp_path)
    assert "Signature Validation: Signature is Valid." in told
    assert "Total document signed" in told
    assert told.count("Signature #") == 1
    (tmp_path / "changed.pdf").write_bytes(sealed(name).replace(b"/Lang (en)", b"/Lang (de)"))
    assert "Signature is Valid" not in run("pdfsig", "changed.pdf", folder=tmp_path)


def test_the_command_line_of_pyhanko_judges_it_valid_and_a_changed_copy_not(tmp_path):
    (tmp_path / "root.pem").write_bytes(seal_keys.ROOT.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "sealed.pdf").write_bytes(sealed("ana"))
    (tmp_path / "changed.pdf").write_bytes(sealed("ana").replace(b"/Lang (en)", b"/Lang (de)"))
    command = Path(sys.executable).with_name("pyhanko")
    arguments = (command, "sign", "validate", "--pretty-print", "--trust-replace", "--trust", "root.pem")
    assert "The signature is judged VALID." in run(*arguments, "sealed.pdf", folder=tmp_path)
    assert "judged VALID" not in run(*arguments, "changed.pdf", folder=tmp_path, fails=True)


@pytest.mark.skipif(not shutil.which("qpdf"), reason="qpdf is not installed")
@every_sealed
def test_the_file_is_well_formed_to_the_last_byte(name, tmp_path):
    (tmp_path / "sealed.pdf").write_bytes(sealed(name))
    told = run("qpdf", "--check", "sealed.pdf", folder=tmp_path)
    assert "No syntax or stream encoding errors found" in told
    assert "WARNING" not in told


@every_sealed
def test_the_file_has_one_revision_and_its_seal_covers_all_of_it(name):
    content = sealed(name)
    assert (content.count(b"%%EOF"), content.count(b"startxref"), content.endswith(b"%%EOF\n")) == (1, 1, True)
    (ranges,) = re.findall(rb"/ByteRange \[0 (\d+) (\d+) (\d+) *\]", content)
    start, end, rest = map(int, ranges)
    assert (content[start : start + 1], content[end - 1 : end], end + rest) == (b"<", b">", len(content))


def test_it_is_no_larger_than_a_photograph():
    assert max(len(sealed("ana")), len(sealed("fullest"))) < 120_000


# --- the same order, the same bytes ------------------------------------------------------------------------------


def test_up_to_the_signature_the_same_order_gives_the_same_bytes_whatever_was_drawn_before():
    first = document.draw(ordered(ANA), sign=unsigned)
    for name in ("Nguyễn Thị Thuỳ Dương", "欧阳慧敏", "فاطمة الزهراء", "श्रीमती लक्ष्मी", "W" * 70):
        document.draw(ordered(replace(FULLEST, holder_name=name)), sign=unsigned, paper="a4")
    assert document.draw(ordered(ANA), sign=unsigned) == first
    assert document.draw_sealed(RECEIPT, sign=unsigned) == document.draw_sealed(RECEIPT, sign=unsigned)


def test_another_process_with_another_order_of_hashes_gives_the_same_bytes():
    """Even one that has drawn other things before."""
    probe = """
import hashlib, sys
from dataclasses import replace
from test_seal import ANA, FULLEST, ordered, unsigned, document
if {seed}:
    document.draw(ordered(replace(FULLEST, holder_name="Ελευθερία Đặng")), sign=unsigned)
print(hashlib.sha256(document.draw(ordered(ANA), sign=unsigned)).hexdigest())
"""
    paths = os.pathsep.join(str(ROOT / folder) for folder in (".", "tests", "tests/awards"))
    digests = {hashlib.sha256(document.draw(ordered(ANA), sign=unsigned)).hexdigest()}
    for seed in ("0", "4711"):
        environment = {**os.environ, "PYTHONPATH": paths, "PYTHONHASHSEED": seed}
        command = [sys.executable, "-c", probe.format(seed=seed)]
        done = subprocess.run(command, env=environment, capture_output=True, check=True, text=True)
        digests.add(done.stdout.strip())
    assert len(digests) == 1


def test_two_drawings_differ_in_the_signature_alone():
    one, other = (document.draw(ordered(ANA), sign=seal_keys.Signer().sign) for _ in range(2))
    start = one.index(b"/Contents <")
    end = one.index(b">", start)
    assert one != other
    assert (one[:start], one[end:]) == (other[:start], other[end:])


# --- what is attached --------------------------------------------------------------------------------------------


def test_what_proves_it_is_in_it_byte_for_byte():
    order = ordered(ANA)
    with pikepdf.open(io.BytesIO(sealed("ana"))) as pdf:
        held = {name: spec.get_file().read_bytes() for name, spec in pdf.attachments.items()}
        kinds = {name: spec.get_file().mime_type for name, spec in pdf.attachments.items()}
        dates = {str(spec.obj.EF.F.Params.ModDate) for spec in pdf.attachments.values()}
    assert (held[STATEMENT], held[PROOF]) == (order.statement, order.proof)
    assert kinds == {STATEMENT: "application/json", PROOF: "text/plain", CREDENTIAL: "application/vc+ld+json"}
    assert dates == {"D:20261121034210Z"}


def test_the_badge_in_it_is_signed():
    with pikepdf.open(io.BytesIO(sealed("ana"))) as pdf:
        badge = badges.read(pdf.attachments[CREDENTIAL].get_file().read_bytes())
    keys = {seal_keys.METHOD: seal_keys.STATEMENT_KEY.public_key().public_bytes_raw()}
    assert badges.verify(badge, keys).proven
    assert badge is not None
    assert not badges.verify({**badge, "name": "Another course"}, keys).proven, "the control: a word is changed"


@pytest.mark.skipif(not shutil.which("pdfdetach"), reason="Poppler's tools are not installed")
@every_sealed
def test_another_reader_takes_the_same_files_out(name, tmp_path):
    (tmp_path / "sealed.pdf").write_bytes(sealed(name))
    run("pdfdetach", "-saveall", "-o", tmp_path, "sealed.pdf", folder=tmp_path)
    with pikepdf.open(io.BytesIO(sealed(name))) as pdf:
        held = {file: spec.get_file().read_bytes() for file, spec in pdf.attachments.items()}
    assert held
    assert {file: (tmp_path / file).read_bytes() for file in held} == held


def test_a_program_of_ten_lines_finds_them_without_knowing_pdf():
    """So does the page that verifies offline: every object stands plainly in the file, deflated and no more."""
    content = sealed("ana")
    assert b"/ObjStm" not in content
    specs = re.findall(rb"<</Type /Filespec[^\n]*/UF \(([^)]*)\)/EF <</F (\d+) 0 R", content)
    found = {}
    for name, number in specs:
        start = content.index(b"\n%b 0 obj\n<</Type /EmbeddedFile" % number)
        packed = content[content.index(b"stream\n", start) + 7 : content.index(b"\nendstream", start)]
        found[name.decode()] = zlib.decompress(packed)
    assert set(found) == {STATEMENT, PROOF, CREDENTIAL}
    assert found[STATEMENT] == ordered(ANA).statement


def test_an_order_without_a_seal_is_drawn_plainly():
    with pikepdf.open(io.BytesIO(document.draw(Order(ANA)))) as pdf:
        assert not {"/AcroForm", "/AF", "/Names", "/Perms"} & set(pdf.Root.keys())


def test_what_is_to_be_sealed_is_not_drawn_without_somebody_to_sign():
    with pytest.raises(TypeError, match="nobody is there to sign"):
        document.draw(ordered(ANA))


def test_a_signature_too_large_for_its_place_is_refused_rather_than_cut():
    key, painted = seal_keys.SEALING, b"%PDF " + seal.room(seal_keys.SEALING, at=ANA.issued_at, reason="a test")
    with pytest.raises(seal.NotSealed):
        seal.close(painted, key, lambda _key, _message: b"x" * 1000)
    with pytest.raises(seal.NotSealed):
        seal.close(b"%PDF without room", key, unsigned)


# --- fit to be kept, and to be read aloud ------------------------------------------------------------------------


@every_sealed
def test_it_is_archival_and_accessible_down_to_its_seal(name):
    assert archival.faults(sealed(name)) == []


def _spoil(change: Callable[[pikepdf.Pdf], None]) -> list[str]:
    spoiled = io.BytesIO()
    with pikepdf.open(io.BytesIO(sealed("ana"))) as pdf:
        change(pdf)
        pdf.save(spoiled)
    return archival.faults(spoiled.getvalue())


def _widget(pdf: pikepdf.Pdf) -> pikepdf.Dictionary:
    return pdf.Root.AcroForm.Fields[0]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda pdf: pdf.Root.__delattr__("AF"), "does not say what it is to the page"),
        (lambda pdf: pdf.Root.__delattr__("OutputIntents"), "colors"),
        (lambda pdf: pdf.Root.__delattr__("Lang"), "language"),
        (lambda pdf: pdf.pages[0].obj.__delattr__("Tabs"), "tab order"),
        (lambda pdf: _widget(pdf).__delattr__("StructParent"), "hangs on no tag"),
        (lambda pdf: _widget(pdf).__delattr__("TU"), "is not told"),
        (lambda pdf: setattr(pdf.Root, "OpenAction", pikepdf.Dictionary(S=pikepdf.Name.JavaScript)), "opened"),
        (lambda pdf: pdf.make_indirect(pikepdf.Dictionary(S=pikepdf.Name.Launch)) and None, "would run"),
        (lambda pdf: setattr(pdf.pages[0], "Contents", pdf.make_stream(b"0 0 9 9 re f")), "neither text nor"),
    ],
)
def test_what_is_missing_is_found(change, fault):
    """The control: each thing taken away is missed."""

    def changed(pdf: pikepdf.Pdf) -> None:
        change(pdf)
        if fault == "would run":
            pdf.Root.Extra = pikepdf.Dictionary(S=pikepdf.Name.Launch, Indirect=pikepdf.Array())
            pdf.Root.Extra = pdf.make_indirect(pdf.Root.Extra)

    assert any(fault in found for found in _spoil(changed))


@pytest.mark.skipif(not shutil.which("verapdf"), reason="veraPDF is not installed")
@every_sealed
@pytest.mark.parametrize("flavor", ["3a", "ua1"])
def test_an_independent_judge_agrees(flavor, name, tmp_path):
    (tmp_path / "sealed.pdf").write_bytes(sealed(name))
    assert run("verapdf", "--flavour", flavor, "--format", "text", "sealed.pdf", folder=tmp_path).startswith("PASS")


def test_read_aloud_from_its_tags_it_makes_sense():
    heard = [" ".join(line.split()) for line in archival.read_aloud(sealed("replacing"))]
    assert heard == [
        "Continua Learning Cooperative",
        "Certificate of completion",
        "This certifies that",
        "Ana María Núñez-O’Brien",
        "has met every requirement of the continuing education course",
        "Social media and the duty of confidentiality",
        "The course",
        *("Course", "SM-101, edition 3fa9c1d2e4b0"),
        *("Format", "Self-study online: reading"),
        *("Location", "Online"),
        *("Presented by", "Ines Duarte, PhD, LCSW"),
        *("Started", "November 18, 2026 (2026-11-18)"),
        *("Completed", "November 20, 2026 (2026-11-20) 10:42 PM, Eastern Standard Time (America/New_York)"),
        "The credit",
        *("Contact hours", "One half (0.5) contact hour, ethics"),
        *("Total", "0.5 contact hours (60 minutes)"),
        *("Approval", "Not approved by any board"),
        *("License", "NY LCSW, number 081-234"),
        *("Replaces", "ZZZZ-9M2Q-XW7H-B3ND-E5RV (corrected)"),
        "Provider",
        ", ".join([f"{ANA.provider_name} {ANA.provider_address} {ANA.provider_phone}", ANA.provider_email]),
        "Margaret Olusanya",
        "Director of continuing education, LCSW-R",
        "Certificate number",
        "4CKT-9M2Q-XW7H-B3ND-E5RV",
        "Issued November 20, 2026 (2026-11-20)",
        "Verify at",
        "https://ce.example.org/v/4CKT-9M2Q-XW7H-B3ND-E5RV",
        "QR code: verify this certificate at https://ce.example.org/v/4CKT-9M2Q-XW7H-B3ND-E5RV",
        f"{wording.KEEP} {wording.WARNING} Digitally sealed: verify the file itself at https://ce.example.org/verify",
        "Digital seal of Continua Learning Cooperative",
    ]


@pytest.mark.parametrize("paper", document.PAPERS)
@pytest.mark.parametrize("name", PRINTED)
def test_every_fact_can_be_read_off_the_sealed_sheet_word_for_word(name, paper):
    _, printed = PRINTED[name]
    with pypdfium2.PdfDocument(sealed(name, paper)) as opened:
        text = " ".join(opened[0].get_textpage().get_text_range().split())
    assert [fact for fact in printed if fact not in text] == []
    assert "Digitally sealed: verify the file itself at https://ce.example.org/verify" in text


@pytest.mark.parametrize("paper", document.PAPERS)
def test_the_seal_is_where_its_ornament_is(paper):
    size = document.PAPERS[paper]
    with pikepdf.open(io.BytesIO(sealed("ana", paper))) as pdf:
        left, bottom, right, top = (float(edge) for edge in _widget(pdf).Rect)
    assert ((left + right) / 2, (bottom + top) / 2) == pytest.approx((size.width / 2, guilloche.SEAL_HEIGHT))
    assert (right - left, top - bottom) == pytest.approx((2 * guilloche.SEAL_RADIUS,) * 2)


def test_what_it_replaces_is_named_and_why():
    for why, words in (("corrected", "(corrected)"), ("reissued", "(re-issued)")):
        with pypdfium2.PdfDocument(document.draw(Order(replace(REPLACING, replaces_why=why)))) as pdf:
            assert f"Replaces ZZZZ-9M2Q-XW7H-B3ND-E5RV {words}" in " ".join(
                pdf[0].get_textpage().get_text_range().split()
            )
    with pypdfium2.PdfDocument(sealed("ana")) as pdf:
        assert "Replaces" not in pdf[0].get_textpage().get_text_range()


# --- nothing foreign gets in -------------------------------------------------------------------------------------

_TEXTS = [one.name for one in fields(Facts) if one.type == "str" and one.name not in {"time_zone", "verify_url"}]


@pytest.mark.parametrize("field", [*_TEXTS, "approval_statements"])
def test_no_field_of_a_certificate_can_fetch_or_run_anything(field):
    """The control is in test_document.py: with both protections off, the same words embed a file."""
    hostile = (HOSTILE,) if field == "approval_statements" else HOSTILE
    content = document.draw(replace(ordered(ANA), facts=replace(ANA, **{field: hostile})), sign=unsigned)
    assert archival.faults(content) == []
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert set(pdf.attachments) == {STATEMENT, PROOF, CREDENTIAL}
        links = [str(one.A.URI) for one in pdf.pages[0].Annots if "/A" in one]
        pictures = [one for one in pdf.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
    assert (links, pictures) == ([ANA.verify_url], [])


def test_an_order_comes_through_the_pipe_as_it_was():
    assert Order.from_json(ordered(FULLEST).to_json()) == ordered(FULLEST)
    assert Order.from_json(Order(ANA).to_json()) == Order(ANA)
    assert DossierOrder.from_json(RECEIPT.to_json()) == RECEIPT


def run(*command: str | Path, folder: Path, fails: bool = False) -> str:
    """Run somebody else's program, at home in a folder of its own."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, "HOME": str(folder)}, capture_output=True, check=not fails, text=True
    )
    return done.stdout + done.stderr
