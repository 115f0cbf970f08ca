"""A page held against the original of the certificate that it claims to be: words, look, attachments, codes, build.

Nothing is judged here. What differs is named by its fact; what is odd, and is no fact, is a doubt.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.awards import numbers
from app.awards.facts import Facts
from app.awards.proofs import Keys
from app.awards.reading import attached, by_look, by_words, judging, painting, pictures
from app.awards.reading.by_words import Laid
from app.awards.reading.findings import Comparison, Doubt, Look
from app.awards.reading.found import Found
from app.awards.reading.originals import Original
from app.awards.reading.papers import Paper
from app.awards.reading.structure import Note, Structure

MOST_DIFFERENCES = 24
_SEAL = Note("/Widget/Sig", "", "")  # a seal that shows nothing: whose it is, is told by the seal


def compared(paper: Paper, place: int, original: Original, *, facts: Facts, keys: Keys | None) -> Comparison:
    """Hold one page of a PDF against an original."""
    found = Found()
    same_paint = paper.structure.paints[place] == original.structure.paints[0]
    _build(found, paper.structure, original.structure)
    _notes(found, paper.structure.notes[place], original.structure.notes[0])
    if not same_paint:
        _paint(found, paper, place)
    laid = Laid(paper.leaf(place), original)
    seen = Look.UNSEEN if not same_paint and paper.is_image(place) else _page(found, laid)
    _codes(found, paper.codes(place) if seen is not Look.EQUAL else (), facts)
    _attached(found, paper.structure, original.structure, (facts, keys))
    return Comparison(
        differences=tuple(found.differences)[:MOST_DIFFERENCES],
        doubts=tuple(found.doubts),
        alike=laid.words.alike,
        look=seen,
        only_lacks=found.only_lacks,
    )


def _page(found: Found, laid: Laid) -> Look:
    """Compare words and look of a page that is laid out as the original is."""
    if not laid.leaf.words:
        found.doubted(Doubt.NO_TEXT)
        return Look.UNSEEN
    if laid.words.alike < judging.LEAST_ALIKE:
        found.doubted(Doubt.UNLIKE)
        return Look.UNSEEN
    by_words.tell(found, laid)
    return by_look.tell(found, laid)


# --- how it is built ---------------------------------------------------------------------------------------------


def _build(found: Found, built: Structure, ours: Structure) -> None:
    odd = {
        Doubt.PAGES: built.page_count > 1,
        Doubt.FORM: built.fields > ours.fields,
        Doubt.DAMAGED: built.is_damaged,
        Doubt.MIXED: built.mixed,
        Doubt.APPENDED: built.revisions > 1,
        Doubt.SPOKEN: bool(built.spoken - ours.spoken),
        Doubt.DESCRIPTION: _is_misdescribed(built, ours),
    }
    for doubt in (*sorted(built.meanings - ours.meanings), *(doubt for doubt, is_so in odd.items() if is_so)):
        found.doubted(doubt)


def _is_misdescribed(built: Structure, ours: Structure) -> bool:
    """Say whether title or subject, which lists of files show, name another certificate, or other hours."""
    named = set(pictures.numbers_in([built.description])) - set(pictures.numbers_in([ours.description]))
    return bool(named or built.hours_described - ours.hours_described)


def _notes(found: Found, built: Sequence[Note], ours: Sequence[Note]) -> None:
    """Look for annotations that are not the original's, and for links that lead elsewhere."""
    addresses = {note.leads_to for note in ours if note.leads_to}
    for note in built:
        if note in ours or _is_plain_link(note, addresses) or note == _SEAL:
            continue
        if note.kind == "/Link" and note.leads_to and not note.paints and addresses:
            found.differs("number", f"a link to {note.leads_to}", next(iter(addresses)))
        else:
            found.doubted(Doubt.NOTES, note.kind.removeprefix("/"))


def _is_plain_link(note: Note, addresses: set[str]) -> bool:
    return note.kind == "/Link" and not note.paints and note.leads_to in addresses | {""}


def _paint(found: Found, paper: Paper, place: int) -> None:
    """Look at how a page is painted that does not paint the very things that the original does."""
    if paper.has_images(place):
        found.doubted(Doubt.IMAGE)
    elif not painting.is_plain(paper.content, place):
        found.doubted(Doubt.UNUSUAL)


# --- its codes and attachments -----------------------------------------------------------------------------------


def _codes(found: Found, codes: Sequence[str], facts: Facts) -> None:
    for code in codes:
        if code.casefold() != facts.verify_url.casefold():
            found.differs("number", f"a QR code that leads to {code}", facts.verify_url)


def _attached(found: Found, built: Structure, ours: Structure, known: tuple[Facts, Keys | None]) -> None:
    facts, keys = known
    differences, doubts = attached.compared(built.attachments, ours.attachments, facts=facts, keys=keys)
    for name, said, record in differences:
        written = numbers.in_groups if name == "number" else str
        found.differs(name, f"{written(said)} (in the attached data)", written(record))
    for doubt, what in doubts:
        found.doubted(doubt, what)
