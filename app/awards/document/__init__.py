"""Certificates, transcripts, dossiers and handouts as documents: facts in, the bytes of an accessible PDF out.

The row is the truth; this is a drawing of it. Drawn once, a certificate's bytes and their digest are kept: another
version of the fonts or of Pango would draw other bytes, so none is promised to be drawn again. A transcript is drawn
for whoever asks and not kept: what it says is true of the day that it names.

WeasyPrint and pikepdf are heavy and need Pango on the machine, so only the render process may draw
(app/awards/drawing.py), and they are imported only inside it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from app.awards.document import (
    archive,
    attachments,
    codes,
    guilloche,
    handout_sheets,
    press,
    seal,
    setting,
    sheets,
    wording,
)
from app.awards.document.archive import Sealing
from app.awards.document.dossier import Dossier
from app.awards.document.order import DossierOrder, Order, Sign
from app.awards.document.setting import PAPERS, Paper
from app.awards.document.transcript_sheets import TranscriptSheet
from app.awards.facts import Facts
from app.awards.transcripts import Transcript
from app.content.handout import Handout

if TYPE_CHECKING:
    from weasyprint import Document


class TooMuchToPrint(Exception):
    """The facts do not fit on one sheet, even in the smallest type we would hand to anyone."""


class LettersMissing(Exception):
    """No font on this machine has these letters. A document with boxes in it is never drawn."""


def draw(order: Order, *, paper: str = "letter", sign: Sign | None = None) -> bytes:
    """Draw the certificate on one sheet of `letter` or `a4` paper. The same order gives the same bytes, up to the seal.

    Who signs is asked for every signature that the order calls for.
    """
    facts, on = order.facts, PAPERS[paper]
    frame = guilloche.draw(facts.number, width=on.width, height=on.height)
    laid_out = _set(sheets.Sheet.of(facts, sealed=order.seal is not None), on, frame)
    if order.seal is None:
        return _painted(laid_out, name=facts.number)
    sealing = Sealing(
        order.seal,
        order.sealed_at,
        reason="Certificate of completion",
        told=f"Digital seal of {facts.provider_name}",
        rectangle=guilloche.seal_box(width=on.width),
        attached=tuple(attachments.of(order, _somebody(sign))),
    )
    return seal.close(_painted(laid_out, name=facts.number, sealing=sealing), order.seal, _somebody(sign))


def draw_transcript(transcript: Transcript, *, on: datetime) -> bytes:
    """Draw the transcript as made on this day, on as many upright letter sheets as it takes."""
    html = press.page("transcript.html", sheet=TranscriptSheet.of(transcript, on=on))
    return _painted(press.lay_out(html), name=f"{on.isoformat()} {transcript.to_json()}")


def draw_sample(facts: Facts) -> bytes:
    """Draw what a certificate will look like, with SAMPLE across the sheet: it certifies nothing."""
    on = PAPERS["letter"]
    frame = guilloche.stamp(width=on.width, height=on.height)
    frame += guilloche.draw(facts.number, width=on.width, height=on.height)
    sheet = replace(sheets.Sheet.of(facts), title=wording.SAMPLE, demonstration=wording.SAMPLE)
    return _painted(_set(sheet, on, frame), name=f"sample {facts.to_json()}")


def draw_dossier(dossier: Dossier) -> bytes:
    """Draw a dossier, on as many upright letter sheets as it takes."""
    return _painted(_dossier(dossier), name=dossier.to_json())


def draw_sealed(order: DossierOrder, *, sign: Sign) -> bytes:
    """Draw a dossier, put its files into it and seal it."""
    sealing = Sealing(
        order.seal,
        order.sealed_at,
        reason="Document issued",
        told=f"Digital seal of {order.dossier.provider}",
        attached=order.attached,
    )
    return seal.close(
        _painted(_dossier(order.dossier), name=order.dossier.to_json(), sealing=sealing), order.seal, sign
    )


def draw_handout(handout: Handout, *, paper: str = "letter") -> bytes:
    """Draw a handout, on as many upright sheets of `letter` or `a4` paper as it takes."""
    told = Handout.from_json(sheets.printable(handout.to_json()))
    html = press.page(
        "handout.html",
        handout=told,
        body=handout_sheets.body(told),
        foot=handout_sheets.foot(told),
        maker=handout_sheets.MAKER,
        paper=handout_sheets.PAPERS[paper],
    )
    laid_out = press.lay_out(html, pictures=handout_sheets.PICTURES)
    return _painted(laid_out, name=f"{paper} {told.to_json()}")


def load() -> None:
    """Load the libraries and the fonts ahead of the first drawing. Raises OSError where Pango is not installed."""
    import pyhanko.sign.signers  # noqa: F401
    import weasyprint  # noqa: F401

    press.fonts()


def _somebody(sign: Sign | None) -> Sign:
    if sign is None:
        raise TypeError("nobody is there to sign what is to be sealed")
    return sign


def _painted(laid_out: Document, *, name: str, sealing: Sealing | None = None) -> bytes:
    drawn = archive.paint(laid_out, name=name, sealing=sealing)
    if missing := {chr(point) for font in laid_out.fonts.values() for point in font.missing}:
        raise LettersMissing("".join(sorted(missing)))
    return drawn


def _dossier(dossier: Dossier) -> Document:
    told = Dossier.from_json(sheets.printable(dossier.to_json()))
    return press.lay_out(press.page("evidence.html", dossier=told))


def _set(sheet: sheets.Sheet, paper: Paper, frame: bytes) -> Document:
    """Set the sheet in the largest type that keeps it on one page."""
    pictures = {"frame": press.Drawn(paper.width, paper.height, frame), "code": codes.draw(sheet.verify_url)}
    for size in setting.Measured.of(sheet).sizes(paper):
        xhtml = press.page("sheet.html", sheet=sheet, size=size)
        laid_out = press.lay_out_certificate(xhtml, paper=paper.css, pictures=pictures)
        if len(laid_out.pages) == 1:
            setting.spread(laid_out)
            pictures["frame"].operators += setting.hairlines(laid_out)
            return laid_out
    raise TooMuchToPrint(sheet.number)
