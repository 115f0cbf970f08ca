"""Media of a draft: streamed to disk, seen to be what their ending says, and private until they are published.

They lie below the folder of published media, in one whose name no public address can have.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from app.content import captions, pictures
from app.content.findings import Findings
from app.content.folder import MEDIA_ENDINGS
from app.content.media import MOVING, PICTURES, SPOKEN, ending, stem
from app.kit.errors import Invalid
from app.kit.files import Files, Overflows, Received
from app.library import limits, names
from app.library.limits import MediaTooLarge, TextTooLarge

PIECE = 64 * 1024
HEAD = 4096  # bytes in which a file says what it is
INSTEAD = {
    "heic": "Save it as JPEG.", "tif": "Save it as PNG.", "tiff": "Save it as PNG.", "bmp": "Save it as PNG.",
    "mov": "Export it as MP4.", "avi": "Export it as MP4.", "mkv": "Export it as MP4 or WebM.",
    "wav": "Export it as MP3 or M4A.", "ogg": "Export it as MP3 or M4A.", "srt": "Save it as WebVTT (.vtt).",
    "doc": "Save it as PDF.", "docx": "Save it as PDF.", "ppt": "Save it as PDF.", "pptx": "Save it as PDF.",
    "txt": "Save it as Markdown (.md).",
}  # fmt: skip
_BEGINS = {
    "mp4": re.compile(rb".{4}ftyp(?!qt  )", re.DOTALL),
    "m4a": re.compile(rb".{4}ftyp(?!qt  )", re.DOTALL),
    "webm": re.compile(rb"\x1a\x45\xdf\xa3.{0,64}webm", re.DOTALL),
    "mp3": re.compile(rb"ID3|\xff[\xe2\xe3\xf2\xf3\xfa\xfb]"),
    "pdf": re.compile(rb".{0,1024}?%PDF-", re.DOTALL),
}
_MARKS = re.compile(r"([\\\[\]])")


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds, by its hash; the bytes are kept elsewhere."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Arrived:
    """An upload that was seen to be what it says: the name it would have, and where its bytes are.

    A text (captions, a transcript) is handed on, since a draft keeps texts with their versions.
    """

    name: str
    content: Content
    text: bytes | None = None

    @property
    def is_picture(self) -> bool:
        """Whether somebody must say what it shows."""
        return ending(self.name) in PICTURES

    @property
    def wants(self) -> tuple[str, ...]:
        """The files that must lie beside it: captions and a transcript of a film, a transcript of a recording."""
        kind, called = ending(self.name), stem(self.name)
        if kind in MOVING:
            return f"{called}.vtt", f"{called}.md"
        return (f"{called}.md",) if kind in SPOKEN else ()


class NoSuchKind(Invalid):
    """A course cannot hold files of this kind."""

    def __init__(self, name: str) -> None:
        """Say what to save it as."""
        kind = ending(name) if "." in name else ""
        said = f"A course cannot hold .{kind} files." if kind else f"“{names.shown(name)}” has no ending."
        instead = INSTEAD.get(kind, f"It can hold {', '.join(sorted(MEDIA_ENDINGS))}.")
        super().__init__({"file": f"{said} {instead}"}, f"{said} {instead}")


class NotWhatItSays(Invalid):
    """The bytes of an upload are not what its ending says, or no browser could show them."""

    def __init__(self, message: str) -> None:
        """Take the sentence."""
        super().__init__({"file": message}, message)


class NotDescribed(Invalid):
    """A picture without words for those who do not see it."""

    def __init__(self) -> None:
        """Ask for them."""
        message = "Say in a sentence what the picture shows, or mark it as decoration."
        super().__init__({"alt": message}, message)


def keep(stream: BinaryIO, called: str, files: Files) -> Arrived:
    """Keep an upload, `called` as on her desk; raise what speaks against it. Nothing is kept then."""
    name = names.tidy(called)
    kind = ending(name)
    if kind not in MEDIA_ENDINGS:
        raise NoSuchKind(names.shown(called))
    is_text = names.is_text(name)
    try:
        with private(files).receive(pieces(stream), most=limits.most(name)) as received:
            _inspect(name, received)
            content = Content(received.sha256, received.size)
            if is_text:
                return Arrived(name, content, received.path.read_bytes())
            received.keep(kind)
    except Overflows:
        raise (TextTooLarge if is_text else MediaTooLarge)(name) from None
    return Arrived(name, content)


def _inspect(name: str, received: Received) -> None:
    kind = ending(name)
    if received.size == 0:
        raise NotWhatItSays(f"{name} is empty. Export it again.")
    if kind in PICTURES:
        _refuse(pictures.inspect(name, _first(received.path, pictures.MOST_BYTES + 1)))
    elif names.is_text(name):
        _refuse(_read_text(name, received.path.read_bytes()))
    elif not _BEGINS[kind].match(_first(received.path, HEAD)):
        raise NotWhatItSays(f"{name} is no {kind.upper()} file, whatever its name says. Export it again as {kind}.")


def _first(path: Path, most: int) -> bytes:
    with path.open("rb") as file:
        return file.read(most)


def _read_text(name: str, content: bytes) -> Findings | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        raise NotWhatItSays(
            f"{name} is not saved as UTF-8 text. In your editor, choose “Save with encoding” and UTF-8."
        )
    if ending(name) != "vtt":
        return None
    findings = Findings(name)
    captions.inspect(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), findings)
    return findings


def _refuse(findings: Findings | None) -> None:
    for problem in findings.unwaived() if findings else ():
        raise NotWhatItSays(f"{problem.message} {problem.remedy}".strip())


def line(name: str, *, alt: str = "", caption: str = "", decorative: bool = False) -> str:
    """Write the line that shows a medium; raise `NotDescribed` for a picture without words."""
    kind = ending(name)
    words, quoted = " ".join(alt.split()), " ".join(caption.split()).replace("\\", "\\\\").replace('"', '\\"')
    address = f"<{name}>" if " " in name or "(" in name or ")" in name else name
    target = f'{address} "{quoted}"' if quoted else address
    if kind in PICTURES:
        if not words and not decorative:
            raise NotDescribed
        return f"![]({target}){{decorative}}" if decorative else f"![{_plain(words)}]({target})"
    if kind in MOVING | SPOKEN:
        return f"@[{'video' if kind in MOVING else 'audio'}]({target})"
    return f"[{_plain(words) or stem(name).rpartition('/')[2]}]({address})"


def _plain(words: str) -> str:
    return _MARKS.sub(r"\\\1", words)


def private(files: Files) -> Files:
    """Give the folder of what is not published, beside what is: /media serves plain names only, no folders."""
    return Files(files.root / "unpublished")


def lies(files: Files, sha256: str, name: str) -> Path | None:
    """Find a medium by its hash, published or not; `name` tells its ending."""
    kept = stored(sha256, name)
    return private(files).path(kept) or files.path(kept)


def stored(sha256: str, name: str) -> str:
    """Give the name that a medium is kept under."""
    return f"{sha256}.{ending(name)}"


def keep_bytes(files: Files, name: str, content: bytes) -> str:
    """Keep a small medium that is in memory already, and give its hash."""
    sha256 = hashlib.sha256(content).hexdigest()
    private(files).keep(stored(sha256, name), content)
    return sha256


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """Read a stream piece by piece."""
    while piece := stream.read(PIECE):
        yield piece
