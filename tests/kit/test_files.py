"""Files named by what they hold: kept whole or not at all, and no name leads out of their folder."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.kit.files import Files, Overflows

PICTURE = b"<svg/>"
NAME = f"{hashlib.sha256(PICTURE).hexdigest()}.svg"


def test_a_file_is_found_by_the_name_it_was_kept_under(tmp_path: Path) -> None:
    files = Files(tmp_path / "media")
    files.keep(NAME, PICTURE)
    found = files.path(NAME)
    assert found is not None
    assert found.read_bytes() == PICTURE


def test_the_same_bytes_are_kept_once(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.keep(NAME, PICTURE)
    before = (tmp_path / NAME).stat()
    files.keep(NAME, PICTURE)
    assert (tmp_path / NAME).stat() == before
    assert len(list(tmp_path.iterdir())) == 1


def test_a_file_that_was_not_kept_is_not_found(tmp_path: Path) -> None:
    assert Files(tmp_path).path(NAME) is None


@pytest.mark.parametrize(
    "name",
    ["../secret.txt", "secret.txt", "/etc/passwd", NAME.upper(), f"{NAME}\n", f"../media/{NAME}", "", NAME[:-4]],
)
def test_a_name_that_is_not_a_hash_never_reaches_the_disk(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    files = Files(tmp_path / "media")
    files.keep(NAME, PICTURE)
    assert files.path(name) is None


def test_a_file_that_could_not_be_written_whole_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(os, "fsync", full)
    files = Files(tmp_path)
    with pytest.raises(OSError, match="no space"):
        files.keep(NAME, PICTURE)
    assert files.path(NAME) is None
    assert list(tmp_path.iterdir()) == []


def arriving() -> Iterator[bytes]:
    yield from (PICTURE[:3], PICTURE[3:])


def test_what_arrives_in_pieces_is_kept_under_its_name(tmp_path: Path) -> None:
    files = Files(tmp_path / "media")
    for _ in range(2):
        with files.receive(arriving(), most=len(PICTURE)) as received:
            assert received.keep("svg") == NAME
    assert [path.name for path in files.root.iterdir()] == [NAME]
    assert (files.root / NAME).read_bytes() == PICTURE


def test_what_has_arrived_and_is_not_kept_is_gone(tmp_path: Path) -> None:
    files = Files(tmp_path)
    with files.receive(arriving(), most=100) as received:
        assert received.path.read_bytes() == PICTURE
    assert list(tmp_path.iterdir()) == []


def test_more_than_was_to_be_taken_in_is_stopped_and_gone(tmp_path: Path) -> None:
    with pytest.raises(Overflows), Files(tmp_path).receive(arriving(), most=len(PICTURE) - 1):
        pass
    assert list(tmp_path.iterdir()) == []
