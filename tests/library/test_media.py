"""Media: an upload is what its ending says, lies where the public cannot reach it, and is asked for its words."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from pathlib import Path

import pytest
from cast import NOON
from fastapi.testclient import TestClient
from makers import make_draft
from small_folder import PICTURE
from sqlmodel import Session

from app.identity.people import Person
from app.kit.files import Files
from app.library import drafts, limits, media
from app.library.drafts import ReplacedMeanwhile
from app.library.limits import MediaTooLarge, TextTooLarge
from app.library.media import NoSuchKind, NotDescribed, NotWhatItSays
from app.library.names import NameTaken


def png() -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


VTT = b"WEBVTT\n\n00:00:01.000 --> 00:00:02.000\nHello\n"
SOUND = {
    "x.png": png(),
    "x.svg": PICTURE.encode(),
    "x.mp4": b"\0\0\0\x18ftypmp42",
    "x.m4a": b"\0\0\0\x18ftypM4A ",
    "x.webm": b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x84webm",
    "x.mp3": b"ID3\x04",
    "y.mp3": b"\xff\xfb\x90",
    "x.pdf": b"%PDF-1.7",
    "x.vtt": VTT,
    "x.md": "# Café\n".encode(),
}
SCRIPTED = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "kept")


def everything(files: Files) -> list[Path]:
    return [path for path in files.root.rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", SOUND)
def test_what_is_what_it_says_is_taken(name: str, files: Files) -> None:
    arrived = media.keep(io.BytesIO(SOUND[name]), name, files)
    assert arrived.name == f"media/{name}"
    assert arrived.content.size == len(SOUND[name])
    is_text = name.endswith((".vtt", ".md"))
    assert arrived.text == (SOUND[name] if is_text else None)
    assert len(everything(files)) == (0 if is_text else 1)


@pytest.mark.parametrize("content", [b"", b"MZ\x90\0", b"<html><script>alert(1)</script>", b"\xff\xfe\0\0"])
@pytest.mark.parametrize("name", [name for name in SOUND if name not in {"x.md", "y.mp3"}])
def test_what_is_not_what_it_says_is_refused_and_not_kept(name: str, content: bytes, files: Files) -> None:
    with pytest.raises(NotWhatItSays) as refused:
        media.keep(io.BytesIO(content), name, files)
    assert refused.value.message.endswith(".")
    assert everything(files) == []


@pytest.mark.parametrize(
    ("name", "content", "tells"),
    [
        ("x.jpg", png(), "This picture is PNG, and its name says jpg."),
        ("x.svg", SCRIPTED, "holds a <script>"),
        ("x.vtt", b"1\n00:00:01,000 --> 00:00:02,000\n", "This is no WebVTT file."),
        ("x.md", b"caf\xe9", "is not saved as UTF-8 text"),
        ("x.mp4", b"\0\0\0\x14ftypqt  ", "is no MP4 file"),
        ("x.mp3", b"\xff\xf1\x50", "is no MP3 file"),
    ],
)
def test_a_refusal_says_what_is_wrong(name: str, content: bytes, tells: str, files: Files) -> None:
    with pytest.raises(NotWhatItSays) as refused:
        media.keep(io.BytesIO(content), name, files)
    assert tells in refused.value.message


@pytest.mark.parametrize(
    ("name", "tells"),
    [
        ("x.docx", "A course cannot hold .docx files. Save it as PDF."),
        ("x.MOV", "Export it as MP4."),
        ("x.html", "It can hold gif, "),
        ("README", "has no ending"),
        ("..", "It can hold"),
    ],
)
def test_a_kind_that_no_course_holds_is_told_what_to_save_it_as(name: str, tells: str, files: Files) -> None:
    with pytest.raises(NoSuchKind, match=tells.replace(".", r"\.")):
        media.keep(io.BytesIO(b"x"), name, files)


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("IMG 2031.PNG", "media/img-2031.png"),
        ("C:\\Users\\Ana\\Übersicht (final).png", "media/ubersicht-final.png"),
        ("../../etc/passwd.png", "media/passwd.png"),
        ("漢字.png", "media/file.png"),
        (".png", "media/file.png"),
        (f"{'long ' * 60}.png", f"media/{('long-' * 12)[:59]}.png"),
    ],
)
def test_a_clean_name_is_suggested(called: str, name: str, files: Files) -> None:
    assert media.keep(io.BytesIO(png()), called, files).name == name


def test_what_is_too_large_is_refused_before_it_is_whole(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MEDIA_LARGEST", 1_000)
    with pytest.raises(MediaTooLarge):
        media.keep(io.BytesIO(SOUND["x.mp4"] + bytes(1_000)), "x.mp4", files)
    with pytest.raises(TextTooLarge):
        media.keep(io.BytesIO(b"x" * (limits.TEXT_LARGEST + 1)), "x.md", files)
    assert everything(files) == []


def test_a_film_is_never_whole_in_memory(files: Files) -> None:
    film = io.BytesIO(SOUND["x.mp4"] + bytes(30 * limits.MIB))
    tracemalloc.start()
    media.keep(film, "x.mp4", files)
    assert tracemalloc.get_traced_memory()[1] < limits.MIB
    tracemalloc.stop()


# --- private -----------------------------------------------------------------------------------------------------


def test_what_is_not_published_is_not_served(browser: TestClient, tmp_path: Path) -> None:
    files = Files(browser.app.state.wiring.files.root)  # type: ignore[attr-defined]
    arrived = media.keep(io.BytesIO(png()), "x.png", files)
    kept = media.lies(files, arrived.content.sha256, arrived.name)
    assert kept is not None
    for address in (
        kept.name,
        f"unpublished/{kept.name}",
        f"unpublished%2F{kept.name}",
        f"../{kept.parent.name}/{kept.name}",
    ):
        assert browser.get(f"/media/{address}").status_code == 404


def test_control_what_is_published_is_served(browser: TestClient) -> None:
    files = Files(browser.app.state.wiring.files.root)  # type: ignore[attr-defined]
    arrived = media.keep(io.BytesIO(png()), "x.png", files)
    name = media.stored(arrived.content.sha256, arrived.name)
    files.keep(name, png())
    assert browser.get(f"/media/{name}").status_code == 200


# --- in a draft --------------------------------------------------------------------------------------------------


def test_a_medium_takes_a_place_of_its_own_in_a_draft(db: Session, ines: Person, files: Files) -> None:
    draft = make_draft(db, ines)
    arrived = media.keep(io.BytesIO(png()), "x.png", files)
    for _ in range(2):
        file = drafts.add_media(db, draft, arrived, by=ines, now=NOON)
    assert (file.name, file.revision) == ("media/x.png", 1)
    assert drafts.shelf(db, draft, files).read("media/x.png") == png()
    other = media.keep(io.BytesIO(SOUND["x.svg"]), "x.svg", files)
    with pytest.raises(drafts.OtherKind):
        drafts.add_media(db, draft, other, by=ines, now=NOON, name="media/x.png")
    another = media.keep(io.BytesIO(png() + b"another"), "x.png", files)
    with pytest.raises(NameTaken):
        drafts.add_media(db, draft, another, by=ines, now=NOON)
    drafts.replace_media(db, draft, "media/x.png", another, over=1, by=ines, now=NOON)
    with pytest.raises(ReplacedMeanwhile):
        drafts.replace_media(db, draft, "media/x.png", arrived, over=1, by=ines, now=NOON)


def test_captions_are_texts_of_the_draft(db: Session, ines: Person, files: Files) -> None:
    draft = make_draft(db, ines)
    drafts.add_media(db, draft, media.keep(io.BytesIO(VTT), "talk.vtt", files), by=ines, now=NOON)
    assert drafts.read(db, draft, "media/talk.vtt").text == VTT.decode()


def test_a_film_says_what_must_lie_beside_it(files: Files) -> None:
    film = media.keep(io.BytesIO(SOUND["x.mp4"]), "talk.mp4", files)
    assert film.wants == ("media/talk.vtt", "media/talk.md")
    assert media.keep(io.BytesIO(SOUND["x.mp3"]), "talk.mp3", files).wants == ("media/talk.md",)
    assert media.keep(io.BytesIO(png()), "x.png", files).is_picture


# --- the line to insert ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "more", "line"),
    [
        ("media/x.png", {"alt": "Two\nchairs"}, "![Two chairs](media/x.png)"),
        ("media/x.png", {"alt": "A [box]", "caption": 'The "box"'}, '![A \\[box\\]](media/x.png "The \\"box\\"")'),
        ("media/x.png", {"decorative": True}, "![](media/x.png){decorative}"),
        ("media/a talk.mp4", {"caption": "On consent"}, '@[video](<media/a talk.mp4> "On consent")'),
        ("media/x.mp3", {}, "@[audio](media/x.mp3)"),
        ("media/x.pdf", {"alt": "The handout"}, "[The handout](media/x.pdf)"),
        ("media/x.pdf", {}, "[x](media/x.pdf)"),
    ],
)
def test_the_line_shows_the_medium(name: str, more: dict[str, object], line: str) -> None:
    assert media.line(name, **more) == line  # type: ignore[arg-type]


@pytest.mark.parametrize("called", ["x.png", "a (small) picture.png", "x.svg", "a talk.mp4", "a talk.mp3", "x.pdf"])
def test_the_line_is_read_as_the_medium_it_shows(db: Session, ines: Person, files: Files, called: str) -> None:
    """Also under a name that she chose herself, and with words that could be taken for marks."""
    arrived = media.keep(io.BytesIO(SOUND[f"x.{called[-3:]}"]), called, files)
    name = f"media/{called}"
    words = {"alt": "A [box] *and* `more`", "caption": 'It is "so" \\\\ <b>'}
    module = f"# Rules\n\nWords.\n\n{media.line(name, **words)}\n"
    draft = make_draft(db, ines, **{"01-rules": f"---\nobjectives: [1, 2, 3]\n---\n{module}"})
    drafts.add_media(db, draft, arrived, by=ines, now=NOON, name=name)
    for wanted, text in (("vtt", VTT), ("md", b"What is said.\n")):
        beside = media.keep(io.BytesIO(text), f"x.{wanted}", files)
        drafts.add_media(db, draft, beside, by=ines, now=NOON, name=f"media/a talk.{wanted}")
    reading = drafts.reading(db, draft, files, today=NOON.date())
    assert reading.problems == ()
    assert reading.course is not None
    assert name in {medium.name for medium in reading.course.media}


def test_a_picture_without_words_is_asked_for_them() -> None:
    with pytest.raises(NotDescribed) as refused:
        media.line("media/x.png", alt="  ")
    assert list(refused.value.fields) == ["alt"]
