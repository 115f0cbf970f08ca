"""Sealed certificates as accidents and forgers leave them: bytes flipped, streams edited, parts put in of others.

Each is checked as an officer would have it checked. Where the answer is that it says what was issued, another program,
poppler, has to find every word and every dot of the original in it, and the signed facts unchanged.
"""

from __future__ import annotations

import io
import json
import random
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest import mock

import pikepdf
from awards.offices import BEN, HERS, LONG, office
from awards.reading_here import RoomHere
from pikepdf import Dictionary, Name, Pdf, Stream

from app.awards import checking
from app.awards.facts import Facts
from app.awards.reading import by_look, by_words, comparing
from app.awards.reading.findings import Look
from app.awards.reading.room import ReadingRoom
from app.awards.verdicts import Document, Result
from app.cli.campaign import Found, Trial

GENUINE = {Document.ORIGINAL, Document.SAME_FACTS}
THEIRS = (HERS, BEN, LONG)
DPI = 150
MOST_ODD_DOTS = 3  # of two million: dust
SHADE = 140  # of 255: a thin stroke that stands aside by half a dot is painted gray on two; what is missing is white
CONTROL_N = 150
Tell = Callable[[str], None]
_DIGITS = re.compile(rb"[0-9]")
_CODES = re.compile(rb"<([0-9a-f]{4})>")


@dataclass(slots=True)
class Outcome:
    """What came of checking damaged certificates."""

    checked: int = 0
    documents: Counter[str] = field(default_factory=Counter)
    ok: int = 0
    ways: Counter[str] = field(default_factory=Counter)
    false: list[str] = field(default_factory=list)  # found ok, with something changed: seed and what
    silent: list[int] = field(default_factory=list)  # seeds of files without a sentence

    @property
    def failures(self) -> int:
        """How often the claim was broken."""
        return len(self.false) + len(self.silent)

    def add(self, tried: _Tried) -> None:
        """Count one damaged certificate."""
        self.checked += 1
        self.ways[tried.way] += 1
        self.documents.update(str(one.document) for one in tried.results)
        self.ok += any(one.document in GENUINE for one in tried.results)
        self.false += [f"seed {tried.seed}: {tried.way}: {what}" for what in tried.changed]
        if not tried.results or not all(one.sentence for one in tried.results):
            self.silent.append(tried.seed)

    def told(self) -> dict[str, Any]:
        """Give what evidence says."""
        return {
            "checked": self.checked,
            "documents": dict(self.documents.most_common()),
            "as_issued": self.ok,
            "ways": dict(self.ways.most_common()),
            "false": self.false[:20],
            "without_a_sentence": self.silent[:20],
        }


def prove(n: int, *, seed: int, room: Any = None, tell: Tell | None = None) -> Outcome:
    """Check `n` damaged certificates, each of a seed of its own."""
    outcome = Outcome()
    reads = room or ReadingRoom()
    office()  # drawn before any thread asks for it
    with ThreadPoolExecutor(reads.processes) as pool:
        for count, tried in enumerate(pool.map(lambda number: _try(number, reads), range(seed, seed + n)), start=1):
            outcome.add(tried)
            if tell and tried.changed:
                tell(outcome.false[-1])
            if tell and count % 500 == 0:
                tell(f"{count} checked, {outcome.failures} failures")
    reads.close()
    return outcome


def try_it(*, n: int, seed: int, folder: Path, tell: Tell) -> Found:
    """Check `n` damaged certificates, and some with the check's eyes closed."""

    def trial(what: str, outcome: Outcome) -> Trial:
        return Trial("none", "", what, outcome.checked, outcome.failures, outcome.told())

    shipped = trial("as shipped", prove(n, seed=seed, tell=tell))
    controls = []
    for what, closed in CONTROLS.items():
        with closed():
            controls.append(trial(what, prove(CONTROL_N, seed=seed, room=RoomHere())))
    return Found((shipped,), tuple(controls))


def is_here() -> bool:
    """Say whether the program that looks at it independently is on this machine."""
    return all(shutil.which(name) for name in ("pdftotext", "pdftoppm"))


@dataclass(frozen=True, slots=True)
class _Tried:
    """What came of one damaged certificate."""

    seed: int
    way: str
    results: tuple[Result, ...]
    changed: tuple[str, ...]


def _try(number: int, room: Any) -> _Tried:
    chance = random.Random(number)  # noqa: S311 - the same every time
    facts = chance.choice(THEIRS)
    content, way = damaged(office().originals[facts.number, "letter"], chance)
    found = tuple(checking.check_file(office(), room, filename=f"{number}.pdf", content=content))
    odd = (what for one in found if one.document in GENUINE for what in changed(content, one.number))
    return _Tried(number, way, found, tuple(odd))


# --- what another program finds ----------------------------------------------------------------------------------


def changed(content: bytes, number: str) -> Iterator[str]:
    """Say what poppler finds in a file that is not in the original."""
    facts = next((one for one in THEIRS if one.number == number), None)
    if facts is None:
        yield "it was taken for a certificate that was never issued"
        return
    words, dots = _seen(content)
    true_words, true_dots = _original(number)
    if words != true_words:
        yield "words"
    if not dots or _odd(dots, true_dots) > MOST_ODD_DOTS:
        yield "look"
    if not _says_the_same(content, facts):
        yield "attached facts"


@cache
def _original(number: str) -> tuple[str, bytes]:
    return _seen(office().originals[number, "letter"])


def _seen(content: bytes) -> tuple[str, bytes]:
    with TemporaryDirectory() as folder:
        there = Path(folder, "a.pdf")
        there.write_bytes(content)
        text = subprocess.run(["pdftotext", "-raw", there, "-"], capture_output=True, check=False).stdout.decode()
        paint = ["pdftoppm", "-r", str(DPI), "-gray", "-singlefile", there, there.with_suffix("")]
        subprocess.run(paint, capture_output=True, check=False)
        painted = there.with_suffix(".pgm")
        return "".join(text.split()), painted.read_bytes() if painted.exists() else b""


def _odd(one: bytes, other: bytes) -> int:
    """Count the dots with ink in one picture that has no ink around it in the other: a letter may stand aside a bit."""
    from PIL import Image, ImageChops, ImageFilter

    if one == other:
        return 0
    here, there = (Image.open(io.BytesIO(painted)) for painted in (one, other))
    if here.size != there.size:
        return here.width * here.height
    added = ImageChops.subtract(there.filter(ImageFilter.MinFilter(3)), here)
    missing = ImageChops.subtract(here.filter(ImageFilter.MinFilter(3)), there)
    return sum(ImageChops.lighter(added, missing).histogram()[SHADE:])


def _says_the_same(content: bytes, facts: Facts) -> bool:
    """Say whether the statement that is attached, if it still is, states the facts."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            held = pdf.attachments.get("certificate.json")
            said = json.loads(held.get_file().read_bytes()) if held else None
    except (pikepdf.PdfError, ValueError):
        return False
    if said is None:
        return True
    try:
        return _states(said["statement"], said["personal"], facts)
    except (KeyError, TypeError):
        return False  # a name was changed: it states something else, or nothing


def _states(statement: Any, whose: Any, facts: Facts) -> bool:
    return bool(
        statement["number"] == facts.number
        and statement["hours"]["by_type"] == facts.credit_hours
        and statement["completed_on"] == facts.completed_on.isoformat()
        and statement["course"]["title"] == facts.course_title
        and whose["holder"] == facts.holder_name
    )


# --- ways to damage ----------------------------------------------------------------------------------------------


def damaged(content: bytes, chance: random.Random) -> tuple[bytes, str]:
    """Damage a certificate in one way or another; says in which."""
    way = chance.choice((*_ROUGH, *_SLY, *_SLY))
    try:
        return way(content, chance), way.__name__.strip("_")
    except Exception:  # noqa: BLE001 - what is too broken to be written is cut short instead
        return content[: chance.randrange(len(content))], "cut_short"


def _flip_a_bit(content: bytes, chance: random.Random) -> bytes:
    spoiled = bytearray(content)
    spoiled[chance.randrange(len(spoiled))] ^= 1 << chance.randrange(8)
    return bytes(spoiled)


def _flip_many_bits(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(2, 30)):
        content = _flip_a_bit(content, chance)
    return content


def _cut_out(content: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(content))
    return content[:start] + content[start + chance.choice((1, 2, 16, 256, 4096)) :]


def _put_in(content: bytes, chance: random.Random) -> bytes:
    other = office().originals[chance.choice(THEIRS).number, "letter"]
    start, at = chance.randrange(len(other)), chance.randrange(len(content))
    return content[:at] + other[start : start + chance.choice((1, 8, 64, 512, 4096))] + content[at:]


def _write_over(content: bytes, chance: random.Random) -> bytes:
    other = office().originals[chance.choice(THEIRS).number, "letter"]
    length, at = chance.choice((4, 32, 256, 2048)), chance.randrange(len(content))
    return content[:at] + other[at : at + length] + content[at + length :]


def _append_another(content: bytes, chance: random.Random) -> bytes:
    other = office().originals[chance.choice(THEIRS).number, "letter"]
    return content + other if chance.random() < 0.5 else content + other[chance.randrange(len(other)) :]


def _renumber(content: bytes, chance: random.Random) -> bytes:
    """Change a digit outside of what is packed: in tables, in places, in names of objects."""
    digits = [match.start() for match in _DIGITS.finditer(content[-4000:])]
    at = len(content) - 4000 + chance.choice(digits)
    return content[:at] + str(chance.randrange(10)).encode() + content[at + 1 :]


def _edited(content: bytes, edit: Callable[[Pdf], None], chance: random.Random) -> bytes:
    held = io.BytesIO()
    mode = chance.choice((pikepdf.ObjectStreamMode.disable, pikepdf.ObjectStreamMode.generate))
    with pikepdf.open(io.BytesIO(content)) as pdf:
        edit(pdf)
        pdf.save(held, object_stream_mode=mode, linearize=chance.random() < 0.1)
    return held.getvalue()


def _save_again(content: bytes, chance: random.Random) -> bytes:
    return _edited(content, lambda _pdf: None, chance)


def _edit_bytes_of_a_stream(content: bytes, chance: random.Random) -> bytes:
    def edit(pdf: Pdf) -> None:
        stream = chance.choice([one for one in pdf.objects if isinstance(one, Stream)])
        inner = bytearray(stream.read_bytes())
        for _ in range(chance.randint(1, 4) if inner else 0):
            inner[chance.randrange(len(inner))] = chance.randrange(256)
        stream.write(bytes(inner))

    return _edited(content, edit, chance)


def _swap_letters(content: bytes, chance: random.Random) -> bytes:
    """Change codes of letters in the page's content, to others that stand in it."""

    def edit(pdf: Pdf) -> None:
        page = pdf.pages[0]
        painted = page.Contents.read_bytes()
        places = list(_CODES.finditer(painted))
        for _ in range(chance.randint(1, 3)):
            one, other = chance.choice(places), chance.choice(places)
            painted = painted[: one.start(1)] + other[1] + painted[one.end(1) :]
        page.Contents = pdf.make_stream(painted)

    return _edited(content, edit, chance)


def _change_a_figure(content: bytes, chance: random.Random) -> bytes:
    """Change a digit of the page's content: a place, a size, a color, a code."""

    def edit(pdf: Pdf) -> None:
        page = pdf.pages[0]
        painted = bytearray(page.Contents.read_bytes())
        places = [match.start() for match in _DIGITS.finditer(bytes(painted))]
        for _ in range(chance.randint(1, 3)):
            painted[chance.choice(places)] = ord(str(chance.randrange(10)))
        page.Contents = pdf.make_stream(bytes(painted))

    return _edited(content, edit, chance)


def _drop_an_instruction(content: bytes, chance: random.Random) -> bytes:
    def edit(pdf: Pdf) -> None:
        page = pdf.pages[0]
        instructions = list(pikepdf.parse_content_stream(page))
        for _ in range(chance.randint(1, 3)):
            del instructions[chance.randrange(len(instructions))]
        page.Contents = pdf.make_stream(pikepdf.unparse_content_stream(instructions))

    return _edited(content, edit, chance)


def _change_what_letters_mean(content: bytes, chance: random.Random) -> bytes:
    """Change a font's ToUnicode: the text says something else, and the look does not."""

    def edit(pdf: Pdf) -> None:
        fonts = pdf.pages[0].Resources.Font
        font = fonts[chance.choice(sorted(fonts.keys()))]
        table = font.ToUnicode.read_bytes()
        pairs = re.findall(rb"<[0-9a-fA-F]{4}> <[0-9a-fA-F]{4}>", table)
        one, other = chance.choice(pairs), chance.choice(pairs)
        font.ToUnicode = pdf.make_stream(table.replace(one, one[:7] + other[7:]))

    return _edited(content, edit, chance)


def _change_how_letters_look(content: bytes, chance: random.Random) -> bytes:
    """Change a font's outlines: the look says something else, and the text does not."""
    from fontTools.ttLib import TTFont

    def edit(pdf: Pdf) -> None:
        fonts = pdf.pages[0].Resources.Font
        descriptor = fonts[chance.choice(sorted(fonts.keys()))].DescendantFonts[0].FontDescriptor
        outlines = TTFont(io.BytesIO(descriptor.FontFile2.read_bytes()))
        # Only letters with outlines of their own: one that is put together of others could come to hold itself.
        drawn = [name for name in outlines.getGlyphOrder() if outlines["glyf"][name].numberOfContours > 0]
        outlines["glyf"][chance.choice(drawn)] = outlines["glyf"][chance.choice(drawn)]
        held = io.BytesIO()
        outlines.save(held)
        descriptor.FontFile2 = pdf.make_stream(held.getvalue())

    return _edited(content, edit, chance)


def _edit_the_statement(content: bytes, chance: random.Random) -> bytes:
    def edit(pdf: Pdf) -> None:
        name = chance.choice(sorted(pdf.attachments))
        stream = pdf.attachments[name].obj.EF.F
        inner = bytearray(stream.read_bytes())
        at = chance.randrange(len(inner))
        inner[at] = chance.choice(b'0123456789abcXYZ "')
        stream.write(bytes(inner))

    return _edited(content, edit, chance)


def _take_a_part_of_another(content: bytes, chance: random.Random) -> bytes:
    """Put a font, a form or the content of another certificate in the place of its own."""
    other = office().originals[chance.choice(THEIRS).number, "letter"]

    def edit(pdf: Pdf) -> None:
        with pikepdf.open(io.BytesIO(other)) as source:
            theirs, ours = source.pages[0], pdf.pages[0]
            kind = chance.choice(("/Contents", "/Font", "/XObject"))
            if kind == "/Contents":
                ours.Contents = pdf.copy_foreign(theirs.obj.Contents)
                return
            held = theirs.Resources[kind]
            name = chance.choice(sorted(held.keys()))
            ours.Resources[kind][name] = pdf.copy_foreign(pdf_indirect(source, held[name]))

    return _edited(content, edit, chance)


def pdf_indirect(source: Pdf, one: Any) -> Any:
    """Give an object that can be copied to another file."""
    return one if one.is_indirect else source.make_indirect(one)


def _paint_over_something(content: bytes, chance: random.Random) -> bytes:
    def edit(pdf: Pdf) -> None:
        left, bottom = chance.uniform(60, 700), chance.uniform(60, 540)
        gray, width, height = chance.choice(("1", "0", "0.6")), chance.uniform(0.5, 60), chance.uniform(0.5, 12)
        page = pdf.pages[0]
        page.contents_add(pdf.make_stream(b"q"), prepend=True)
        painted = f"Q {gray} g {left:.1f} {bottom:.1f} {width:.1f} {height:.1f} re f"
        page.contents_add(pdf.make_stream(painted.encode()))

    return _edited(content, edit, chance)


def _put_a_note_on_it(content: bytes, chance: random.Random) -> bytes:
    def edit(pdf: Pdf) -> None:
        left, bottom = chance.uniform(60, 700), chance.uniform(60, 540)
        form = pdf.make_stream(b"1 g 0 0 50 10 re f 0 g 2 2 6 6 re f")
        form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, [0, 0, 50, 10]
        note = Dictionary(Type=Name.Annot, Subtype=chance.choice((Name.Stamp, Name.FreeText, Name.Square)), F=4)
        note.Rect, note.AP = [left, bottom, left + 50, bottom + 10], Dictionary(N=form)
        pdf.pages[0].Annots.append(pdf.make_indirect(note))

    return _edited(content, edit, chance)


def _drop_a_key(content: bytes, chance: random.Random) -> bytes:
    """Take something out of some dictionary."""

    def edit(pdf: Pdf) -> None:
        one = chance.choice([one for one in pdf.objects if isinstance(one, Dictionary) and len(one.keys())])
        if key := chance.choice(sorted(key for key in one.keys() if key != "/Length") or [""]):  # noqa: SIM118
            del one[key]

    return _edited(content, edit, chance)


_ROUGH = (_flip_a_bit, _flip_many_bits, _cut_out, _put_in, _write_over, _append_another, _renumber)
_SLY = (
    _save_again,
    _edit_bytes_of_a_stream,
    _swap_letters,
    _change_a_figure,
    _drop_an_instruction,
    _change_what_letters_mean,
    _change_how_letters_look,
    _edit_the_statement,
    _take_a_part_of_another,
    _paint_over_something,
    _put_a_note_on_it,
    _drop_a_key,
)


# --- controls ----------------------------------------------------------------------------------------------------


@contextmanager
def blind() -> Iterator[None]:
    """Plant a bug: nobody looks."""
    with mock.patch.object(by_look, "tell", return_value=Look.EQUAL):
        yield


@contextmanager
def illiterate() -> Iterator[None]:
    """Plant another: nobody reads the words."""
    with mock.patch.object(by_words, "tell", return_value=None):
        yield


@contextmanager
def trusting() -> Iterator[None]:
    """Plant a third: what is attached is taken for what we attached."""
    with mock.patch.object(comparing, "_attached", return_value=None):
        yield


CONTROLS = {
    "nobody looks at the page": blind,
    "nobody reads its words": illiterate,
    "attachments are believed": trusting,
}
