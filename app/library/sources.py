"""The source of an edition: every file of the course as it was published, byte for byte.

Texts are kept with the edition. Pictures, sound and film are kept as files named by what they hold; the
list of names and hashes stands with the edition, so the very folder can be written again.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.content import folder
from app.content.course import MediaFile
from app.content.folder import Held, Shelf
from app.kit.errors import Conflict
from app.kit.files import Files

PIECE = 1 << 20
LARGEST = 1 << 34  # bytes of one file: more than any course holds; the doors before this one have limits of their own
TEXTS = frozenset({"md", "vtt"})  # pictures and films are kept as files; their words are source


class ChangedWhileRead(Conflict):
    """A file was changed on disk while the course was being published."""

    def __init__(self, name: str) -> None:
        """Name the file."""
        super().__init__(f"{name} was changed while it was being published. Nothing was published: try again.")


class SourceLost(Conflict):
    """A file of an edition is not in the media folder any more."""

    def __init__(self, name: str) -> None:
        """Name the file."""
        super().__init__(f"{name} is missing from the media folder. Restore the folder media/ from your backup.")


def is_text(name: str) -> bool:
    """Say whether a file of a course is kept with the edition itself."""
    return name.rpartition(".")[2].lower() in TEXTS


@dataclass(frozen=True, slots=True)
class Still:
    """A folder held still: its texts as they were at one moment, its media behind them."""

    root: Path
    listed: tuple[tuple[str, bool], ...]
    texts: Mapping[str, bytes | None]
    behind: Shelf

    def entries(self) -> Iterator[tuple[str, bool]]:
        """Name everything there, and say of each whether it is a plain file."""
        yield from self.listed

    def read(self, name: str) -> bytes | None:
        """Give the bytes of a file."""
        return self.texts[name] if name in self.texts else self.behind.read(name)

    def digest(self, name: str) -> str:
        """Give the SHA-256 of a file."""
        if name in self.texts:
            return hashlib.sha256(self.texts[name] or b"").hexdigest()
        return self.behind.digest(name)

    def path(self, name: str) -> Path | None:
        """Say where a file lies; a text is held."""
        return None if name in self.texts else self.behind.path(name)


def still(root: Path) -> Still:
    """Hold the texts of a folder as they are now, so that what is checked is what is published."""
    looked = folder.look_into(root)
    texts = {name: looked.shelf.read(name) for name in looked.names if is_text(name)}
    return Still(root, tuple(looked.shelf.entries()), texts, looked.shelf)


def manifest(shelf: Shelf) -> dict[str, str]:
    """Give the hash of every file that belongs to the course, by name."""
    return {name: shelf.digest(name) for name in sorted(folder.look_into(shelf).names)}


def texts(shelf: Shelf, names: Iterable[str]) -> str:
    """Write the texts of a course as JSON: file name → base64 of its bytes."""
    contents = {name: shelf.read(name) or b"" for name in names if is_text(name)}
    return json.dumps({name: base64.b64encode(content).decode() for name, content in contents.items()})


def keep_media(shelf: Shelf, named: Mapping[str, str], used: Iterable[MediaFile], files: Files) -> None:
    """Keep every file of a course that is no text, and whatever its pages show, under its hash."""
    wanted = {name: digest for name, digest in named.items() if not is_text(name)}
    for name, digest in (wanted | {media.name: media.sha256 for media in used}).items():
        if files.path(file_name(name, digest)) is None:
            _keep(shelf, name, digest, files)


def _keep(shelf: Shelf, name: str, digest: str, files: Files) -> None:
    with files.receive(_pieces(shelf, name), most=LARGEST) as received:
        if received.sha256 != digest:
            raise ChangedWhileRead(name)
        received.keep(name.rpartition(".")[2].lower())


def _pieces(shelf: Shelf, name: str) -> Iterator[bytes]:
    """Give a file piece by piece where it lies on disk: a film need not fit into memory."""
    path = None if is_text(name) else shelf.path(name)
    if path is None:
        yield shelf.read(name) or b""
        return
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                yield piece
    except OSError:
        raise ChangedWhileRead(name) from None


def file_name(name: str, digest: str) -> str:
    """Give the name under which a file of a course is kept."""
    return f"{digest}{Path(name).suffix.lower()}"


def opened(source: str, named: Mapping[str, str], files: Files) -> Held:
    """Open what was kept as a shelf again: equal to the one it was kept from."""
    contents = {name: base64.b64decode(content) for name, content in json.loads(source).items()}
    by_digest = {hashlib.sha256(content).hexdigest(): content for content in contents.values()}
    suffixes = {digest: file_name(name, digest) for name, digest in named.items()}

    def lies(digest: str) -> Path | None:
        return files.path(suffixes.get(digest, ""))

    def read(digest: str) -> bytes | None:
        if digest in by_digest:
            return by_digest[digest]
        path = lies(digest)
        return path.read_bytes() if path else None

    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    return Held({**named, **digests}, read, lies)


def write(shelf: Shelf, target: Path) -> list[Path]:
    """Write a shelf as a folder; give the files. Raise `SourceLost` before anything is written if one is missing."""
    names = [name for name, _ in shelf.entries()]
    for name in names:
        if shelf.path(name) is None and shelf.read(name) is None:
            raise SourceLost(name)
    return [_written(shelf, name, target / name) for name in names]


def _written(shelf: Shelf, name: str, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.writelines(_pieces(shelf, name))
    return path
