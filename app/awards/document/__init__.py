"""Certificates, transcripts and dossiers as documents: frozen facts in, the bytes of an archival, accessible PDF out.

The row is the truth; this is a drawing of it. Drawn once, a certificate's bytes and their digest are kept: another
version of the fonts or of Pango would draw other bytes, so none is promised to be drawn again. A transcript is drawn
for whoever asks and not kept: what it says is true of the day that it names.

WeasyPrint and pikepdf are heavy and need Pango on the machine, so only the render process may draw
(app/awards/drawing.py), and they are imported only inside it.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.awards.document import archive, guilloche, press, sheets, wording
from app.awards.document.dossier import Dossier
from app.awards.document.order import DossierOrder, Order, Sign
from app.awards.document.transcript_sheets import TranscriptSheet
from app.awards.facts import Facts
from app.awards.transcripts import Transcript

if TYPE_CHECKING:
    from weasyprint import Document

# Type and the air between the parts of a sheet, in points, most generous first.
SIZES = (
    (10.0, 30.0),
    (10.0, 22.0),
    (10.0, 15.0),
    (9.6, 12.0),
    (9.2, 11.0),
    (8.8, 10.0),
    (8.4, 9.0),
    (8.0, 8.0),
    (7.6, 7.0),
    (7.2, 6.0),
    (6.8, 5.0),
    (6.4, 4.0),
    (6.0, 3.0),
)
_HOLDER, _HOLDER_LEAST = 34.0, 15.0
_ADDRESS_WIDTH, _ADDRESS_LEAST = 225.0, 6.4
_FRAME_WIDTH = 124.0  # what the frame and its air take from the paper (sheet.css, @page)


class TooMuchToPrint(Exception):
    """The facts do not fit on one sheet, even in the smallest type we would hand to anyone."""


class LettersMissing(Exception):
    """No font on this machine has these letters. A document with boxes in it is never drawn."""


@dataclass(frozen=True, slots=True)
class Paper:
    """A size of paper, lying on its side, in points."""

    css: str
    width: float
    height: float


PAPERS = {"letter": Paper("letter", 792.0, 612.0), "a4": Paper("A4", 841.89, 595.28)}


@dataclass(frozen=True, slots=True)
class Size:
    """How large a sheet is set, in points."""

    paper: str
    text: float
    air: float
    holder: float
    address: float


def draw(order: Order, *, paper: str = "letter", sign: Sign | None = None) -> bytes:
    """Draw the certificate on one sheet of `letter` or `a4` paper. The same order gives the same bytes, up to the seal.

    Who signs is asked for every signature that the order calls for.
    """
    if order.seal and not sign:
        raise TypeError("nobody to sign what is to be sealed")
    return _painted(_fitted(order.facts, PAPERS[paper]), name=order.facts.number)


def draw_transcript(transcript: Transcript, *, on: datetime) -> bytes:
    """Draw the transcript as made on this day, on as many upright letter sheets as it takes."""
    html = press.page("transcript.html", sheet=TranscriptSheet.of(transcript, on=on))
    return _painted(press.lay_out(html, press.furniture()), name=f"{on.isoformat()} {transcript.to_json()}")


def draw_sample(facts: Facts) -> bytes:
    """Draw what a certificate will look like, with SAMPLE across the sheet: it certifies nothing."""
    paper = PAPERS["letter"]
    served = _served(facts, paper)
    frame = guilloche.stamped(served["frame.svg"].decode(), width=paper.width, height=paper.height)
    sheet = replace(sheets.Sheet.of(facts), title=wording.SAMPLE, demonstration=wording.SAMPLE)
    return _painted(_set(sheet, paper, {**served, "frame.svg": frame.encode()}), name=f"sample {facts.to_json()}")


def draw_dossier(dossier: Dossier) -> bytes:
    """Draw a dossier, on as many upright letter sheets as it takes."""
    told = dossier.to_json()
    html = press.page("evidence.html", dossier=Dossier.from_json(sheets.printable(told)))
    return _painted(press.lay_out(html, press.furniture()), name=told)


def draw_sealed(order: DossierOrder, *, sign: Sign) -> bytes:
    """Draw a dossier, put its files into it and seal it."""
    if not sign:
        raise TypeError("nobody to sign what is to be sealed")
    return draw_dossier(order.dossier)


def load() -> None:
    """Load the libraries and the fonts ahead of the first drawing. Raises OSError where Pango is not installed."""
    import pikepdf  # noqa: F401
    import weasyprint  # noqa: F401

    press.furniture()


def _painted(laid_out: Document, *, name: str) -> bytes:
    drawn = archive.paint(laid_out, name=name)
    if missing := {chr(point) for font in laid_out.fonts.values() for point in font.missing}:
        raise LettersMissing("".join(sorted(missing)))
    return drawn


def _fitted(facts: Facts, paper: Paper) -> Document:
    """Set the facts in the largest type that keeps them on one sheet."""
    return _set(sheets.Sheet.of(facts), paper, _served(facts, paper))


def _set(sheet: sheets.Sheet, paper: Paper, served: press.Served) -> Document:
    for text, air in SIZES:
        html = press.page("sheet.html", sheet=sheet, size=_size(sheet, paper, text, air))
        laid_out = press.lay_out(html, served)
        if len(laid_out.pages) == 1:
            return laid_out
    raise TooMuchToPrint(sheet.number)


def _size(sheet: sheets.Sheet, paper: Paper, text: float, air: float) -> Size:
    """Size the name to fill one line at most, and the address to fit beside the QR code; both shrink with the rest."""
    name = (paper.width - _FRAME_WIDTH) / sheets.width_in_ems(sheet.holder_name)
    address = _ADDRESS_WIDTH / sheets.width_in_ems(sheet.verify_url)
    return Size(
        paper=paper.css,
        text=text,
        air=air,
        holder=round(max(min(_HOLDER * min(1.0, text / 8), name), _HOLDER_LEAST), 1),
        address=round(max(min(text, address), _ADDRESS_LEAST), 1),
    )


def _served(facts: Facts, paper: Paper) -> press.Served:
    frame = guilloche.draw(facts.number, width=paper.width, height=paper.height)
    return {**press.furniture(), "frame.svg": frame.encode(), "qr.svg": _qr(facts.verify_url)}


def _qr(url: str) -> bytes:
    """Draw the address as a QR code that survives a coffee stain (error correction Q)."""
    import segno

    picture = io.BytesIO()
    segno.make(url, error="q", micro=False).save(picture, kind="svg", border=0, dark="#1C2530", xmldecl=False)
    return picture.getvalue()
