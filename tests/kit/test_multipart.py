"""A form with files arrives in any pieces and is read the same, and no file of it is held in memory."""

from __future__ import annotations

import random
import tempfile
import tracemalloc
from collections.abc import Iterator
from typing import IO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.kit.multipart import FieldTooLong, FormReader, Limits, NotAForm, TooManyFiles

LIMITS = Limits(files=500, file_bytes=1_000_000, field_bytes=10_000)
KIND = "multipart/form-data; boundary=edge"


@pytest.fixture
def box() -> Iterator[IO[bytes]]:
    with tempfile.TemporaryFile() as opened:
        yield opened


def part(name: str, content: bytes, filename: str | None = None) -> bytes:
    named = f'; filename="{filename}"' if filename is not None else ""
    return f'--edge\r\nContent-Disposition: form-data; name="{name}"{named}\r\n\r\n'.encode() + content + b"\r\n"


END = b"--edge--\r\n"


def read(box: IO[bytes], body: bytes, *, sizes: Iterator[int] | None = None, limits: Limits = LIMITS) -> FormReader:
    reader = FormReader(KIND, box, limits)
    at = 0
    while at < len(body):
        size = next(sizes, 65_536) if sizes else 65_536
        reader.feed(body[at : at + size])
        at += size
    reader.close()
    return reader


@given(st.lists(st.integers(1, 40), max_size=60), st.binary(max_size=300), st.binary(max_size=300))
def test_it_is_read_the_same_in_whatever_pieces_it_arrives(sizes: list[int], one: bytes, two: bytes) -> None:
    body = part("files", one, "one.pdf") + part("numbers", b"ABC\r\nDEF") + part("files", two, "zwei ñ.pdf") + END
    if b"edge" in one + two:
        return
    with tempfile.TemporaryFile() as box:
        found = read(box, body, sizes=iter(sizes))
        assert [file.name for file in found.files] == ["one.pdf", "zwei ñ.pdf"]
        assert [file.content() for file in found.files] == [one, two]
        assert found.fields == [("numbers", "ABC\r\nDEF")]


def test_a_file_that_is_too_long_is_counted_and_not_kept_and_the_next_one_is(box: IO[bytes]) -> None:
    limits = Limits(files=5, file_bytes=10, field_bytes=10)
    long = b"x" * 300_000
    body = part("files", b"0123456789", "a") + part("files", long, "b") + part("files", b"after", "c") + END
    found = read(box, body, limits=limits)
    assert [(file.name, file.size, file.is_kept, file.content()) for file in found.files] == [
        ("a", 10, True, b"0123456789"),
        ("b", 300_000, False, b""),
        ("c", 5, True, b"after"),
    ]
    box.seek(0, 2)
    assert box.tell() < 200_000, "and what came of it was written over"


def test_a_field_left_empty_is_no_file(box: IO[bytes]) -> None:
    found = read(box, part("files", b"", "") + part("files", b"", "empty.pdf") + END)
    assert [(file.name, file.size) for file in found.files] == [("empty.pdf", 0)]


def test_too_many_files_and_too_much_text_are_refused(box: IO[bytes]) -> None:
    limits = Limits(files=2, file_bytes=10, field_bytes=10)
    with pytest.raises(TooManyFiles):
        read(box, part("files", b"", "a") * 3 + END, limits=limits)
    with pytest.raises(FieldTooLong):
        read(box, part("numbers", b"x" * 6) * 2 + END, limits=limits)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--edge",
        b"nothing of the kind",
        part("files", b"half", "a"),
        part("files", b"", "a") + b"--edg",
        b"\0" * 99,
    ],
)
def test_what_is_damaged_or_cut_off_is_refused(box: IO[bytes], body: bytes) -> None:
    with pytest.raises(NotAForm):
        read(box, body)


@pytest.mark.parametrize(
    "kind", ["", "text/plain", "multipart/form-data", "multipart/form-data; boundary=" + "b" * 999]
)
def test_what_says_it_is_no_form_is_refused(box: IO[bytes], kind: str) -> None:
    with pytest.raises(NotAForm):
        FormReader(kind, box, LIMITS)


def test_random_bytes_are_refused_or_read(box: IO[bytes]) -> None:
    chance = random.Random(20261120)  # noqa: S311 - the same bytes each time
    whole = part("files", b"abc", "a.pdf") + part("numbers", b"x") + END
    for _ in range(2_000):
        body = bytearray(whole)
        for _ in range(chance.randrange(1, 6)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        try:
            read(box, bytes(body))
        except (NotAForm, TooManyFiles, FieldTooLong):
            continue


def test_files_are_not_held_in_memory(box: IO[bytes]) -> None:
    reader = FormReader(KIND, box, LIMITS)
    megabyte = part("files", b"x" * 900_000, "a.pdf")
    tracemalloc.start()
    for _ in range(40):
        reader.feed(megabyte)
    reader.feed(END)
    reader.close()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(reader.files) == 40
    assert most < 2_000_000, "the control: one of them is 900,000 bytes"
