"""Names: what the files of a course may be called, on every machine that will ever hold them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from app.content import folder
from app.content.folder import COURSE, EVALUATION, EXAM, MEDIA
from app.content.spelling import did_you_mean, slug
from app.kit.errors import Invalid

LONGEST = 120
TEXTS = (".md", ".vtt")  # kept as text, with every version; all else is kept as files
FORBIDDEN = frozenset('<>:"|?*\\#%')  # no file can be called so on Windows, and two of them break an address
PATTERNS = (COURSE, EXAM, EVALUATION, "01-a-module.md", f"{MEDIA}/picture.png")


class NotAName(Invalid):
    """No file of a course can be called that."""

    def __init__(self, name: str) -> None:
        """Name the nearest thing that would do."""
        message = (
            f"“{shown(name)}” is no name for a file of a course. Modules are called like 01-first-steps.md, in small "
            f"letters a to z; media lie in {MEDIA}/, with an ending such as .png or .mp4. {_meant(name)}"
        )
        super().__init__({"name": message.strip()}, message.strip())


class NameTaken(Invalid):
    """Another file has the name already, or one that some machines cannot tell from it."""

    def __init__(self, name: str) -> None:
        """Name the other file."""
        message = f"This course has a file {name} already. Choose another name."
        super().__init__({"name": message}, message)


def read(typed: str) -> str:
    """Read the name of a file as typed; raise `NotAName` when no course can hold it."""
    name = unicodedata.normalize("NFC", typed.strip())
    if not is_one(name):
        raise NotAName(name)
    return name


def is_one(name: str) -> bool:
    """Say whether a course may hold a file of this name, wherever it is unpacked."""
    leaf = name.rpartition("/")[2]
    printable = name.isprintable() and not FORBIDDEN & set(name)
    return len(name) <= LONGEST and folder.belongs(name) and printable and not leaf.startswith((".", " "))


def is_text(name: str) -> bool:
    """Say whether a file is kept as text."""
    return name.lower().endswith(TEXTS)


def kind(name: str) -> tuple[bool, str]:
    """Give what a file is: in the media folder or not, and its ending."""
    return name.startswith(f"{MEDIA}/"), name.rpartition(".")[2].lower()


def key(name: str) -> str:
    """Give the form under which machines that do not tell capitals apart would find a file."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def assert_free(name: str, taken: Iterable[str]) -> None:
    """Raise `NameTaken` if one of the names taken is the same to some machine."""
    for other in taken:
        if key(other) == key(name):
            raise NameTaken(other)


def tidy(upload: str) -> str:
    """Suggest a name in the course for a file as it was called on somebody's desk."""
    stem, dot, ending = upload.replace("\\", "/").rpartition("/")[2].rpartition(".")
    plain = unicodedata.normalize("NFKD", stem if dot else ending)
    letters = slug("".join(letter for letter in plain if letter.isascii()))[:60].strip("-")
    ending = re.sub(r"[^a-z0-9]", "", ending.lower()) if dot else ""
    return f"{MEDIA}/{letters or 'file'}.{ending}"


def shown(name: str) -> str:
    """Give a name from anywhere so that it can stand in a sentence."""
    seen = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)
    return seen if len(seen) <= LONGEST else f"{seen[:LONGEST]}…"


def _meant(name: str) -> str:
    leaf = name.rpartition("/")[2]
    if leaf.lower().endswith(".md") and "/" not in name and (number := re.match(r"\d+", leaf)):
        return f"Did you mean “{number[0]}-{slug(leaf[number.end() : -3]) or 'a-module'}.md”?"
    ending = leaf.rpartition(".")[2].lower()
    if ending in folder.MEDIA_ENDINGS - {"md"}:
        return f"Did you mean “{tidy(name)}”?"
    return did_you_mean(name, PATTERNS)
