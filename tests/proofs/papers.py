"""PDFs: nothing in one acts, each link leads to this site, and what was typed can be read on it as it was typed.

They are drawn as the house draws them, but in this process, so that a protection can be switched off.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from unittest import mock

import pikepdf
from httpx2 import Response
from makers import SIGNER
from proofs import sheets
from proofs.answers import OK
from proofs.furnished import NOBODY, Furnished
from proofs.reflected import SAME

from app.awards import drawing
from app.awards.document import frames, painter, press
from app.awards.drawing import DrawingRoom

NOT_DRAWN = "This PDF could not be drawn"  # in place of a paper that an export goes without
OUR_ADDRESS = "https://ce.example.org/"
ACTS = {
    *("/JS", "/JavaScript", "/OpenAction", "/AA", "/Launch", "/SubmitForm", "/ImportData", "/GoToR", "/GoToE", "/XFA"),
    *("/Movie", "/Sound", "/Rendition", "/RichMedia", "/RichMediaContent", "/Trans", "/SetOCGState", "/Named", "/3D"),
}
# What an annotation may be, and what a click on one may do (ISO 32000-1, 12.6.4, names the actions).
KNOWN_ACTIONS = {"/URI", "/GoTo"}
ACTIONS = KNOWN_ACTIONS | {
    *("/GoToR", "/GoToE", "/Launch", "/Thread", "/Sound", "/Movie", "/Hide", "/Named", "/SubmitForm", "/ResetForm"),
    *("/ImportData", "/JavaScript", "/SetOCGState", "/Rendition", "/Trans", "/GoTo3DView", "/RichMediaExecute"),
}
KNOWN_ANNOTATIONS = {"/Link", "/Widget"}
NAMES = {"/EmbeddedFiles", "/Dests"}
ATTACHED = re.compile(r"[a-z-]+\.(json|csv|tlog-proof|credential\.json|jsonld)")
# Letters that no page has room for, or that are set without a width of their own.
UNSEEN = {"Cc", "Cf", "Zl", "Zp", "Zs", "Cs"}


@dataclass(slots=True)
class Read:
    """What was found in PDFs."""

    papers: int = 0
    objects: int = 0
    links: int = 0
    legible: int = 0  # papers on which the payload can be read
    wrong: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)  # what was not drawn


def drawn(house: Furnished, *, packs: bool) -> Iterator[tuple[str, bytes | str]]:
    """Give the PDFs of a house, or why there is none: of a learner and an officer, or of whoever asks for approval."""
    number = house.places["number"][0]
    hers = ["/certificates/{}.pdf", "/certificates/{}/evidence.pdf"]
    with drawing_here(house):
        if packs:
            yield from _packs(house)
            return
        for path in (*(one.format(number) for one in hers), "/account/transcript.pdf"):
            yield path, _content(house.ask("ana", "GET", path))
        answer = house.ask(NOBODY, "POST", "/verify/receipt.pdf", data={"result": sheets.results(house)}, headers=SAME)
        yield "/verify/receipt.pdf", _content(answer)


def _packs(house: Furnished) -> Iterator[tuple[str, bytes | str]]:
    """Give what is in evidence packs, and in what a learner takes along of herself."""
    asked = [("ines", "GET", f"/author/shelf/{code}/evidence.zip") for code in house.places["code"][:2]]
    for who, method, path in (*asked, ("ana", "POST", "/account/privacy/export")):
        answer, found = house.ask(who, method, path, headers=SAME), sheets.Taken()
        if answer.status_code != OK:
            yield path, _why(answer.text)
            continue
        sheets.look_into(path, answer.content, found)
        yield from found.papers
        yield from ((shown.text[:40], f"{path}: {shown.text}") for shown in found.shown if NOT_DRAWN in shown.text)


def _content(answer: Response) -> bytes | str:
    return answer.content if answer.status_code == OK else _why(answer.text)


def _why(page: str) -> str:
    found = re.search(r'class="lead">([^<]*)', page)
    return found[1] if found else page[:200]


# --- in this process ---------------------------------------------------------------------------------------------


class Here:
    """An easel that is no process of its own."""

    stands, pid = True, 0

    def ask(self, request: bytes, sign: Callable[[bytes], bytes], *, timeout: float) -> bytes:  # noqa: ARG002
        """Draw, and have signed what is to be signed."""
        return painter.answer(request, lambda key, message: sign(frames.asking(key, message)))

    def kill(self) -> None:
        """Leave it standing."""

    def close(self) -> None:
        """Leave it standing."""


@contextmanager
def drawing_here(house: Furnished) -> Iterator[None]:
    """Let a house draw in this process."""
    wiring, room = house.app.state.wiring, DrawingRoom(SIGNER)
    house.app.state.wiring = replace(wiring, draws=room, draws_aside=room)
    with mock.patch.object(drawing, "_Easel", Here):
        yield
    house.app.state.wiring = wiring


@contextmanager
def unescaped() -> Iterator[None]:
    """Take the protection away: sheets are filled with what was typed as it was typed."""
    environment = press.environment()
    with mock.patch.object(environment, "autoescape", False):
        environment.cache.clear()  # type: ignore[union-attr]
        yield
    environment.cache.clear()  # type: ignore[union-attr]


# --- taken apart -------------------------------------------------------------------------------------------------


def look(house: Furnished, *, packs: bool = False) -> Read:
    """Draw every PDF of a house and look into each."""
    found = Read()
    for name, content in drawn(house, packs=packs):
        if isinstance(content, str):
            found.refused.append(f"{name}: {content}")
            continue
        found.papers += 1
        with pikepdf.open(io.BytesIO(content)) as pdf:
            found.wrong += [f"{name}: {what}" for what in _wrong(pdf, found)]
        words = squeezed(_read(content))
        found.legible += any(squeezed(one)[:60] in words for one in house.payload.split("\n"))
    return found


def _wrong(pdf: pikepdf.Pdf, found: Read) -> Iterator[str]:
    for thing in pdf.objects:
        found.objects += 1
        yield from _acts(thing, found)
    yield from (f"a tree of names: {name}" for name in _keys(pdf.Root.get("/Names")) - NAMES)
    yield from (f"attached as {name}" for name in pdf.attachments if not ATTACHED.fullmatch(name))
    for name, file in pdf.attachments.items():
        if name.endswith(".csv"):
            taken = sheets.Taken()
            sheets._table(name, file.get_file().read_bytes().decode("utf-8-sig"), taken)
            yield from taken.wrong


def _acts(thing: Any, found: Read) -> Iterator[str]:
    """Walk an object; what another object holds is walked there."""
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
        yield from _said(thing, found)
    parts = thing if isinstance(thing, pikepdf.Array) else [thing[key] for key in _keys(thing)]
    for part in parts:
        if not (isinstance(part, pikepdf.Object) and part.is_indirect):
            yield from _acts(part, found)


def _said(thing: Any, found: Read) -> Iterator[str]:
    keys, kind = _keys(thing), str(thing.get("/S", ""))
    yield from (f"has {key}" for key in keys & ACTS)
    if kind in ACTIONS - KNOWN_ACTIONS:
        yield f"an action {kind}"
    if "/URI" in keys:
        found.links += 1
        if not str(thing["/URI"]).startswith(OUR_ADDRESS):
            yield f"leads to {str(thing['/URI'])[:60]}"
    if str(thing.get("/Type", "")) == "/Annot" and str(thing.get("/Subtype", "")) not in KNOWN_ANNOTATIONS:
        yield f"an annotation {thing.get('/Subtype')}"


def _keys(thing: Any) -> set[str]:
    return set(thing.keys()) if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream) else set()


def _read(content: bytes) -> str:
    tool = shutil.which("pdftotext") or "pdftotext"
    done = subprocess.run([tool, "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def squeezed(words: str) -> str:
    """Give words without the blanks between them and without what is not seen."""
    plain = unicodedata.normalize("NFC", words)
    return "".join(one for one in plain if unicodedata.category(one) not in UNSEEN)
