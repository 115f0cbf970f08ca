"""A page held against the original of the certificate that it claims to be: words, look, attachments, codes, build.

Nothing is judged here. What differs is named by its fact; what is odd, and is no fact, is a doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from app.awards import numbers
from app.awards.facts import Facts
from app.awards.proofs import Keys
from app.awards.reading import attached, judging, look, pictures, wordwise
from app.awards.reading.findings import Comparison, Doubt, Look
from app.awards.reading.leaves import Box, Fit, Leaf, Word, union
from app.awards.reading.look import Band
from app.awards.reading.originals import Original
from app.awards.reading.papers import Paper
from app.awards.reading.structure import Note, Structure
from app.awards.reading.wordwise import Change, Compared

LOOKS_DIFFERENT = "looks different from the original"
MISSING = "not there"
LEAST_ANCHORS = 12  # words whose places tell how a page lies on the original
MOST_OFF = 1.2  # points that a word may lie off once a page is laid over the original
MOST_TOUCHED = 0.4  # share of the lines that may look different before the whole is a matter of how it was printed
MOST_DIFFERENCES = 24
LONGEST = 160  # letters of a difference
_AS_PRINTED = 0.0015
_MARKS = 3  # cells of stray ink outside of all facts that are more than dust


@dataclass(slots=True)
class _Found:
    """What is found as it is found."""

    differences: dict[tuple[str, str, str], None] = field(default_factory=dict)
    doubts: dict[tuple[Doubt, str], None] = field(default_factory=dict)
    touched: set[int] = field(default_factory=set)  # stretches whose words differ
    lacking: bool = True

    def differs(self, name: str, paper: str, record: str) -> None:
        if paper not in {MISSING, LOOKS_DIFFERENT}:
            self.lacking = False
        self.differences[name, _short(paper), _short(record)] = None

    def doubted(self, doubt: Doubt, what: str = "") -> None:
        self.doubts[doubt, what] = None


def compared(paper: Paper, place: int, original: Original, *, facts: Facts, keys: Keys | None) -> Comparison:
    """Hold one page of a PDF against an original."""
    found, leaf = _Found(), paper.leaf(place)
    _build(found, paper, place, original)
    words = _words(leaf, original)
    fit = _fit(leaf, original, words)
    is_image = not _paints_the_same(paper, place, original) and paper.is_image(place)
    if is_image or not leaf.words or words.alike < judging.LEAST_ALIKE:
        found.doubted(Doubt.IMAGE if is_image else Doubt.NO_TEXT if not leaf.words else Doubt.UNLIKE)
        seen = Look.UNSEEN
    else:
        _text(found, leaf, original, (words, fit))
        seen = _look(found, paper, place, (original, fit))
    _codes(found, paper.codes(place) if seen is not Look.EQUAL else (), facts)
    _attached(found, paper, original, (facts, keys))
    return Comparison(
        differences=tuple(found.differences)[:MOST_DIFFERENCES],
        doubts=tuple(found.doubts),
        alike=words.alike,
        look=seen,
        only_lacks=found.lacking,
    )


# --- how it is built ---------------------------------------------------------------------------------------------


def _build(found: _Found, paper: Paper, place: int, original: Original) -> None:
    built, ours = paper.structure, original.structure
    for meaning in sorted(built.meanings - ours.meanings):
        found.doubted(meaning)
    if built.page_count > 1:
        found.doubted(Doubt.PAGES, str(built.page_count))
    if built.fields > ours.fields:
        found.doubted(Doubt.FORM)
    if built.is_damaged:
        found.doubted(Doubt.DAMAGED)
    if built.mixed:
        found.doubted(Doubt.MIXED)
    if built.revisions > 1:
        found.doubted(Doubt.APPENDED)
    if built.spoken - ours.spoken:
        found.doubted(Doubt.SPOKEN)
    _described(found, built, ours)
    _notes(found, built, ours)
    if not _paints_the_same(paper, place, original) and paper.has_images(place):
        found.doubted(Doubt.IMAGE)


def _paints_the_same(paper: Paper, place: int, original: Original) -> bool:
    return paper.structure.paints[place] == original.structure.paints[0]


def _described(found: _Found, built: Structure, ours: Structure) -> None:
    """Look for a number or hours of another certificate in title and subject, which lists of files show."""
    named = set(pictures.numbers_in([built.description])) - set(pictures.numbers_in([ours.description]))
    if named or built.hours_described - ours.hours_described:
        found.doubted(Doubt.DESCRIPTION)


def _notes(found: _Found, built: Structure, ours: Structure) -> None:
    """Look for annotations that are not the original's, and for links that lead elsewhere."""
    addresses = {note.leads_to for note in ours.notes if note.leads_to}
    for note in built.notes:
        if note in ours.notes or _is_plain_link(note, addresses):
            continue
        if note.kind == "/Link" and note.leads_to and not note.paints and addresses:
            found.differs("number", f"a link to {note.leads_to}", next(iter(addresses)))
        else:
            found.doubted(Doubt.NOTES, note.kind.removeprefix("/"))


def _is_plain_link(note: Note, addresses: set[str]) -> bool:
    return note.kind == "/Link" and not note.paints and note.leads_to in addresses | {""}


# --- its words ---------------------------------------------------------------------------------------------------


def _words(leaf: Leaf, original: Original) -> Compared:
    """Compare the words in the order of the file or, where another program changed that, as they stand on the page."""
    ours, theirs = [word.text for word in original.words], [word.text for word in leaf.words]
    found = wordwise.compared(ours, theirs)
    if found.alike > 0.9 or leaf.is_overfull or not theirs:
        return found
    mine, other = _by_place(original.leaf, original.words), _by_place(leaf, leaf.words)
    again = wordwise.compared([ours[index] for index in mine], [theirs[index] for index in other])
    if again.changes or again.alike < 1.0:
        return found
    return Compared(1.0, matches=tuple((mine[one], other[two]) for one, two in again.matches))


def _by_place(leaf: Leaf, words: Sequence[Word]) -> list[int]:
    boxes = [leaf.box(word) for word in words]
    return wordwise.in_order_of_place([(box[0], box[1]) for box in boxes])


def _fit(leaf: Leaf, original: Original, words: Compared) -> Fit | None:
    """Find how the page lies on the original: by words that stand in both. None where it does not."""
    if len(words.matches) < LEAST_ANCHORS:
        return None
    step = max(1, len(words.matches) // 80)
    pairs = [(original.leaf.box(original.words[one]), leaf.box(leaf.words[two])) for one, two in words.matches[::step]]
    scale = _scale(pairs)
    if scale is None:
        return None
    right = median(ours[0] - theirs[0] * scale for ours, theirs in pairs)
    up = median(ours[1] - theirs[1] * scale for ours, theirs in pairs)
    if abs(scale - 1) < _AS_PRINTED and abs(right) < 0.3 and abs(up) < 0.3:
        scale, right, up = 1.0, 0.0, 0.0
    off = [
        max(abs(ours[0] - theirs[0] * scale - right), abs(ours[1] - theirs[1] * scale - up)) for ours, theirs in pairs
    ]
    lying = sum(one <= MOST_OFF for one in off) / len(off)
    return Fit(scale, right, up) if lying >= 0.6 else None


def _scale(pairs: Sequence[tuple[Box, Box]]) -> float | None:
    """Compare how far words stand apart: the same in width and in height, or it is no printing of the original."""
    half = len(pairs) // 2
    wide = [(a[0] - c[0], b[0] - d[0]) for (a, b), (c, d) in zip(pairs, pairs[half:], strict=False)]
    high = [(a[1] - c[1], b[1] - d[1]) for (a, b), (c, d) in zip(pairs, pairs[half:], strict=False)]
    ratios = [ours / theirs for ours, theirs in [*wide, *high] if abs(theirs) > 40 and ours / theirs > 0.2]
    return median(ratios) if ratios else None


def _text(found: _Found, leaf: Leaf, original: Original, laid: tuple[Compared, Fit | None]) -> None:
    words, fit = laid
    papers: dict[int, list[tuple[int, str]]] = {}
    for change in words.changes:
        if change.original[0] == change.original[1]:
            _added(found, leaf, original, (change, fit))
        else:
            _replaced(papers, leaf, original, (change, fit))
    for owner in sorted(papers):
        found.touched.add(owner)
        kept = [(one, original.words[one].text) for one, _two in words.matches if original.owners[one] == owner]
        paper = " ".join(text for _place, text in sorted([*kept, *papers[owner]], key=lambda said: said[0]))
        record = original.stretches[owner].text if owner >= 0 else ""
        found.differs(original.field_of(owner) or "wording", paper or MISSING, record)
    if any(leaf.words[index].text for change in words.changes for index in range(*change.paper)):
        found.lacking = False


def _replaced(
    papers: dict[int, list[tuple[int, str]]], leaf: Leaf, original: Original, laid: tuple[Change, Fit | None]
) -> None:
    """Give each stretch whose words are changed what the paper says instead."""
    change, fit = laid
    owners = [original.owners[index] for index in range(*change.original)]
    for owner in owners:
        papers.setdefault(owner, [])
    for index in range(*change.paper):
        word = leaf.words[index]
        there = original.owner_at(_on_original(leaf.box(word), fit), within=12.0)
        owner = there if there in owners else owners[0]
        papers[owner].append((change.original[0], word.text))


def _added(found: _Found, leaf: Leaf, original: Original, laid: tuple[Change, Fit | None]) -> None:
    """Name the fact beside which words were added; in the margin, they are no fact."""
    change, fit = laid
    words = [leaf.words[index] for index in range(*change.paper)]
    text = " ".join(word.text for word in words)
    place = _on_original(union([leaf.box(word) for word in words]), fit)
    if not _overlap(place, original.page):
        found.doubted(Doubt.WORDS, _short(text))
        return
    owner = original.owner_at(place, within=1000.0)
    found.touched.add(owner)
    found.differs(original.field_of(owner), f"also says “{text}”", original.stretches[owner].text)


# --- its look ----------------------------------------------------------------------------------------------------


def _look(found: _Found, paper: Paper, place: int, laid: tuple[Original, Fit | None]) -> Look:
    original, fit = laid
    leaf = paper.leaf(place)
    if look.is_equal(original.coarse, leaf.picture(look.COARSE_DPI)):
        return Look.EQUAL
    if fit is None:
        found.doubted(Doubt.UNALIGNED)
        return Look.UNALIGNED
    touched, code, marks = _astray(leaf, original, fit)
    if len(touched) > MOST_TOUCHED * len(original.stretches):
        found.doubted(Doubt.UNALIGNED)
        return Look.UNALIGNED
    for owner in sorted(touched - found.touched):
        found.differs(original.field_of(owner), LOOKS_DIFFERENT, original.stretches[owner].text)
    if code:
        found.differs("number", f"the QR code {LOOKS_DIFFERENT}", "the QR code that was printed")
    if marks >= _MARKS:
        found.doubted(Doubt.MARKS)
    return Look.DIFFERS if touched or code else Look.ALIKE


def _astray(leaf: Leaf, original: Original, fit: Fit) -> tuple[set[int], bool, int]:
    """Say which stretches, whether the QR code, and how much else looks different."""
    touched: set[int] = set()
    code, marks = False, 0
    for band, (picture, wide) in zip(original.bands, original.cutouts, strict=True):
        stray = look.stray_ink(picture, wide, leaf.cutout(band.box, band.dpi, fit))
        for cell in look.places(stray, band):
            owner = original.owner_at(cell)
            touched |= {owner} - {-1}
            code = code or (owner < 0 and original.is_code_at(cell))
            marks += owner < 0 and not original.is_code_at(cell)
    return touched, code, marks + _marks(leaf, original, fit)


def _marks(leaf: Leaf, original: Original, fit: Fit) -> int:
    """Count what is drawn beyond the bands, seen at a glance: there stands no fact."""
    whole = Band((0.0, 0.0, original.leaf.width, original.leaf.height), look.COARSE_DPI)
    there = look.spread(original.coarse)
    stray = look.stray_ink(original.coarse, there, leaf.cutout(whole.box, whole.dpi, fit))
    return sum(not any(_overlap(cell, band.box) for band in original.bands) for cell in look.places(stray, whole))


# --- its codes and attachments -----------------------------------------------------------------------------------


def _codes(found: _Found, codes: Sequence[str], facts: Facts) -> None:
    for code in codes:
        if code.casefold() != facts.verify_url.casefold():
            found.differs("number", f"a QR code that leads to {code}", facts.verify_url)


def _attached(found: _Found, paper: Paper, original: Original, known: tuple[Facts, Keys | None]) -> None:
    facts, keys = known
    differences, doubts = attached.compared(
        paper.structure.attachments, original.structure.attachments, facts=facts, keys=keys
    )
    for name, said, record in differences:
        written = numbers.in_groups if name == "number" else str
        found.differs(name, f"{written(said)} (in the attached data)", written(record))
    for doubt, what in doubts:
        found.doubted(doubt, what)


def _on_original(box: Box, fit: Fit | None) -> Box:
    if fit is None:
        return box
    left, bottom, right, top = (edge * fit.scale for edge in box)
    return left + fit.right, bottom + fit.up, right + fit.right, top + fit.up


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def windows(paper: str, record: str) -> Iterator[str]:
    """Give both texts shortened to where they begin to differ, if they are long."""
    same = next((index for index, (a, b) in enumerate(zip(paper, record, strict=False)) if a != b), 0)
    start = max(0, paper.rfind(" ", 0, max(0, same - 30)))
    for text in (paper, record):
        yield _short(text if len(text) <= LONGEST else f"…{text[start:]}" if start else text)
