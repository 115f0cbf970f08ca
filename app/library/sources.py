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
        kept = file_name(name, digest)
        if files.path(kept) is None:
            files.keep(kept, _whole(shelf, name, digest))


def _whole(shelf: Shelf, name: str, digest: str) -> bytes:
    content = shelf.read(name)
    if content is None or hashlib.sha256(content).hexdigest() != digest:
        raise ChangedWhileRead(name)
    return content


def file_name(name: str, digest: str) -> str:
    """Give the name under which a file of a course is kept."""
    return f"{digest}{Path(name).suffix.lower()}"


def opened(source: str, named: Mapping[str, str], files: Files) -> Held:
    """Open what was kept as a shelf again: equal to the one it was kept from."""
    contents = {name: base64.b64decode(content) for name, content in json.loads(source).items()}
    by_digest = {hashlib.sha256(content).hexdigest(): content for content in contents.values()}
    suffixes = {digest: file_name(name, digest) for name, digest in named.items()}

    def read(digest: str) -> bytes | None:
        if digest in by_digest:
            return by_digest[digest]
        path = files.path(suffixes.get(digest, ""))
        return path.read_bytes() if path else None

    digests = {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    return Held({**named, **digests}, read)


def write(shelf: Shelf, target: Path) -> list[Path]:
    """Write a shelf as a folder; give the files. Raise `SourceLost` before anything is written if one is missing."""
    contents = {name: shelf.read(name) for name, _ in shelf.entries()}
    for name, content in contents.items():
        if content is None:
            raise SourceLost(name)
    written = []
    for name, content in contents.items():
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content or b"")
        written.append(path)
    return written
