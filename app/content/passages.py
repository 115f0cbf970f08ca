"""Two versions of a text laid side by side: what stayed, what went, what came, word by word where it helps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from html.parser import HTMLParser

ALIKE = 0.4  # share of words two paragraphs have in common before one is read as a new version of the other
WINDOW = 8  # old paragraphs in which a new one looks for its earlier version
LONGEST_COMPARED = 600  # words; longer ones are shown whole, old above new: comparing grows with the square


class Mark(StrEnum):
    """What became of some words."""

    KEPT = " "
    GONE = "-"
    NEW = "+"


CUTS = """
p li h1 h2 h3 h4 h5 h6 tr dt dd figcaption summary pre blockquote section div table figure details ul ol
"""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words, and what became of them."""

    mark: Mark
    words: str


@dataclass(frozen=True, slots=True)
class Passage:
    """One thing that changed: a paragraph, an option, a setting. `label` names it where it has a name."""

    label: str
    pieces: tuple[Piece, ...]
    note: str = ""  # what cannot be seen in the words: its emphasis changed, it is another picture

    @property
    def before(self) -> str:
        """How it read before; empty where it is new."""
        return " ".join(piece.words for piece in self.pieces if piece.mark is not Mark.NEW)

    @property
    def after(self) -> str:
        """How it reads now; empty where it is gone."""
        return " ".join(piece.words for piece in self.pieces if piece.mark is not Mark.GONE)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One paragraph as it is read, and how it is written: two may read alike and differ in form."""

    words: str
    form: str


def paragraphs(html: str) -> tuple[Paragraph, ...]:
    """Give the paragraphs of a course's HTML, in reading order."""
    reader = _Paragraphs()
    reader.feed(html)
    reader.close()
    return tuple(reader.finished())


def plain(html: str) -> str:
    """Give what a piece of HTML says, on one line."""
    return " ".join(one.words for one in paragraphs(html))


class _Paragraphs(HTMLParser):
    """Cuts HTML where a reader sees a new line."""

    _cuts = frozenset(CUTS.split())

    def __init__(self) -> None:
        super().__init__()
        self._words: list[str] = []
        self._form: list[str] = []
        self._found: list[Paragraph] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self._cuts:
            self._cut()
        given = dict(attrs)
        # An id counts paragraphs, so one more at the top would change them all.
        said = " ".join(f"{name}={value}" for name, value in attrs if name != "id")
        self._form.append(f"<{tag} {said}>")
        if tag == "img":
            self._words.append(f" [picture: {given.get('alt') or 'decorative'}] ")
        elif tag in {"audio", "video"}:
            self._words.append(f" [{tag}] ")
        elif tag in {"td", "th"} and "".join(self._words).strip():
            self._words.append(" | ")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._cuts:
            self._cut()
        else:
            self._form.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        self._form.append(data)

    def finished(self) -> list[Paragraph]:
        self._cut()
        return self._found

    def _cut(self) -> None:
        words = " ".join("".join(self._words).split())
        if words:
            self._found.append(Paragraph(words, " ".join("".join(self._form).split())))
        self._words, self._form = [], []


def between(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> tuple[Passage, ...]:
    """Give the paragraphs that differ, in reading order."""
    return tuple(passage for passage in _aligned(old, new) if passage.note or passage.before != passage.after)


def between_facts(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Passage, ...]:
    """Give the named texts that differ, in the order of the newer ones, what is gone last."""
    labels = [*new, *(label for label in old if label not in new)]
    differing = (label for label in labels if old.get(label, "") != new.get(label, ""))
    return tuple(Passage(label, pieces(old.get(label, ""), new.get(label, ""))) for label in differing)


def _aligned(old: Sequence[Paragraph], new: Sequence[Paragraph]) -> Iterator[Passage]:
    matcher = SequenceMatcher(None, [one.form for one in old], [one.form for one in new])
    for what, start, end, new_start, new_end in matcher.get_opcodes():
        if what != "equal":
            yield from _replaced(list(old[start:end]), list(new[new_start:new_end]))


def _replaced(gone: list[Paragraph], came: list[Paragraph]) -> Iterator[Passage]:
    """Pair each new paragraph with the next old one that reads much like it."""
    for paragraph in came:
        like = next((index for index, one in enumerate(gone[:WINDOW]) if _alike(one.words, paragraph.words)), None)
        if like is None:
            yield Passage("", (Piece(Mark.NEW, paragraph.words),))
            continue
        yield from (Passage("", (Piece(Mark.GONE, one.words),)) for one in gone[:like])
        yield _reworded(gone[like], paragraph)
        del gone[: like + 1]
    yield from (Passage("", (Piece(Mark.GONE, one.words),)) for one in gone)


def _reworded(old: Paragraph, new: Paragraph) -> Passage:
    if old.words == new.words:
        return Passage(
            "", (Piece(Mark.KEPT, new.words),), note="The words are the same; emphasis, a link or a file is not."
        )
    return Passage("", pieces(old.words, new.words))


def _alike(old: str, new: str) -> bool:
    ours, theirs = old.split(), new.split()
    if old == new:
        return True
    if min(len(ours), len(theirs)) == 0 or max(len(ours), len(theirs)) > LONGEST_COMPARED:
        return False
    matcher = SequenceMatcher(None, ours, theirs)
    return matcher.real_quick_ratio() > ALIKE and matcher.quick_ratio() > ALIKE and matcher.ratio() > ALIKE


def pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Tell two versions of a text apart, word by word."""
    ours, theirs = old.split(), new.split()
    if max(len(ours), len(theirs)) > LONGEST_COMPARED:
        return tuple(Piece(mark, text) for mark, text in ((Mark.GONE, old), (Mark.NEW, new)) if text)
    found = []
    for what, start, end, new_start, new_end in SequenceMatcher(None, ours, theirs, autojunk=False).get_opcodes():
        if what == "equal":
            found.append(Piece(Mark.KEPT, " ".join(ours[start:end])))
            continue
        if start < end:
            found.append(Piece(Mark.GONE, " ".join(ours[start:end])))
        if new_start < new_end:
            found.append(Piece(Mark.NEW, " ".join(theirs[new_start:new_end])))
    return tuple(found)
