"""Pictures, recordings and zips through the door of the Studio: streamed, looked at, private, and never half taken."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
import writing
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from forms import form, send
from writing import MODULE, TITLE, Writer

from app.web import middleware

pytest_plugins = ["writers"]

ADDRESS = re.compile(r"/media/[0-9a-f]{64}\.png")


def zipped(**files: str) -> bytes:
    """Zip texts by their names; two underscores stand for a dot."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as into:
        for name, text in files.items():
            into.writestr(name.replace("__", "."), text)
    return made.getvalue()


def test_a_picture_comes_with_its_words_and_gives_the_line_that_shows_it(writer: Writer) -> None:
    sent = writer.uploads(writing.picture(), "A Lamp (1).PNG", alt="A lamp on a desk")
    assert sent.status_code == 303
    page = writer.browser.get(sent.headers["location"])
    assert "![A lamp on a desk](media/a-lamp-1.png)" in page.text
    shown = writer.opens("/raw/media/a-lamp-1.png")
    assert shown.headers["content-type"] == "image/png"
    assert "sandbox" in shown.headers["content-security-policy"]


def test_a_picture_without_words_is_not_taken(writer: Writer) -> None:
    again = writer.uploads(writing.picture(), "lamp.png")
    assert again.status_code == 422
    assert "Say in a sentence what the picture shows" in again.text
    assert writer.opens("/files/media/lamp.png").status_code == 404
    decorative = writer.uploads(writing.picture(), "lamp.png", decorative="yes")
    assert decorative.status_code == 303


def test_the_script_is_given_the_line(writer: Writer) -> None:
    files = {"file": ("lamp.png", io.BytesIO(writing.picture()))}
    address = f"{writer.base}/media"
    told = writer.browser.post(address, files=files, data={"alt": "A lamp"}, headers=writing.JSON)
    assert told.json() == {"name": "media/lamp.png", "line": "![A lamp](media/lamp.png)"}
    nothing = writer.browser.post(address, files={"other": ("", b"")}, data={"alt": "A lamp"}, headers=writing.JSON)
    assert nothing.json()["fields"] == {"file": "Choose a file first."}


def test_a_file_that_is_not_what_it_says_is_not_taken(writer: Writer) -> None:
    refused = writer.uploads(b"<html><script>alert(1)</script>", "lamp.png", alt="A lamp")
    assert refused.status_code == 422
    assert writer.opens("/files/media/lamp.png").status_code == 404
    assert "Save it as JPEG." in writer.uploads(b"x", "lamp.heic", alt="A lamp").text


def test_a_picture_that_is_not_published_is_nobody_elses(
    house: FastAPI, writer: Writer, browser: TestClient, other: TestClient
) -> None:
    writer.uploads(writing.picture(), "lamp.png", alt="A lamp")
    text, _ = writer.text_of()
    writer.saves(f"{text}\n![A lamp](media/lamp.png)\n")
    page = writer.opens("/preview/page/courses/a-kind-word-feedback-in-supervision/modules/why-endings-matter").text
    (address,) = set(ADDRESS.findall(page))
    assert writer.browser.get(f"{writer.base}/preview/page{address}").status_code == 200
    assert browser.get(address).status_code == 404, "the public address does not know it"
    assert other.get(f"{writer.base}/raw/media/lamp.png").status_code == 404


def test_a_recording_asks_for_its_captions_and_transcript(writer: Writer) -> None:
    film = b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(64)
    sent = writer.uploads(film, "talk.mp4", alt="A talk")
    page = writer.browser.get(sent.headers["location"])
    assert "media/talk.vtt and media/talk.md" in page.text
    captions = writer.uploads(b"WEBVTT\n\n00:00.000 --> 00:02.000\nHello.\n", "talk.vtt")
    assert captions.headers["location"].endswith("/files/media/talk.vtt")
    assert "needs media/talk.md beside it" in writer.opens("/files/media/talk.mp4").text


def test_another_picture_takes_the_place_of_one(writer: Writer) -> None:
    writer.uploads(writing.picture(), "lamp.png", alt="A lamp")
    page = writer.opens("/files/media/lamp.png")
    given = form(page, "/media").filled({})
    sent = writer.uploads(writing.picture(80), "other.png", replace="media/lamp.png", revision=given["revision"][0])
    assert sent.status_code == 303
    assert writer.opens("/raw/media/lamp.png").content == writing.picture(80)
    late = writer.uploads(writing.picture(90), "third.png", replace="media/lamp.png", revision=given["revision"][0])
    assert late.status_code == 409


def test_a_course_goes_out_as_a_zip_and_comes_back_the_same(writer: Writer) -> None:
    out = writer.opens("/download")
    assert out.headers["content-type"] == "application/zip"
    assert re.search(r'filename="a-kind-word-[a-z-]+-[0-9a-f]{8}\.zip"', out.headers["content-disposition"])
    looked = writer.uploads(out.content, "mine.zip", "/upload")
    page = writer.browser.get(looked.headers["location"])
    assert "it would change nothing" in page.text


def test_a_zip_shows_what_it_would_change_and_changes_it_only_then(writer: Writer) -> None:
    before, _ = writer.text_of()
    out = writer.opens("/download").content
    writer.saves(f"{before}\nWritten since.\n")
    looked = writer.browser.get(writer.uploads(out, "mine.zip", "/upload").headers["location"])
    assert "Files with another text" in looked.text
    assert "Written since." in writer.text_of()[0], "a look changes nothing"
    used = send(writer.browser, looked, looked.url.path)
    assert used.headers["location"] == writer.base
    assert writer.text_of()[0] == before
    assert "uploaded" in writer.opens(f"/history/{MODULE}").text


def test_what_changed_since_the_look_is_not_overwritten(writer: Writer) -> None:
    out = writer.opens("/download").content
    writer.saves("# One\n")
    looked = writer.browser.get(writer.uploads(out, "mine.zip", "/upload").headers["location"])
    writer.saves("# Two\n")
    assert send(writer.browser, looked, looked.url.path).status_code == 409
    assert writer.text_of()[0] == "# Two\n"


def test_a_new_course_begins_with_a_zip(writer: Writer, sign_in_as: SignIn) -> None:
    out = writer.opens("/download").content
    ines = writer.browser
    sent = ines.post("/author/upload", files={"file": ("mine.zip", io.BytesIO(out))}, headers=writing.SAME)
    looked = ines.get(sent.headers["location"])
    assert TITLE in looked.text
    taken = send(ines, looked, looked.url.path)
    assert taken.status_code == 422
    assert "There is a course at" in taken.text
    send(ines, writer.opens("/discard"), "/discard")
    assert send(ines, looked, looked.url.path).status_code == 303


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"no zip at all", "This file is not a zip."),
        (b"", "is not a zip"),
        (zipped(**{"../course__md": "x"}), "course.md"),
    ],
)
def test_a_zip_that_cannot_be_used_says_why_and_changes_nothing(writer: Writer, content: bytes, words: str) -> None:
    before, _ = writer.text_of()
    refused = writer.uploads(content, "mine.zip", "/upload")
    assert refused.status_code == 422
    assert words in refused.text
    assert writer.text_of()[0] == before


def test_more_than_is_taken_is_refused_before_it_is_read(
    writer: Writer, sign_in_as: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(middleware, "LARGEST_PARCEL", 10_000)
    assert writer.uploads(bytes(20_000), "lamp.png", alt="A lamp").status_code == 413

    def in_pieces() -> object:
        yield from (bytes(1_000) for _ in range(20))

    headers = writing.SAME | {"content-type": "multipart/form-data; boundary=x"}
    assert writer.browser.post(f"{writer.base}/media", content=in_pieces(), headers=headers).status_code == 413


def test_what_is_no_upload_is_refused_in_a_sentence(writer: Writer) -> None:
    refused = writer.browser.post(f"{writer.base}/media", data={"alt": "A lamp"}, headers=writing.SAME)
    assert refused.status_code == 415
    assert "takes files from a form" in refused.text
