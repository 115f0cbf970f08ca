"""The evidence pack: everything that is asked for, the exact source, and never a draft or a sample taken for more."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from cast import NOON
from content.sample_course import TODAY, read, spoiled
from sqlmodel import Session

from app import audit
from app.awards import numbers
from app.awards.drawing import DrawingRoom, FontsMissing, NotDrawn
from app.awards.facts import Facts
from app.content import reader
from app.content.folder import OnDisk
from app.kit.files import Files
from app.library import editions, folders, reviews
from app.library.editions import Edition
from app.library.reviews import Signature
from app.records import checklist, evidence_pack, evidence_sections, printing, zipped
from app.records.evidence_pack import Pack
from app.records.evidence_sections import Subject
from app.records.zipped import Entry

DISCLOSED = (("Price", "Free"), ("Format", "Self-study online: reading"))
ADDRESS = "https://ce.example.org"


class Copyist:
    """Draws by writing down what it was asked to draw."""

    def draw(self, facts: Facts, *, timeout: float) -> bytes:  # noqa: ARG002
        raise AssertionError("a pack holds no real certificate")

    def draw_sample(self, facts: Facts, *, timeout: float) -> bytes:  # noqa: ARG002
        return f"%PDF sample {facts.to_json()}".encode()

    def draw_dossier(self, dossier, *, timeout: float) -> bytes:  # noqa: ARG002
        return f"%PDF dossier {dossier.to_json()}".encode()


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "media")


@pytest.fixture
def course_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "course"
    assert read(folder).course is not None
    return folder


@pytest.fixture
def edition(db: Session, course_folder: Path, files: Files) -> Edition:
    folders.publish_new(db, course_folder, files=files, today=TODAY, now=NOON)
    return editions.current(db, "ethics-of-technology")


def gathered(db: Session, edition: Edition, files: Files) -> tuple[Subject, Pack]:
    subject, shelf = evidence_pack.of_edition(db, edition, files, disclosed=DISCLOSED, measured=None, now=NOON)
    certificate = evidence_pack.sample(db, subject, address=ADDRESS)
    return subject, evidence_pack.pack(subject, shelf, certificate, draws=Copyist())  # type: ignore[arg-type]


def opened(pack: Pack) -> dict[str, bytes]:
    """Open a pack as whoever receives it does; names without the folder that holds them all."""
    with zipfile.ZipFile(io.BytesIO(b"".join(pack.stream()))) as packed:
        assert packed.testzip() is None
        return {name.partition("/")[2]: packed.read(name) for name in packed.namelist()}


# --- what it holds -----------------------------------------------------------------------------------------------


def test_the_source_in_the_pack_is_the_text_that_was_published(
    db: Session, edition: Edition, files: Files, tmp_path: Path
) -> None:
    held = opened(gathered(db, edition, files)[1])
    for name, content in held.items():
        if name.startswith("source/"):
            target = tmp_path / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    assert reader.content_hash(tmp_path / "source") == edition.content_hash
    assert edition.content_hash in held["README.txt"].decode()


def test_every_file_is_named_with_its_hash(db: Session, edition: Edition, files: Files) -> None:
    held = opened(gathered(db, edition, files)[1])
    sums = dict(line.split("  ")[::-1] for line in held["SHA256SUMS"].decode().splitlines())
    assert set(sums) == set(held) - {"README.txt", "SHA256SUMS"}
    assert {name: hashlib.sha256(held[name]).hexdigest() for name in sums} == sums


def test_every_section_that_is_asked_for_is_there_and_says_its_part(
    db: Session, edition: Edition, files: Files
) -> None:
    held = opened(gathered(db, edition, files)[1])
    texts = {name.removeprefix("sections/")[3:-3]: text.decode() for name, text in held.items() if "sections/" in name}
    assert set(texts) == {
        "checklist", "course-page", "outline", "objectives-map", "post-test", "references", "instructors",
        "contact-hours", "evaluation-form", "certificate", "policies", "review-and-edition",
    }  # fmt: skip
    for section, words in {
        "checklist": "Ten multiple-choice questions for the first hour",
        "course-page": "What **every**"[:5],
        "outline": "A decision model",
        "objectives-map": "Apply a decision model to a dilemma: six steps",
        "post-test": "Rationale: The model begins with a name.",
        "references": "| 2023 | 3 years |",
        "instructors": "**Disclosure:** No commercial support",
        "contact-hours": "60 minutes by the clock ÷ 60 | 1 hour",
        "evaluation-form": "What will you change in your practice?",
        "certificate": "One half (0.5) contact hour, ethics",
        "policies": "| Grievances | Not stated yet |",
        "review-and-edition": "No review on record",
    }.items():
        assert words in texts[section], section


def test_the_key_of_every_kind_of_question_is_in_words(db: Session, edition: Edition, files: Files) -> None:
    held = opened(gathered(db, edition, files)[1])
    told = held["sections/05-post-test.md"].decode()
    for words in (
        "- Right: Name the dilemma (Right: begin there.)", "- Right: A photo", "- Wrong: A yearly number",
        "- Right: Crossing → A departure that may be harmless", "- Extra: A record of every visit",
        "- 1.: Name the dilemma", "Right: 2017", "Right: 45 ± 5", "Right: informed consent or consent",
        "Right: gap 1: confidentiality or privacy; gap 2: everyone", "Free text, not graded · Id: ",
        "Case: The group chat", "Each learner is asked 2 of the 3 that follow.", "Objective 1 · 2 points",
    ):  # fmt: skip
        assert words in told


def test_a_signature_stands_in_the_pack(db: Session, edition: Edition, files: Files) -> None:
    reviews.vouch(
        db,
        Signature("Rosa Lind", "NY LCSW 081234-1", "Read twice."),
        course_code=edition.course_code,
        content_hash=edition.content_hash,
        by=audit.OPERATOR,
        now=NOON,
    )
    subject, pack = gathered(db, edition, files)
    told = opened(pack)["sections/12-review-and-edition.md"].decode()
    assert "Signed by Rosa Lind" in told
    assert "NY LCSW 081234-1" in told
    assert subject.review.startswith("Reviewed by Rosa Lind")


# --- the same, and no more than it is ----------------------------------------------------------------------------


def test_a_pack_made_twice_on_one_day_is_the_same_bytes(db: Session, edition: Edition, files: Files) -> None:
    first, second = (b"".join(gathered(db, edition, files)[1].stream()) for _ in range(2))
    assert first == second
    subject, shelf = evidence_pack.of_edition(
        db, edition, files, disclosed=DISCLOSED, measured=None, now=NOON.replace(day=21)
    )
    later = evidence_pack.pack(subject, shelf, evidence_pack.sample(db, subject, address=ADDRESS), draws=Copyist())  # type: ignore[arg-type]
    assert b"".join(later.stream()) != first, "the control: the day is told"


def test_a_draft_says_on_its_face_that_it_is_one(db: Session, course_folder: Path) -> None:
    course = reader.read(course_folder, today=TODAY).course
    assert course is not None
    shelf = OnDisk(course_folder)
    subject = evidence_pack.of_draft(db, course, shelf, disclosed=DISCLOSED, now=NOON)
    pack = evidence_pack.pack(subject, shelf, evidence_pack.sample(db, subject, address=ADDRESS), draws=Copyist())  # type: ignore[arg-type]
    held = opened(pack)
    assert pack.name.endswith("-draft.zip")
    for name, content in held.items():
        if name.startswith(("sections/", "README", "evidence")):
            assert "Draft: not published" in content.decode(), name


def test_an_edition_is_not_marked_as_a_draft(db: Session, edition: Edition, files: Files) -> None:
    assert not any(b"Draft: not published" in content for content in opened(gathered(db, edition, files)[1]).values())


def test_the_sample_can_never_be_verified(db: Session, edition: Edition, files: Files) -> None:
    subject, _ = gathered(db, edition, files)
    certificate = evidence_pack.sample(db, subject, address=ADDRESS)
    assert not numbers.is_well_formed(numbers.read(certificate.number))
    assert certificate.demonstration


def test_what_cannot_be_drawn_is_refused_before_anything_is_sent(db: Session, edition: Edition, files: Files) -> None:
    class Broken(Copyist):
        def draw_dossier(self, dossier, *, timeout: float) -> bytes:  # noqa: ARG002
            raise NotDrawn

    class Unlettered(Copyist):
        def draw_sample(self, facts: Facts, *, timeout: float) -> bytes:  # noqa: ARG002
            raise FontsMissing("\u16a0")

    subject, shelf = evidence_pack.of_edition(db, edition, files, disclosed=DISCLOSED, measured=None, now=NOON)
    certificate = evidence_pack.sample(db, subject, address=ADDRESS)
    with pytest.raises(evidence_pack.PackNotDrawn, match="Nothing is wrong with the course"):
        evidence_pack.pack(subject, shelf, certificate, draws=Broken())  # type: ignore[arg-type]
    with pytest.raises(evidence_pack.PackNotDrawn, match=r"\u16a0$"):
        evidence_pack.pack(subject, shelf, certificate, draws=Unlettered())  # type: ignore[arg-type]


# --- drawn -------------------------------------------------------------------------------------------------------


@pytest.mark.xdist_group("drawing")
def test_a_whole_pack_is_drawn_with_every_section_and_no_letter_missing(
    db: Session, edition: Edition, files: Files
) -> None:
    subject, shelf = evidence_pack.of_edition(db, edition, files, disclosed=DISCLOSED, measured=None, now=NOON)
    room = DrawingRoom()
    try:
        certificate = evidence_pack.sample(db, subject, address=ADDRESS)
        held = opened(evidence_pack.pack(subject, shelf, certificate, draws=room))
    finally:
        room.close()
    text = text_of(held["evidence.pdf"])
    for number, section in enumerate(evidence_sections.all_of(subject), 1):
        assert f"{number}. {section.title}" in text
    assert "Sample: not a certificate" in text_of(held["sample-certificate.pdf"])


def text_of(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as pages:
        return " ".join(" ".join(page.get_textpage().get_text_range() for page in pages).split())


# --- the checklist -----------------------------------------------------------------------------------------------


def points(tmp_path: Path, *edits: tuple[str, str, str], **more: object) -> dict[str, bool]:
    course = read(tmp_path, spoiled(*edits)[0]).course
    assert course is not None
    given = {"policies": {"Grievances": "Write to us."}, "signed": True, "today": TODAY, **more}
    return {one.asked: one.is_met for one in checklist.of(course, **given)}  # type: ignore[arg-type]


def test_the_checklist_sees_what_is_there_and_what_is_not(tmp_path: Path) -> None:
    good = points(tmp_path / "good")
    assert good["A post-test passed with 80% or more"]
    assert good["References not older than ten years"]
    assert not good["Ten multiple-choice questions for the first hour, five for each further one"], "it asks fewer"
    bad = points(
        tmp_path / "bad",
        ("course.md", "pass: 80%", "pass: 70%"),
        ("course.md", "    bio: She says: “ask first”.\n", ""),
        ("course.md", "(2021)", "(2009)"),
        policies={"Grievances": ""},
        signed=False,
    )
    for asked in (
        "A post-test passed with 80% or more",
        "References not older than ten years",
        "Instructors: qualifications and disclosures",
        "Policies: grievances, refunds, accommodations",
        "Reviewed by a second person",
    ):
        assert good[asked], asked
        assert not bad[asked], asked


# --- printing ----------------------------------------------------------------------------------------------------


def test_what_prints_has_no_attribute_nothing_to_fetch_and_every_picture_in_words() -> None:
    html = (
        '<h2 id="x">Head</h2><p id="b1" style="color:red" onclick="x()">Text <a href="https://example.org">link</a></p>'
        '<img src="/media/a.png" alt="How consent flows"><img src="/media/b.png" alt="">'
        '<video src="/media/c.mp4"><track src="/media/c.vtt"></video><script>alert(1)</script>'
        "<dl><dt>Term</dt><dd>Meaning</dd></dl>"
    )
    told = printing.printed(html)
    assert "[Picture: How consent flows]" in told
    assert "<p><strong>Head</strong></p>" in told
    assert "[Film: see the course]" in told
    assert "<p><strong>Term</strong></p><p>Meaning</p>" in told
    for never in ("=", "script", "img", "alert", "/media", "href"):
        assert never not in told
    assert "Head\nText link" in printing.plain(html)


# --- the zip -----------------------------------------------------------------------------------------------------


def test_a_large_file_is_sent_piece_by_piece() -> None:
    taken = 0

    def film() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(50):
            taken += 1
            yield b"x" * 100_000

    stream = zipped.streamed([Entry("film.mp4", film())])
    next(stream)
    assert taken < 3, "the first piece is on its way before the last one is read"
    assert sum(map(len, stream)) > 4_500_000


def test_a_subject_of_another_day_ages_its_references(db: Session, edition: Edition, files: Files) -> None:
    subject, _ = gathered(db, edition, files)
    later = replace(subject, on=subject.on.replace(year=2035))
    (grid,) = (part for part in evidence_sections.all_of(later)[5].parts if hasattr(part, "rows"))
    assert [row[2] for row in grid.rows] == ["14 years, old", "12 years, old"]
