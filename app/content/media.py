"""Pictures, recordings and videos: found in the course's own media folder and named by what they hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from app.content import picture_size, pictures
from app.content.course import MediaFile
from app.content.findings import Findings
from app.content.folder import MEDIA, Folder
from app.content.html import escape
from app.content.picture_size import Size

PICTURES = frozenset({"png", "jpg", "jpeg", "webp", "gif", "svg"})
SPOKEN = frozenset({"mp3", "m4a"})
MOVING = frozenset({"mp4", "webm"})
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as a page shows it. Without an address only its description is shown."""

    src: str
    alternative: str
    caption: str = ""
    description_html: str = ""
    size: Size | None = None

    def image(self) -> str:
        """Write the picture alone."""
        if not self.src:
            return escape(self.alternative)
        room = f' width="{self.size.width}" height="{self.size.height}"' if self.size else ""
        alternative = escape(self.alternative)
        return f'<img src="{escape(self.src)}" alt="{alternative}"{room} loading="lazy" decoding="async">'

    def figure(self, attributes: str = "") -> str:
        """Write the picture with its caption and long description."""
        caption = f"<figcaption>{escape(self.caption)}</figcaption>" if self.caption else ""
        details = _details("long-description", "Description of the picture", self.description_html)
        return f'<figure{attributes} class="picture">{self.image()}{caption}{details}</figure>\n'


@dataclass(frozen=True, slots=True)
class Medium:
    """A video or a recording, with what makes it accessible."""

    kind: str  # video | audio
    src: str
    title: str
    language: str
    captions_src: str = ""
    transcript_html: str = ""

    def figure(self, attributes: str = "") -> str:
        """Write the player, and the transcript under it."""
        track = ""
        if self.captions_src:
            track = f'<track kind="captions" label="Captions" srclang="{escape(self.language)}"'
            track += f' src="{escape(self.captions_src)}" default>'
        player = f'<{self.kind} controls preload="metadata" src="{escape(self.src)}">{track}</{self.kind}>'
        caption = f"<figcaption>{escape(self.title)}</figcaption>" if self.title else ""
        details = _details("transcript", "Transcript", self.transcript_html)
        return f'<figure{attributes} class="{self.kind}">{player if self.src else ""}{caption}{details}</figure>\n'


def _details(name: str, summary: str, content: str) -> str:
    return f'<details class="{name}"><summary>{summary}</summary>{content}</details>' if content else ""


def leaves_the_course(address: str) -> bool:
    """Say whether an address leads out of the course's folder, however it is disguised."""
    plain = plainly(address)
    return bool(_SCHEME.match(plain)) or plain.startswith("/") or ".." in plain.split("/")


def plainly(address: str) -> str:
    """Undo what hides where an address leads: percent signs, backslashes, a leading dot."""
    for _ in range(3):
        address = unquote(address)
    return address.replace("\\", "/").strip().removeprefix("./")


def ending(name: str) -> str:
    """Give a file's kind: the letters after its last dot."""
    return name.rpartition(".")[2].lower()


def stem(name: str) -> str:
    """Give a file's name without its ending: what captions and transcripts share with their video."""
    return name.rpartition(".")[0]


class Library:
    """The media of one course; it remembers which are used, since only those are stored and served."""

    def __init__(self, folder: Folder, *, site: str = "") -> None:
        """Begin with what the folder holds; `site` stands before every address."""
        self._folder = folder
        self._site = site
        self._used: dict[str, MediaFile] = {}
        self._sizes: dict[str, Size | None] = {}
        self._refused: dict[str, Findings] = {}

    def names(self) -> list[str]:
        """Name every file of the media folder."""
        return sorted(name for name in self._folder.names if name.startswith(f"{MEDIA}/"))

    def doubles(self) -> Iterator[tuple[str, str]]:
        """Give each medium whose stem another has taken: a transcript beside them would be anybody's."""
        taken: dict[str, str] = {}
        for name in self.names():
            if ending(name) in PICTURES | SPOKEN | MOVING:
                if stem(name) in taken:
                    yield name, taken[stem(name)]
                taken.setdefault(stem(name), name)

    def __contains__(self, name: str) -> bool:
        return name.startswith(f"{MEDIA}/") and name in self._folder.names

    def address(self, name: str) -> str:
        """Give the address a file is served at, for ever the same content; nothing if it is not served."""
        if name in self._refused:
            return ""
        if name not in self._used:
            if ending(name) in PICTURES and not self._look_at(name):
                return ""
            self._used[name] = MediaFile(name, self._folder.shelf.digest(name))
        return f"{self._site}/media/{self._used[name].sha256}.{ending(name)}"

    def _look_at(self, name: str) -> bool:
        """See that a picture is one and may be served, and how large it is."""
        content = self._folder.read(name)
        findings = pictures.inspect(name, content) if content is not None else None
        if findings:
            self._refused[name] = findings
        elif content is not None:
            self._sizes[name] = picture_size.of(content)
        return content is not None and findings is None

    def size(self, name: str) -> Size | None:
        """Give the size of a picture that is served, where its file tells it."""
        return self._sizes.get(name)

    @property
    def used(self) -> tuple[MediaFile, ...]:
        """Give the files to store, by name."""
        return tuple(self._used[name] for name in sorted(self._used))

    @property
    def findings(self) -> list[Findings]:
        """Give what was found in pictures that are not served."""
        return list(self._refused.values())
