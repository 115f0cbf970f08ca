"""Parcels: a course goes out as one zip and comes in as one, whole or not at all, whatever a stranger put into it."""

from __future__ import annotations

import io
import random
import stat
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import small_folder
from cast import NOON
from conftest import StillClock
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as some
from makers import make_draft
from small_folder import COURSE, EXAM, MODULE, PICTURE
from sqlmodel import Session, select

from app.audit import AuditLine
from app.content import reader
from app.content.folder import OnDisk
from app.identity.people import Person
from app.kit import jobs
from app.kit.files import Files
from app.library import drafts, limits, media, parcels
from app.library.drafts import CodeTaken, Draft
from app.library.drafts.revisions import DraftRevision
from app.library.parcels import AnotherCourse, DraftMoved, NoCode, Parcel, ParcelGone, entries, unpacking
from app.main import TIDY

TEXTS = {"course.md": COURSE, "01-rules.md": MODULE, "exam.md": EXAM, "media/rules.svg": PICTURE}
Entry = tuple[str | zipfile.ZipInfo, bytes | str]


def zipped(*more: Entry, texts: dict[str, str] = TEXTS, top: str = "", way: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    """A zip as people make it: the small course, and what a test adds."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", way) as into:
        for name, content in texts.items():
            into.writestr(f"{top}{name}", content)
        for name, content in more:
            into.writestr(name, content)
    return stream


def entry(name: str, *, mode: int = stat.S_IFREG | 0o644, raw: str | None = None) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system, info.external_attr = 3, mode << 16
    if raw is not None:
        info.filename = raw  # what Python would have tidied
    return info


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "kept")


def opened(upload: io.BytesIO, files: Files) -> Parcel:
    unpacked = parcels.unpack(upload, files)
    assert unpacked.problems == ()
    assert unpacked.parcel is not None
    return unpacked.parcel


def told(upload: io.BytesIO, files: Files) -> str:
    unpacked = parcels.unpack(upload, files)
    assert unpacked.parcel is None
    return "\n".join(unpacked.problems)


# --- out ---------------------------------------------------------------------------------------------------------


def test_a_course_comes_back_from_its_zip_as_it_was(tmp_path: Path, files: Files) -> None:
    folder = OnDisk(small_folder.write(tmp_path / "course"))
    packed = parcels.pack(folder, code="small-course")
    fingerprint = reader.content_hash(folder)
    assert packed.name == f"small-course-{fingerprint[:8]}.zip"
    parcel = opened(io.BytesIO(b"".join(packed.pieces())), files)
    assert reader.content_hash(parcel.shelf(files)) == fingerprint
    assert packed.content.closed


def test_the_same_course_is_packed_into_the_same_bytes(tmp_path: Path) -> None:
    one = parcels.pack(OnDisk(small_folder.write(tmp_path / "one")), code="small-course")
    other = parcels.pack(OnDisk(small_folder.write(tmp_path / "other")), code="small-course")
    assert b"".join(one.pieces()) == b"".join(other.pieces())


def test_a_draft_is_packed_with_its_media(db: Session, ines: Person, files: Files) -> None:
    draft = drafts.begin(db, title="Boundaries", code="boundaries", by=ines, files=files, now=NOON)
    shelf = drafts.shelf(db, draft, files)
    parcel = opened(io.BytesIO(b"".join(parcels.pack(shelf, code="boundaries").pieces())), files)
    assert reader.content_hash(parcel.shelf(files)) == drafts.content_hash(db, draft, files)
    assert any(name.startswith("media/") for name in parcel.files)


# --- what people zip ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("top", ["", "small-course/", "A folder, zipped/"])
def test_a_course_may_be_zipped_with_its_folder_or_without(top: str, way: int, files: Files) -> None:
    assert set(opened(zipped(top=top, way=way), files).files) == set(TEXTS)


def test_what_computers_leave_behind_is_dropped(files: Files) -> None:
    junk = ["__MACOSX/._course.md", ".DS_Store", "media/.DS_Store", "media/Thumbs.db", "desktop.ini", ".git/config"]
    parcel = opened(zipped(*((name, b"junk") for name in junk)), files)
    assert set(parcel.files) == set(TEXTS)
    assert parcel.left_out == ()


def test_what_is_no_part_of_a_course_is_left_out_and_named(files: Files) -> None:
    parcel = opened(zipped(("notes.docx", b"x"), ("media/deep/x.png", b"x"), ("Module 2.md", b"x")), files)
    assert parcel.left_out == ("Module 2.md", "media/deep/x.png", "notes.docx")
    assert set(parcel.files) == set(TEXTS)


def test_a_large_zip_of_the_newer_kind_is_read(files: Files) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as into:
        for name, content in TEXTS.items():
            with into.open(name, "w", force_zip64=True) as one:
                one.write(content.encode())
    assert set(opened(stream, files).files) == set(TEXTS)


def test_a_name_of_another_script_is_one_name_however_it_was_composed(files: Files) -> None:
    assert "media/über.svg" in opened(zipped(("media/u\u0308ber.svg", PICTURE)), files).files


def test_texts_come_in_byte_for_byte_even_those_that_are_no_text(files: Files) -> None:
    """A file in another encoding is no reason to refuse a zip: its author is shown the place."""
    parcel = opened(zipped(("02-more.md", b"caf\xe9 \x00")), files)
    (rule,) = {p.rule for p in reader.read(parcel.shelf(files), today=NOON.date()).problems if p.path == "02-more.md"}
    assert rule == "not-utf8"


# --- what strangers zip ------------------------------------------------------------------------------------------

BAD_ENTRIES: dict[str, tuple[zipfile.ZipInfo, str]] = {
    "slip": (entry("../../outside.md"), "“../../outside.md” leads out of the folder."),
    "slip inside": (entry("media/../../x.png"), "leads out of the folder"),
    "slip in junk": (entry("__MACOSX/../../x"), "leads out of the folder"),
    "absolute": (entry("/etc/passwd"), "“/etc/passwd” names a place on a disk"),
    "drive": (entry("C:/course.md"), "names a place on a disk"),
    "backslash": (entry("x", raw="media\\x.png"), "names a place on a disk"),
    "dot": (entry("./exam2.md"), "leads out of the folder"),
    "nothing between": (entry("media//x.png"), "is no name that a file can have"),
    "control": (entry("media/x\x07.png"), "is no name that a file can have"),
    "turned around": (entry("media/gnp.\u202ex.png"), "is no name that a file can have"),
    "symbolic link": (entry("media/x.png", mode=stat.S_IFLNK | 0o777), "“media/x.png” is a link and not a file."),
    "device": (entry("media/x.png", mode=stat.S_IFCHR | 0o666), "is a link and not a file"),
    "pipe": (entry("media/x.png", mode=stat.S_IFIFO | 0o666), "is a link and not a file"),
    "twice by case": (entry("media/RULES.svg"), "“media/rules.svg” and “media/RULES.svg” are one name"),
}


@pytest.mark.parametrize("case", BAD_ENTRIES)
def test_an_entry_that_is_no_file_of_a_course_refuses_the_whole_zip(case: str, files: Files) -> None:
    info, sentence = BAD_ENTRIES[case]
    assert sentence in told(zipped((info, PICTURE)), files)
    assert not list(files.root.rglob("*.json"))


def test_control_the_same_entry_under_a_good_name_comes_in(files: Files) -> None:
    assert "media/x.svg" in opened(zipped((entry("media/x.svg"), PICTURE)), files).files


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_refused(files: Files) -> None:
    assert "“exam.md” is in this zip twice." in told(zipped(("exam.md", "another")), files)


def test_a_name_that_two_forms_of_one_letter_make_twice_is_refused(files: Files) -> None:
    both = zipped(("media/\u00fc.svg", PICTURE), ("media/u\u0308.svg", PICTURE))
    assert "is in this zip twice" in told(both, files)


def test_a_locked_entry_is_named(files: Files) -> None:
    stream = zipped()
    locked = bytearray(stream.getvalue())
    at = locked.rfind(b"PK\x01\x02")
    locked[at + 8] |= 1
    assert "“media/rules.svg” is locked with a password." in told(io.BytesIO(locked), files)


def test_a_name_that_is_not_utf8_is_refused(files: Files) -> None:
    stream = zipped(("media/caf?.svg", PICTURE))
    renamed = stream.getvalue().replace(b"media/caf?.svg", b"media/caf\xe9.svg")
    assert "has a name that is not written in UTF-8" in told(io.BytesIO(renamed), files)
    claimed = bytearray(renamed)
    claimed[claimed.rfind(b"PK\x01\x02") + 9] |= 0x08
    assert "damaged" in told(io.BytesIO(claimed), files)


def test_ways_of_packing_that_unfold_without_a_bound_are_refused(files: Files) -> None:
    assert "is packed in an unusual way" in told(zipped(way=zipfile.ZIP_LZMA), files)
    assert "is packed in an unusual way" in told(zipped(way=zipfile.ZIP_BZIP2), files)


def test_a_hundred_thousand_entries_are_refused_before_they_are_listed(files: Files) -> None:
    stream = zipped(*((f"media/{number}.md", b"") for number in range(100_000)))
    tracemalloc.start()
    assert "lists far more than the 2,000 files that a course may hold" in told(stream, files)
    assert tracemalloc.get_traced_memory()[1] < 5 * limits.MIB
    tracemalloc.stop()


def test_more_entries_than_a_course_has_are_counted(files: Files) -> None:
    many = zipped(*((f"media/{number}.md", b"") for number in range(entries.MOST_ENTRIES)))
    assert "This zip holds 5,004 entries" in told(many, files)
    assert "up to 2,000 files" in told(zipped(*((f"media/{number}.md", b"") for number in range(2_000))), files)


def test_a_bomb_is_put_out_by_what_comes_out_of_it(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "UNSUSPICIOUS", limits.MIB)
    bomb = zipped(("media/film.mp4", bytes(30 * limits.MIB)))
    assert "“media/film.mp4” unfolds to far more than it takes up" in told(bomb, files)
    assert not list(files.root.rglob("*.mp4"))


def test_control_without_its_fuse_the_bomb_goes_off(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "UNSUSPICIOUS", 10**9)
    assert opened(zipped(("media/film.mp4", bytes(30 * limits.MIB))), files).files["media/film.mp4"].size > 30_000_000


def test_a_bomb_that_lies_about_its_size_does_not_get_in(files: Files) -> None:
    stream = zipped(("media/film.mp4", bytes(3 * limits.MIB)))
    lying = bytearray(stream.getvalue())
    at = lying.rfind(b"PK\x01\x02")
    struct.pack_into("<I", lying, at + 24, 10)  # “ten bytes”, says the table of contents
    assert "damaged" in told(io.BytesIO(lying), files)


def test_entries_that_share_their_bytes_are_a_trap(files: Files) -> None:
    stream = zipped(("media/a.svg", PICTURE), ("media/b.svg", PICTURE))
    sharing = bytearray(stream.getvalue())
    last = sharing.rfind(b"PK\x01\x02")
    one = sharing.rfind(b"PK\x01\x02", 0, last)
    sharing[last + 42 : last + 46] = sharing[one + 42 : one + 46]
    assert "lies inside another entry" in told(io.BytesIO(sharing), files)


def test_one_text_or_all_texts_can_be_too_long(files: Files) -> None:
    words = random.Random(1).randbytes(limits.TEXT_LARGEST)  # noqa: S311 - no secret
    assert "“02-more.md” holds more than 1 MB of text." in told(zipped(("02-more.md", words + b"x")), files)
    many = zipped(*((f"{number:02}-more.md", words) for number in range(2, 23)))
    assert "of it 20 MB of text" in told(many, files)


@pytest.mark.parametrize("cut", [0, 1, 10, 100, 500, -1, -10, -22, -100])
def test_a_zip_that_was_cut_off_is_told_in_a_sentence(cut: int, files: Files) -> None:
    whole = zipped().getvalue()
    assert told(io.BytesIO(whole[:cut]), files).startswith(("This zip is damaged", "This file is not a zip"))


def test_a_damaged_text_is_noticed_by_its_checksum(files: Files) -> None:
    spoiled = zipped(way=zipfile.ZIP_STORED).getvalue().replace(b"Which rule comes first?", b"Which rule comes worst?")
    assert "damaged" in told(io.BytesIO(spoiled), files)


def test_what_is_no_zip_is_told_so(files: Files) -> None:
    for content in (b"", b"%PDF-1.7", b"Rar!\x1a\x07", zlib.compress(b"x" * 1000)):
        assert told(io.BytesIO(content), files).startswith("This file is not a zip.")


def test_a_zip_without_a_course_says_where_one_is(files: Files) -> None:
    assert "This zip has no course.md" in told(zipped(texts={"exam.md": EXAM}), files)
    deeper = told(zipped(texts={"a/b/course.md": COURSE, "a/notes.md": "x"}), files)
    assert "There is one at “b/course.md”: zip that folder." in deeper


WHOLE = zipped(("media/long.md", "words " * 5_000)).getvalue()


@given(some.lists(some.tuples(some.integers(0, len(WHOLE) - 1), some.binary(min_size=1, max_size=8)), max_size=6))
def test_whatever_is_spoiled_in_a_zip_gives_a_parcel_or_a_sentence(
    tmp_path_factory: pytest.TempPathFactory, spoiled: list[tuple[int, bytes]]
) -> None:
    content = bytearray(WHOLE)
    for at, piece in spoiled:
        content[at : at + len(piece)] = piece
    unpacked = parcels.unpack(io.BytesIO(content), Files(tmp_path_factory.getbasetemp() / "spoiled"))
    assert (unpacked.parcel is None) == bool(unpacked.problems)
    assert all(sentence.endswith((".", "?")) for sentence in unpacked.problems)


def test_fifty_megabytes_come_in_piece_by_piece(files: Files) -> None:
    film = random.Random(2).randbytes(50 * limits.MIB)  # noqa: S311 - no secret
    upload = zipped(("media/film.mp4", film), way=zipfile.ZIP_STORED)
    tracemalloc.start()
    assert opened(upload, files).files["media/film.mp4"].size == len(film)
    assert tracemalloc.get_traced_memory()[1] < 5 * limits.MIB
    tracemalloc.stop()


# --- brought in --------------------------------------------------------------------------------------------------

Bring = Callable[..., Parcel]


@pytest.fixture
def draft(db: Session, ines: Person) -> Draft:
    return make_draft(db, ines, code="small-course")


def test_what_a_zip_would_change_is_shown_and_then_done(db: Session, draft: Draft, ines: Person, files: Files) -> None:
    drafts.write(db, draft, "evaluation.md", "## Was it fair?\n____\n", over=0, by=ines, now=NOON)
    parcel = opened(zipped(texts=TEXTS | {"exam.md": EXAM.replace("first", "next")}), files)
    shown = parcels.compare(db, draft, parcel)
    assert (shown.added, shown.changed) == (("media/rules.svg",), ("01-rules.md", "exam.md"))
    assert (shown.removed, shown.same) == (("evaluation.md",), ("course.md",))
    parcels.replace(db, draft, parcel, over=shown.over, by=ines, now=NOON)
    assert drafts.content_hash(db, draft, files) == reader.content_hash(parcel.shelf(files))
    assert parcels.compare(db, draft, parcel).is_empty
    assert db.exec(select(AuditLine.act)).all()[-1] == "draft.uploaded"


def test_what_a_zip_replaced_stays_in_the_history(db: Session, draft: Draft, ines: Person, files: Files) -> None:
    parcel = opened(zipped(texts={"course.md": COURSE, "exam.md": "# Another\n"}), files)
    parcels.replace(db, draft, parcel, over=parcels.compare(db, draft, parcel).over, by=ines, now=NOON)
    newest, before = drafts.history(db, draft, "exam.md")
    assert (newest.revision.how, drafts.text_of(db, before.revision)) == ("uploaded", EXAM)
    gone, module = drafts.history(db, draft, "01-rules.md")
    assert (gone.revision.how, gone.revision.sha256) == ("removed", None)
    drafts.restore(db, draft, module.revision, by=ines, now=NOON)
    assert "There are two rules." in drafts.read(db, draft, "01-rules.md").text


def test_a_draft_that_changed_since_it_was_compared_is_not_replaced(
    db: Session, draft: Draft, ines: Person, ada: Person, files: Files
) -> None:
    parcel = opened(zipped(), files)
    shown = parcels.compare(db, draft, parcel)
    exam = drafts.read(db, draft, "exam.md")
    drafts.write(db, draft, "exam.md", "# Ada's\n", over=exam.over, by=ada, now=NOON)
    before = len(db.exec(select(DraftRevision)).all())
    with pytest.raises(DraftMoved):
        parcels.replace(db, draft, parcel, over=shown.over, by=ines, now=NOON)
    assert drafts.read(db, draft, "exam.md").text == "# Ada's\n"
    assert len(db.exec(select(DraftRevision)).all()) == before


def test_another_course_does_not_replace_a_published_one(db: Session, draft: Draft, ines: Person, files: Files) -> None:
    draft.based_on = "0" * 64
    parcel = opened(zipped(texts=TEXTS | {"course.md": COURSE.replace("small-course", "other-course")}), files)
    with pytest.raises(AnotherCourse, match="other-course"):
        parcels.replace(db, draft, parcel, over=parcels.compare(db, draft, parcel).over, by=ines, now=NOON)


def test_a_new_course_begins_with_a_zip(db: Session, ines: Person, files: Files) -> None:
    draft = parcels.begin(db, opened(zipped(), files), by=ines, now=NOON)
    assert (draft.course_code, draft.title) == ("small-course", "A Small Course")
    assert drafts.reading(db, draft, files, today=NOON.date()).errors == ()
    with pytest.raises(CodeTaken):
        parcels.begin(db, opened(zipped(), files), by=ines, now=NOON)


def test_a_zip_whose_course_has_no_code_begins_nothing(db: Session, ines: Person, files: Files) -> None:
    nameless = opened(zipped(texts={"course.md": "Hello"}), files)
    with pytest.raises(NoCode):
        parcels.begin(db, nameless, by=ines, now=NOON)
    assert drafts.of_author(db, ines) == []


def test_an_upload_waits_for_its_decision_for_a_day(db: Session, ines: Person, files: Files) -> None:
    film = ("media/film.mp4", b"\0\0\0\x18ftypmp42")
    parcel = opened(zipped(film), files)
    assert parcels.again(files, parcel.key) == parcel
    kept = parcels.begin(db, parcel, by=ines, now=NOON)
    arrived = max(path.stat().st_mtime for path in media.private(files).root.iterdir())
    later = NOON.fromtimestamp(arrived, tz=NOON.tzinfo) + timedelta(hours=25)
    assert parcels.clear_up(db, files, now=later - timedelta(hours=2)) == 0
    assert parcels.clear_up(db, files, now=later) == 1
    assert drafts.shelf(db, kept, files).read("media/film.mp4") == film[1]
    with pytest.raises(ParcelGone):
        parcels.again(files, parcel.key)


@pytest.mark.parametrize("key", ["", "../secret", "0" * 64, "x" * 64])
def test_only_what_was_uploaded_can_be_brought_in(key: str, files: Files) -> None:
    with pytest.raises(ParcelGone):
        parcels.again(files, key)


def test_the_house_clears_up_once_a_day(house: FastAPI, clock: StillClock) -> None:
    wired = house.state.wiring
    parcel = opened(zipped(), wired.files)
    arrived = media.private(wired.files).root.stat().st_mtime
    clock.now = datetime.fromtimestamp(arrived, tz=UTC) + timedelta(days=2)
    with wired.database.write() as db:
        jobs.queue(db, kind=TIDY, key="today", payload={}, now=clock())
    while wired.worker.run_once():
        pass
    with pytest.raises(ParcelGone):
        parcels.again(wired.files, parcel.key)
