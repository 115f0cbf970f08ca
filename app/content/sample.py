"""The sample course: whole, without a problem, and every part of it says how it is made.

Who begins a course begins with this one, changes what it says, and has the format in her hands by then.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from app.content import course_settings
from app.content.folder import COURSE, OnDisk, look_into
from app.kit.errors import Invalid
from app.kit.templates import TEMPLATES

FOLDER = TEMPLATES / "course"
YEARS_TO_REVIEW = 2
LONGEST_CODE = 80  # letters that anybody would read in an address


class UnfitBeginning(Invalid):
    """A course needs a title, and a code that can stand in an address."""

    message = "A course begins with a title and a code."


def files(title: str, code: str, *, today: date) -> dict[str, bytes]:
    """Give the files of a sample course with a title and code of its author's, or raise `UnfitBeginning`."""
    title = plain(title)
    if wrong := _wrong(title, code):
        raise UnfitBeginning(wrong)
    folder = look_into(OnDisk(FOLDER))
    found = {name: folder.read(name) or b"" for name in sorted(folder.names)}
    promised = today.replace(year=today.year + YEARS_TO_REVIEW, day=min(today.day, 28))
    own = {"code": code, "title": _kept(title), "reviewed_on": f"{today}", "review_due": f"{promised}"}
    found[COURSE] = _with(found[COURSE].decode(), own).encode()
    return found


def plain(title: str) -> str:
    """Give a title as one line of what can be seen."""
    seen = "".join(" " if unicodedata.category(each) in {"Cc", "Cs"} else each for each in title)
    return " ".join(seen.split())


def code_for(title: str) -> str:
    """Propose a code for a title; an empty one if it holds no letter that an address can hold."""
    ascii_only = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", ascii_only.replace("'", "")))[:LONGEST_CODE].strip("-")


def _wrong(title: str, code: str) -> dict[str, str]:
    wrong = {}
    if not title:
        wrong["title"] = "Give the course a title. You can change it later."
    if not course_settings.CODE.fullmatch(code):
        wrong["code"] = "A code is made of small letters a to z, digits and hyphens: a-good-goodbye"
    elif len(code) > LONGEST_CODE:
        wrong["code"] = f"A code has at most {LONGEST_CODE} letters. Leave some words out."
    return wrong


def _with(text: str, own: dict[str, str]) -> str:
    """Set some settings, and keep the remarks that stand beside them."""
    for name, value in own.items():
        found = re.search(rf"(?m)^{name}: (?P<value>\S.*?)(?: +#.*)?$", text)
        if found:
            text = text[: found.start("value")] + value + text[found.end("value") :]
    return text


def _kept(title: str) -> str:
    """Write a title so that it is read as it is: quotes around the whole of it would be taken off."""
    whole = len(title) > 1 and title[0] == title[-1] and title[0] in {'"', "'"}
    return '"' + title.replace('"', '\\"') + '"' if whole else title
