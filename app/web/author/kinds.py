"""What the files of a course are, in words and in their order, and the page that each becomes."""

from __future__ import annotations

from app.content import folder
from app.content.folder import COURSE, EVALUATION, EXAM
from app.library.drafts import Draft
from app.web.author.frame import address

KINDS = {
    COURSE: ("Settings and the public page", "book-open"),
    EXAM: ("The final exam", "file-check"),
    EVALUATION: ("Your own questions for the evaluation", "list"),
}
DRAWINGS = {"mp4": "video", "webm": "video", "mp3": "video", "m4a": "video"}
PICTURES = {"png", "jpg", "jpeg", "webp", "gif", "svg"}


def kind_of(name: str) -> str:
    """Say what a file of a course is."""
    if name in KINDS:
        return KINDS[name][0]
    ending = name.rpartition(".")[2].lower()
    if not name.startswith(f"{folder.MEDIA}/"):
        return "A module"
    spoken = {"vtt": "Captions", "md": "A transcript or description", "pdf": "A handout"}
    return spoken.get(ending) or ("A picture" if ending in PICTURES else "A recording")


def drawing(name: str) -> str:
    """Name the icon of a file."""
    if name in KINDS:
        return KINDS[name][1]
    ending = name.rpartition(".")[2].lower()
    return "image" if ending in PICTURES else DRAWINGS.get(ending, "file-text")


def place(name: str) -> tuple[int, int, str]:
    """Give what sorts files as the course goes: its page, modules, exam, evaluation, media."""
    first = {COURSE: 0, EXAM: 2, EVALUATION: 3}.get(name, 4 if "/" in name else 1)
    number = name.partition("-")[0]
    return first, int(number) if number.isdecimal() else 0, name


def preview_of(draft: Draft, name: str) -> str:
    """Give the address of the page that a file becomes."""
    course = f"/preview/page/courses/{draft.course_code}"
    slug = name.partition("-")[2].removesuffix(".md")
    if name == EVALUATION:
        return address(draft, "/preview/page/evaluation")
    if name == EXAM:
        return address(draft, f"{course}/exam")
    return address(draft, f"{course}/modules/{slug}" if slug and "/" not in name else course)
