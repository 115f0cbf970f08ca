"""Files made to harm: each gets a sentence, within limits of time and memory, and the next file is read."""

from __future__ import annotations

import io
import resource
from collections.abc import Iterator
from time import monotonic

import pikepdf
import pytest
from awards import bad_files
from awards.bad_files import BAD, zipped
from awards.offices import HERS, office
from awards.reading_here import RoomHere

from app.awards import checking
from app.awards.reading import confines, kinds, sentences, unpacking
from app.awards.reading.kinds import Trouble
from app.awards.reading.room import ReadingRoom
from app.awards.verdicts import Document, Result

pytestmark = pytest.mark.xdist_group("reading room")
# What ends the process that reads; whether time or memory runs out first is a matter of the machine.
EXHAUSTING = {Trouble.BREAKS_READER, Trouble.TOO_SLOW}
PATIENCE = 60.0  # seconds, on a busy machine


@pytest.fixture(scope="module")
def room() -> Iterator[ReadingRoom]:
    opened = ReadingRoom(1)
    yield opened
    opened.close()


def checked(room: ReadingRoom, content: bytes, filename: str = "bad.pdf") -> list[Result]:
    return list(checking.check_file(office(), room, filename=filename, content=content))


@pytest.mark.parametrize("name", BAD)
def test_every_bad_file_gets_its_sentence_in_time(room: ReadingRoom, name: str) -> None:
    bad, began = BAD[name], monotonic()
    (result,) = checked(room, bad.make())
    assert monotonic() - began < PATIENCE
    assert result.ok is False
    assert result.sentence
    if bad.trouble is None:
        assert result.document == Document.NOT_OURS
        return
    assert result.document == (
        Document.NOT_OURS if bad.trouble in {Trouble.OTHER, Trouble.OFFICE} else Document.UNREADABLE
    )
    likely = EXHAUSTING if bad.trouble in EXHAUSTING else {bad.trouble}
    starts = {sentences.TROUBLES[trouble].partition("{")[0] for trouble in likely}
    assert any(result.sentence.startswith(start) for start in starts), result.sentence


def test_a_page_that_is_painted_without_end_takes_ten_seconds_and_no_more(room: ReadingRoom) -> None:
    pdf = bad_files.blank()
    pdf.pages[0].Contents = pdf.make_stream(b"0 0 612 792 re f\n" * 400_000)
    (result,) = checked(room, bad_files.saved(pdf))
    assert result.sentence == sentences.of_trouble(Trouble.TOO_SLOW)


def test_after_each_bad_file_a_good_one_is_read(room: ReadingRoom) -> None:
    again = io.BytesIO()
    with pikepdf.open(io.BytesIO(office().originals[HERS.number, "letter"])) as pdf:
        pdf.save(again)
    files = {f"{name}.bin": bad.make() for name, bad in BAD.items() if bad.trouble not in EXHAUSTING}
    good = {"first.pdf": again.getvalue(), "last.pdf": again.getvalue()}
    found = {one.filename: one for one in checking.check_files(office(), room, [*(files | good).items()])}
    assert len(found) >= len(files)
    assert found["first.pdf"].document == found["last.pdf"].document == Document.SAME_FACTS


@pytest.mark.parametrize("tenth", range(9))
def test_a_certificate_that_was_cut_short_is_damaged_and_never_altered(room: ReadingRoom, tenth: int) -> None:
    (result,) = checked(room, bad_files.cut_short(office().originals[HERS.number, "letter"])[tenth])
    assert result.document in {Document.UNREADABLE, Document.PICTURE, Document.NOT_OURS}, result.sentence
    assert result.ok is False


def test_a_zip_gives_each_of_its_files_under_its_name(room: ReadingRoom) -> None:
    original = office().originals[HERS.number, "letter"]
    files = {"2026/a.pdf": original, "note.txt": b"hello", "__MACOSX/._a.pdf": b"x", "../../b.pdf": original}
    found = {one.filename: one.document for one in checked(room, zipped(files), "case.zip")}
    assert found == {
        "case.zip › 2026/a.pdf": Document.ORIGINAL,
        "case.zip › note.txt": Document.NOT_OURS,
        "case.zip › b.pdf": Document.ORIGINAL,
    }


def test_a_zip_of_many_is_read_batch_by_batch(room: ReadingRoom) -> None:
    original = office().originals[HERS.number, "letter"]
    found = checked(room, zipped({f"{number:03}.pdf": original for number in range(150)}), "case.zip")
    assert len({one.filename for one in found}) == 150
    assert {one.document for one in found} == {Document.ORIGINAL}


def test_a_bad_file_in_a_zip_does_not_stop_the_others(room: ReadingRoom) -> None:
    original = office().originals[HERS.number, "letter"]
    inner = zipped({"a.pdf": original})
    files = {"bomb.pdf": b"%PDF-1.7" + bytes(4 << 20), "inner.zip": inner, "a.pdf": original}
    found = {one.filename: one for one in checked(room, zipped(files), "case.zip")}
    assert found["case.zip › a.pdf"].document == Document.ORIGINAL
    assert found["case.zip › bomb.pdf"].sentence == sentences.of_trouble(Trouble.BOMB)
    assert found["case.zip › inner.zip"].sentence == sentences.of_trouble(Trouble.ZIP_IN_ZIP)


def test_memory_stays_within_its_limit(room: ReadingRoom) -> None:
    for name in ("a_page_that_unpacks_to_gigabytes", "a_page_packed_twice", "an_image_of_fifty_thousand_dots_square"):
        checked(room, BAD[name].make())
    most = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    assert most <= confines.MEMORY_BYTES


def test_control_without_budgets_a_bomb_goes_off(monkeypatch: pytest.MonkeyPatch) -> None:
    pdf = bad_files.blank()
    pdf.pages[0].Contents = pdf.make_stream(b" " * (70 << 20))
    content, here = bad_files.saved(pdf), RoomHere()
    with here.desk() as desk:
        assert desk.read(content).trouble is Trouble.BOMB
        monkeypatch.setattr(unpacking, "MOST_UNPACKED", 1 << 40)
        assert desk.read(content).trouble is None
    here.close()


def test_every_trouble_has_a_sentence_and_every_kind_is_told_by_its_first_bytes() -> None:
    assert set(sentences.TROUBLES) == set(Trouble)
    assert kinds.of(b"junk before it %PDF-1.4") is kinds.Kind.PDF
    assert kinds.of(b"RIFF\0\0\0\0WEBPVP8 ") is kinds.Kind.IMAGE
    assert kinds.of(b"RIFF\0\0\0\0AVI LIST") is kinds.Kind.OTHER
