"""Ways to tamper with a certificate, each with the false fact that it plants.

Each takes a sealed PDF and gives another file. `field` is the fact that is false in it; what a check has to say of it
is for the tests to state. The certificate is Ana's, unless the false fact is one that hers has not.
"""

from __future__ import annotations

import io
import json
import random
import struct
import warnings
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pikepdf
import seal_keys
from awards import pdf_surgery as surgery
from awards.offices import BEN, HERS, LONG, Office, numbered, office
from awards.pdf_surgery import boxed, changed, place_of, reword, written
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

from app.awards.facts import Facts

Make = Callable[[bytes], bytes]
HOURS = "0.5 contact hours"  # the total; the hours by type stand above it
NUMBER = "Certificate number"


@dataclass(frozen=True)
class Tamper:
    """One way to tamper."""

    name: str
    field: str  # the false fact
    make: Make
    of: Facts  # the certificate that it is done to

    def file(self) -> bytes:
        """Give the forged file."""
        return self.make(office().originals[self.of.number, "letter"])


TAMPERS: dict[str, Tamper] = {}


def plants(field: str, *, of: Facts = HERS) -> Callable[[Make], Make]:
    """Register a way to tamper, by the false fact that it plants."""

    def register(make: Make) -> Make:
        TAMPERS[make.__name__] = Tamper(make.__name__, field, make, of)
        return make

    return register


# --- words changed in the page's own letters ---------------------------------------------------------------------

WORDS = (
    ("another_holder", "holder", "Ana ", "Mia ", HERS),
    ("one_letter_of_the_holder", "holder", "Brien", "Brían", HERS),
    ("another_license", "license", "081-234", "081-284", HERS),
    ("another_state", "license", "NJ LSW", "NY LSW", BEN),
    ("another_title", "course", "Social media", "Social edict", HERS),
    ("not_every_requirement", "course", "has met every", "has set every", HERS),
    ("another_code", "code", "SM-101", "SM-104", HERS),
    ("another_edition", "edition", "3fa9c1d2e4b0", "3fa9c1d2e4b4", HERS),
    ("more_hours", "hours", HOURS, "6.5 contact hours", HERS),
    ("hours_without_their_point", "hours", HOURS, "05 contact hours", HERS),
    ("more_hours_by_type", "hours_by_type", "(0.5)", "(8.5)", HERS),
    ("hours_of_another_type", "hours_by_type", "supervision", "ethics", BEN),
    ("another_format", "format", "reading", "recorded", HERS),
    ("another_day", "completed_on", "November 20, 2026 (2026-11-20)", "November 20, 2026 (2026-11-10)", HERS),
    ("another_month_in_words", "completed_on", "November 20, 2026 (2026-11-20)", "October 20, 2026 (2026-11-20)", HERS),
    ("another_time", "completed_at", "10:42", "10:12", HERS),
    ("another_start", "started", "November 18", "November 10", HERS),
    ("another_issue_date", "issued", "Issued November 20", "Issued November 10", HERS),
    ("another_signer", "signer", "Margaret", "Margarot", HERS),
    ("another_provider", "provider", " Elm Street", " Oak Street", HERS),
    ("another_mail_address", "provider", "records@ce", "rocords@ce", HERS),
    ("an_approval_where_there_is_none", "approvals", "Not approved by any board", "Approved by all boards", HERS),
    ("another_approval_number", "approvals", "#SW-0987.", "#SW-0989.", BEN),
    ("a_comma_in_an_approval", "approvals", "11/01/2025–11/01/2028.", "11/01/2025–11/01/2028,", BEN),
    ("another_presenter", "presenters", "Ines Duarte", "Ines Cantor", HERS),
    ("another_title_of_the_presenter", "presenters", "PhD", "DSW", HERS),
    ("no_demonstration", "demonstration", "Demonstration — not valid for credit", "", LONG),
)


def _reworded(old: str, new: str) -> Make:
    return lambda content: changed(content, lambda pdf: reword(pdf, old, new))


for _name, _field, _old, _new, _of in WORDS:
    TAMPERS[_name] = Tamper(_name, _field, _reworded(_old, _new), _of)


# --- letters that look like others -------------------------------------------------------------------------------


@plants("hours")
def glyphs_swapped_in_the_font(content: bytes) -> bytes:
    """The 0 is drawn as a 6 in the font itself: the text says 0.5, and the eye reads 6.5."""
    return changed(content, lambda pdf: _redrawn(pdf, HOURS, {"0": "6"}))


@plants("holder")
def an_i_drawn_as_an_l(content: bytes) -> bytes:
    return changed(content, lambda pdf: _redrawn(pdf, "Ana María", {"i": "l"}))


@plants("approvals", of=BEN)
def a_small_digit_redrawn(content: bytes) -> bytes:
    """In the smallest type: the text says #1234, and the eye reads #1284."""
    return changed(content, lambda pdf: _redrawn(pdf, "#1234,", {"3": "8"}))


@plants("hours")
def text_says_truth_and_look_lies(content: bytes) -> bytes:
    """Another code is shown, and ToUnicode says that it is a 0."""
    return changed(content, lambda pdf: surgery.recode(pdf, HOURS, "6.5 contact hours"))


@plants("hours")
def look_says_truth_and_text_lies(content: bytes) -> bytes:
    """Whoever reads by program, or copies, reads 6.5."""

    def lie(pdf: Pdf) -> None:
        font = pdf.pages[0].Resources.Font[surgery.font_with(pdf, HOURS)]
        table = font.ToUnicode.read_bytes()
        zero = next(code for code, letter in surgery.letters_of(font).items() if letter == "0")
        font.ToUnicode = pdf.make_stream(table.replace(f"<{zero}> <0030>".encode(), f"<{zero}> <0036>".encode()))

    return changed(content, lie)


@plants("hours")
def another_map_from_codes_to_glyphs(content: bytes) -> bytes:
    """CIDToGIDMap sends the code of 0 to the glyph of 6."""

    def remap(pdf: Pdf) -> None:
        font = pdf.pages[0].Resources.Font[surgery.font_with(pdf, HOURS)]
        codes = {letter: int(code, 16) for code, letter in surgery.letters_of(font).items()}
        table = bytearray(b"".join(number.to_bytes(2, "big") for number in range(4096)))
        table[codes["0"] * 2 : codes["0"] * 2 + 2] = codes["6"].to_bytes(2, "big")
        font.DescendantFonts[0].CIDToGIDMap = pdf.make_stream(bytes(table))

    return changed(content, remap)


@plants("license")
def another_font_for_a_fact(content: bytes) -> bytes:
    """The font is not embedded any more, so every program sets the license in letters of its own choice."""

    def let_go(pdf: Pdf) -> None:
        font = pdf.pages[0].Resources.Font[surgery.font_with(pdf, "081-234")]
        del font.DescendantFonts[0].FontDescriptor["/FontFile2"]

    return changed(content, let_go)


def _redrawn(pdf: Pdf, words: str, glyphs: dict[str, str]) -> None:
    """Give letters of the font in which words are set the outlines of others."""
    from fontTools.ttLib import TTFont

    font = pdf.pages[0].Resources.Font[surgery.font_with(pdf, words)]
    descriptor = font.DescendantFonts[0].FontDescriptor
    codes = {letter: int(code, 16) for code, letter in surgery.letters_of(font).items()}
    outlines = TTFont(io.BytesIO(descriptor.FontFile2.read_bytes()))
    names = outlines.getGlyphOrder()
    for was, now in glyphs.items():
        outlines["glyf"][names[codes[was]]] = outlines["glyf"][names[codes[now]]]
    written_font = io.BytesIO()
    outlines.save(written_font)
    descriptor.FontFile2 = pdf.make_stream(written_font.getvalue())


# --- painted over ------------------------------------------------------------------------------------------------


def _over(words: str, new: str, *, which: int = 0, fill: str = surgery.WHITE) -> Make:
    def cover(content: bytes) -> bytes:
        place = place_of(content, words, which=which)
        painted = boxed(place, fill) + "\n" + written(place, new)
        return changed(content, lambda pdf: surgery.paint(pdf, painted))

    return cover


@plants("holder")
def a_white_box_and_another_name(content: bytes) -> bytes:
    return _over("Ana María Núñez-O’Brien", "Eva Smith")(content)


@plants("hours")
def a_white_box_and_other_hours(content: bytes) -> bytes:
    return _over("0.5 contact hours", "6.5 contact hours")(content)


@plants("approvals")
def a_white_box_alone(content: bytes) -> bytes:
    """“Not approved by any board” is covered; nothing is put there instead."""
    place = place_of(content, "Not approved by any board")
    return changed(content, lambda pdf: surgery.paint(pdf, boxed(place), fonts=False))


@plants("completed_on")
def a_digit_painted_over(content: bytes) -> bytes:
    """One digit of the date, in outlines and not in words."""
    left, bottom, _right, top = place_of(content, "2026-11-20", which=0)
    box = f"1 g {left + 14} {bottom} 5 {top - bottom} re f 0.1 g {left + 16} {bottom} 1.2 {top - bottom} re f"
    return changed(content, lambda pdf: surgery.paint(pdf, box, fonts=False))


@plants("hours")
def a_form_painted_over(content: bytes) -> bytes:
    """White box and words stand in a form XObject."""
    place = place_of(content, "0.5 contact hours")

    def put(pdf: Pdf) -> None:
        page = pdf.pages[0]
        page.Resources.XObject.Forged = surgery.appearance(pdf, place, "6.5 contact hours")
        surgery.paint(pdf, f"1 0 0 1 {place[0]} {place[1]} cm /Forged Do", fonts=False)

    return changed(content, put)


@plants("hours")
def an_image_over_a_fact(content: bytes) -> bytes:
    return changed(content, lambda pdf: _image_over(pdf, content, masked=False))


@plants("hours")
def a_masked_image_over_a_fact(content: bytes) -> bytes:
    return changed(content, lambda pdf: _image_over(pdf, content, masked=True))


@plants("hours")
def an_inline_image_over_a_fact(content: bytes) -> bytes:
    left, bottom, _right, top = place_of(content, "0.5 contact hours")
    image = f"q 7 0 0 {top - bottom + 1} {left - 1} {bottom} cm BI /W 1 /H 1 /BPC 8 /CS /G ID \xff EI Q"

    def put(pdf: Pdf) -> None:
        pdf.pages[0].contents_add(pdf.make_stream(b"q"), prepend=True)
        pdf.pages[0].contents_add(pdf.make_stream(b"Q\n" + image.encode("latin-1")))

    return changed(content, put)


@plants("hours")
def blended_away(content: bytes) -> bytes:
    """A white box in the mode Lighten wipes out what is below."""
    place = place_of(content, "0.5 contact hours")

    def blend(pdf: Pdf) -> None:
        pdf.pages[0].Resources.ExtGState.Wipe = Dictionary(Type=Name.ExtGState, BM=Name.Lighten)
        surgery.paint(pdf, "/Wipe gs " + boxed(place) + written(place, "6.5 contact hours"))

    return changed(content, blend)


@plants("demonstration", of=LONG)
def clipped_away(content: bytes) -> bytes:
    """A clipping path leaves out the line that says that the certificate is a demonstration."""
    _left, bottom, _right, top = place_of(content, "Demonstration")
    clip = f"q 0 0 792 {bottom - 1} re 0 {top + 1} 792 {612 - top} re W n "

    def cut(pdf: Pdf) -> None:
        pdf.pages[0].contents_add(pdf.make_stream(clip.encode()), prepend=True)
        pdf.pages[0].contents_add(pdf.make_stream(b"Q"))

    return changed(content, cut)


def _image_over(pdf: Pdf, content: bytes, *, masked: bool) -> None:
    from PIL import Image, ImageDraw

    left, bottom, right, top = place_of(content, "0.5 contact hours")
    drawn = Image.new("L", (400, 60), 255)
    ImageDraw.Draw(drawn).text((4, 4), "6.5 contact hours", fill=20, font_size=40)
    image = pdf.make_stream(drawn.tobytes())
    image.Type, image.Subtype, image.Width, image.Height = Name.XObject, Name.Image, 400, 60
    image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
    if masked:
        mask = pdf.make_stream(bytes([255]) * 24000)
        mask.Type, mask.Subtype, mask.Width, mask.Height = Name.XObject, Name.Image, 400, 60
        mask.ColorSpace, mask.BitsPerComponent = Name.DeviceGray, 8
        image.SMask = mask
    pdf.pages[0].Resources.XObject.Forged = image
    placed = f"{right - left + 2} 0 0 {top - bottom + 2} {left - 1} {bottom - 1} cm /Forged Do"
    surgery.paint(pdf, placed, fonts=False)


@plants("hours")
def a_point_painted_out(content: bytes) -> bytes:
    """0.5 looks like 0 5, and the text still has its point."""
    return changed(content, lambda pdf: surgery.paint(pdf, boxed(_point(content), by=0.4), fonts=False))


@plants("hours")
def a_digit_put_before(content: bytes) -> bytes:
    """A stroke before 0.5, so that it looks like 10.5; no word is added."""
    left, bottom, _right, top = place_of(content, HOURS)
    stroke = f"0.11 0.145 0.188 rg {left - 3.2} {bottom} 1 {top - bottom} re f"
    return changed(content, lambda pdf: surgery.paint(pdf, stroke, fonts=False))


@plants("hours")
def hours_in_pale_letters(content: bytes) -> bytes:
    """The true hours are so pale that nobody sees them, and others stand beside."""
    place = place_of(content, HOURS)

    def pale(pdf: Pdf) -> None:
        pdf.pages[0].Resources.ExtGState.Veil = Dictionary(Type=Name.ExtGState, ca=0.85)
        surgery.paint(pdf, "/Veil gs " + boxed(place), fonts=False)

    return changed(content, pale)


@plants("hours")
def covered_in_one_program_and_not_in_the_next(content: bytes) -> bytes:
    """A stroke that makes 10.5 of 0.5 lies under white that overprints: some programs let it shine through."""
    left, bottom, _right, top = place_of(content, HOURS)
    stroke = f"0.11 0.145 0.188 rg {left - 3.2} {bottom} 1 {top - bottom} re f"
    cover = f"/Over gs 0 0 0 0 k {left - 4} {bottom} 2.4 {top - bottom} re f"

    def put(pdf: Pdf) -> None:
        pdf.pages[0].Resources.ExtGState.Over = Dictionary(Type=Name.ExtGState, OP=True, op=True, OPM=1)
        surgery.paint(pdf, f"{stroke} {cover}", fonts=False)

    return changed(content, put)


@plants("hours")
def covered_in_an_ink_that_is_none(content: bytes) -> bytes:
    """The same, under white in an ink of which the standard says that it paints nothing."""
    left, bottom, _right, top = place_of(content, HOURS)
    stroke = f"0.11 0.145 0.188 rg {left - 3.2} {bottom} 1 {top - bottom} re f"
    cover = f"/NoInk cs 1 scn {left - 4} {bottom} 2.4 {top - bottom} re f"

    def put(pdf: Pdf) -> None:
        white = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([1]), C1=Array([1]), N=1)
        ink = Array([Name.Separation, Name("/None"), Name.DeviceGray, white])
        pdf.pages[0].Resources.ColorSpace.NoInk = ink
        surgery.paint(pdf, f"{stroke} {cover}", fonts=False)

    return changed(content, put)


def _point(content: bytes) -> tuple[float, float, float, float]:
    """Find the point in the hours."""
    left, bottom, right, _top = place_of(content, "0.5 contact hours (60")
    zero = place_of(content, "0.5", which=1)
    middle = (zero[0] + zero[2]) / 2
    del left, right
    return middle - 1.6, bottom, middle + 0.4, bottom + 2.4


# --- annotations and forms ---------------------------------------------------------------------------------------


def _noted(kind: str, words: str, new: str, **more: Any) -> Make:
    def note(content: bytes) -> bytes:
        place = place_of(content, words)

        def add(pdf: Pdf) -> None:
            look = Dictionary(N=surgery.appearance(pdf, place, new))
            shown = {"F": 4, **more}
            box = surgery.rectangle(place)
            surgery.annotated(pdf, Dictionary(Type=Name.Annot, Subtype=Name(f"/{kind}"), Rect=box, AP=look, **shown))

        return changed(content, add)

    return note


@plants("hours")
def a_comment_over_a_fact(content: bytes) -> bytes:
    return _noted("FreeText", "0.5 contact hours", "6.5 contact hours")(content)


@plants("holder")
def a_stamp_over_a_fact(content: bytes) -> bytes:
    return _noted("Stamp", "Ana María Núñez-O’Brien", "Eva Smith")(content)


@plants("hours")
def a_field_over_a_fact(content: bytes) -> bytes:
    """A form field with its own look."""
    return changed(content, lambda pdf: _field_over(pdf, content, with_look=True))


@plants("hours")
def a_field_with_a_default_value(content: bytes) -> bytes:
    """A form field without a look: programs make one of its value."""
    return changed(content, lambda pdf: _field_over(pdf, content, with_look=False))


@plants("completed_on")
def a_white_square_as_a_comment(content: bytes) -> bytes:
    place = place_of(content, "November 20, 2026 (2026-11-20)")

    def cover(pdf: Pdf) -> None:
        square = Dictionary(
            Type=Name.Annot,
            Subtype=Name.Square,
            Rect=surgery.rectangle(place),
            F=4,
            IC=Array([1, 1, 1]),
            C=Array([1, 1, 1]),
            AP=Dictionary(N=surgery.appearance(pdf, place, "")),
        )
        surgery.annotated(pdf, square)

    return changed(content, cover)


@plants("number")
def a_link_that_leads_elsewhere(content: bytes) -> bytes:
    """Clicking the address goes to a page of the forger's."""

    def lead(pdf: Pdf) -> None:
        for note in pdf.pages[0].Annots:
            if note.Subtype == Name.Link:
                note.A.URI = String("https://ce.example.net/v/" + HERS.number)

    return changed(content, lead)


@plants("hours")
def a_stamp_that_is_only_printed(content: bytes) -> bytes:
    """The screen shows nothing of it; paper does."""
    return _noted("Stamp", HOURS, "6.5 contact hours", F=4 | 32)(content)


@plants("hours")
def a_seal_that_shows_other_hours(content: bytes) -> bytes:
    """The seal's own field is given a look: words over the hours."""
    place = place_of(content, HOURS)

    def show(pdf: Pdf) -> None:
        for note in pdf.pages[0].Annots:
            if note.Subtype == Name.Widget:
                note.Rect = surgery.rectangle(place)
                note.AP = Dictionary(N=surgery.appearance(pdf, place, "6.5 contact hours"))

    return changed(content, show)


def _field_over(pdf: Pdf, content: bytes, *, with_look: bool) -> None:
    place = place_of(content, "0.5 contact hours")
    field = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T=String("hours"),
        V=String("6.5 contact hours"),
        DV=String("6.5 contact hours"),
        DA=String("/Helv 9 Tf 0 g"),
        MK=Dictionary(BG=Array([1, 1, 1])),
        Rect=surgery.rectangle(place),
        F=4,
    )
    if with_look:
        field.AP = Dictionary(N=surgery.appearance(pdf, place, "6.5 contact hours"))
    surgery.annotated(pdf, field)
    form = pdf.Root.AcroForm
    form.Fields.append(pdf.pages[0].Annots[-1])
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    form.DR = Dictionary(Font=Dictionary(Helv=font))
    if not with_look:
        form.NeedAppearances = True


# --- appended ----------------------------------------------------------------------------------------------------


@plants("hours")
def content_replaced_by_appending(content: bytes) -> bytes:
    return _appended_content(content, _reworded(HOURS, "6.5 contact hours")(content))


@plants("holder")
def page_replaced_by_appending(content: bytes) -> bytes:
    """The page tree points to a new page: Ben's, with his letters, in Ana's file."""
    from pyhanko.pdf_utils import generic
    from pyhanko.pdf_utils.reader import PdfFileReader

    other = PdfFileReader(io.BytesIO(office().originals[BEN.number, "letter"]))

    def append(pdf: Any) -> None:
        page = other.root["/Pages"]["/Kids"].raw_get(0).get_object()
        kept = ("/Resources", "/Contents", "/MediaBox", "/Type")
        inner = generic.DictionaryObject({generic.NameObject(name): page.raw_get(name) for name in kept})
        inner.container_ref = page.container_ref
        imported = pdf.import_object(inner)
        imported[generic.NameObject("/Parent")] = pdf.root.raw_get("/Pages")
        pages = pdf.root["/Pages"]
        pages[generic.NameObject("/Kids")] = generic.ArrayObject([pdf.add_object(imported)])
        pdf.update_container(pages)

    return surgery.appended(content, append)


@plants("hours")
def annotation_added_by_appending(content: bytes) -> bytes:
    from pyhanko.pdf_utils import generic

    left, bottom, right, top = place_of(content, "0.5 contact hours")

    def append(pdf: Any) -> None:
        painted = f"1 g 0 0 {right - left} {top - bottom} re f BT 0 g /F 9 Tf 0 1 Td (6.5 contact hours) Tj ET"
        look = generic.StreamObject(
            generic.DictionaryObject(
                {
                    generic.NameObject("/Type"): generic.NameObject("/XObject"),
                    generic.NameObject("/Subtype"): generic.NameObject("/Form"),
                    generic.NameObject("/BBox"): generic.ArrayObject(
                        [generic.FloatObject(edge) for edge in (0, 0, right - left, top - bottom)]
                    ),
                }
            ),
            stream_data=painted.encode(),
        )
        note = generic.DictionaryObject(
            {
                generic.NameObject("/Type"): generic.NameObject("/Annot"),
                generic.NameObject("/Subtype"): generic.NameObject("/Stamp"),
                generic.NameObject("/F"): generic.NumberObject(4),
                generic.NameObject("/Rect"): generic.ArrayObject(
                    [generic.FloatObject(edge) for edge in (left, bottom, right, top)]
                ),
                generic.NameObject("/AP"): generic.DictionaryObject({generic.NameObject("/N"): pdf.add_object(look)}),
            }
        )
        page = pdf.root["/Pages"]["/Kids"][0]
        page["/Annots"].append(pdf.add_object(note))
        pdf.update_container(page)
        pdf.update_container(page["/Annots"])

    return surgery.appended(content, append)


@plants("hours")
def shadow_hide(content: bytes) -> bytes:
    """A cover over the true hours was laid into the file, and what hid the cover is taken away by appending."""
    covered = _over("0.5 contact hours", "6.5 contact hours")(content)
    return _appended_content(_uncovered(content), covered)


@plants("hours")
def shadow_replace(content: bytes) -> bytes:
    """The font is replaced by appending: the words stay, their letters change."""

    def redraw(pdf: Pdf) -> None:
        _redrawn(pdf, HOURS, {"0": "6"})

    with pikepdf.open(io.BytesIO(changed(content, redraw))) as pdf:
        name = surgery.font_with(pdf, HOURS)
        outlines = pdf.pages[0].Resources.Font[name].DescendantFonts[0].FontDescriptor.FontFile2.read_bytes()

    def append(writer: Any) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        descriptor = page["/Resources"]["/Font"][name]["/DescendantFonts"][0]["/FontDescriptor"]
        stream = descriptor["/FontFile2"]
        _emptied(stream, outlines)
        writer.update_container(stream)

    return surgery.appended(content, append)


@plants("hours")
def shadow_hide_and_replace(content: bytes) -> bytes:
    """Another whole content lies in the file unused, and appending points the page to it."""
    from pyhanko.pdf_utils import generic

    with pikepdf.open(io.BytesIO(_reworded(HOURS, "6.5 contact hours")(content))) as forged:
        other = forged.pages[0].Contents.read_bytes()
    prepared = changed(content, lambda pdf: pdf.Root.__setitem__("/Spare", pdf.make_stream(other)))

    def append(pdf: Any) -> None:
        page = pdf.root["/Pages"]["/Kids"][0]
        page[generic.NameObject("/Contents")] = pdf.root.raw_get("/Spare")
        pdf.update_container(page)

    return surgery.appended(prepared, append)


def _uncovered(content: bytes) -> bytes:
    """Lay a cover into a file that nothing shows yet."""
    return changed(content, lambda pdf: surgery.paint(pdf, "0 0 m"))


def _appended_content(content: bytes, forged: bytes) -> bytes:
    """Append another content of the page, and the fonts that it needs."""
    from pyhanko.pdf_utils import generic

    with pikepdf.open(io.BytesIO(forged)) as pdf:
        page = pdf.pages[0]
        page.contents_coalesce()
        other = page.Contents.read_bytes()

    def append(pdf: Any) -> None:
        page = pdf.root["/Pages"]["/Kids"][0]
        helvetica = generic.DictionaryObject(
            {
                generic.NameObject("/Type"): generic.NameObject("/Font"),
                generic.NameObject("/Subtype"): generic.NameObject("/Type1"),
                generic.NameObject("/BaseFont"): generic.NameObject("/Helvetica"),
            }
        )
        fonts = page["/Resources"]["/Font"]
        fonts[generic.NameObject("/Forged")] = pdf.add_object(helvetica)
        pdf.update_container(fonts)
        page[generic.NameObject("/Contents")] = pdf.add_object(generic.StreamObject(stream_data=other))
        pdf.update_container(page)

    return surgery.appended(content, append)


def _emptied(stream: Any, content: bytes) -> None:
    """Give a stream of pyHanko's other bytes."""
    for key in ("/Filter", "/DecodeParms", "/Length1"):
        if key in stream:
            del stream[key]
    stream._data, stream._encoded_data = content, None


# --- layers, scripts, forms of other kinds -----------------------------------------------------------------------


@plants("hours")
def a_layer_that_is_shown(content: bytes) -> bytes:
    """A layer with a white box and other hours, switched on."""
    return changed(content, lambda pdf: _layer(pdf, content, shown=True))


@plants("hours")
def a_layer_that_is_printed_only(content: bytes) -> bytes:
    """The screen shows the truth. Printing switches the layer on."""
    return changed(content, lambda pdf: _layer(pdf, content, shown=False))


@plants("hours")
def a_script_that_changes_a_field(content: bytes) -> bytes:
    def script(pdf: Pdf) -> None:
        code = 'this.getField("hours").value = "6.5 contact hours";'
        pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS=String(code))
        left, bottom, right, top = place_of(content, "0.5 contact hours")
        field = Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=String("hours"), F=4)
        field.Rect, field.DA = Array([left, bottom, right, top]), String("/Helv 9 Tf 0 g")
        surgery.annotated(pdf, field)
        pdf.Root.AcroForm.Fields.append(pdf.pages[0].Annots[-1])

    return changed(content, script)


@plants("hours")
def a_script_among_the_names(content: bytes) -> bytes:
    def script(pdf: Pdf) -> None:
        action = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=String("app.alert('6.5 contact hours')")))
        pdf.Root.Names.JavaScript = Dictionary(Names=Array([String("open"), action]))

    return changed(content, script)


@plants("hours")
def an_xfa_form(content: bytes) -> bytes:
    """Programs that know XFA show its form instead of the page."""

    def put(pdf: Pdf) -> None:
        form = b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template>6.5 contact hours</template></xdp:xdp>'
        pdf.Root.AcroForm.XFA = pdf.make_stream(form)

    return changed(content, put)


@plants("hours")
def other_hours_read_aloud(content: bytes) -> bytes:
    """What is painted is true. A screen reader says 6.5."""

    def speak(pdf: Pdf) -> None:
        page = pdf.pages[0]
        before = page.Contents.read_bytes()
        spoken = b"/Span <</ActualText (6.5 contact hours) /MCID 999>> BDC EMC\n"
        page.Contents = pdf.make_stream(before + spoken)

    return changed(content, speak)


@plants("hours")
def other_hours_in_the_tags(content: bytes) -> bytes:
    """The same, where the tags say how a part of the page is to be read."""

    def speak(pdf: Pdf) -> None:
        for one in pdf.objects:
            if isinstance(one, Dictionary) and one.get("/S") == Name.TD:
                one.ActualText = String("6.5 contact hours")

    return changed(content, speak)


@plants("hours")
def other_hours_in_a_bookmark(content: bytes) -> bytes:
    def mark(pdf: Pdf) -> None:
        with pdf.open_outline() as outline:
            outline.root.append(pikepdf.OutlineItem("6.5 contact hours of ethics", 0))

    return changed(content, mark)


@plants("hours")
def other_hours_in_the_title(content: bytes) -> bytes:
    """The page is true. The window's title, and lists of files, say 6.5."""

    def name(pdf: Pdf) -> None:
        pdf.docinfo.Subject = String("Social media: 6.5 contact hours (60 minutes), Ana María Núñez-O’Brien")

    return changed(content, name)


def _layer(pdf: Pdf, content: bytes, *, shown: bool) -> None:
    place = place_of(content, "0.5 contact hours")
    layer = pdf.make_indirect(Dictionary(Type=Name.OCG, Name=String("Hours")))
    page = pdf.pages[0]
    page.Resources.Properties = Dictionary(Layer=layer)
    surgery.paint(pdf, f"/OC /Layer BDC {boxed(place)} {written(place, '6.5 contact hours')} EMC")
    order = Dictionary(ON=Array([layer] if shown else []), OFF=Array([] if shown else [layer]))
    if not shown:
        layer.Usage = Dictionary(Print=Dictionary(PrintState=Name.ON), View=Dictionary(ViewState=Name.OFF))
        usage = Dictionary(Event=Name.Print, OCGs=Array([layer]), Category=Array([Name.Print]))
        order.AS = Array([usage])
    pdf.Root.OCProperties = Dictionary(OCGs=Array([layer]), D=order)


# --- what is attached --------------------------------------------------------------------------------------------


def _bundle_of(content: bytes) -> dict[str, Any]:
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return dict(json.loads(surgery.attachment(pdf, "certificate.json")))


def _with_bundle(content: bytes, bundle: dict[str, Any]) -> bytes:
    import rfc8785

    return changed(content, lambda pdf: surgery.attach(pdf, "certificate.json", rfc8785.dumps(bundle)))


@plants("holder")
def the_statement_of_another(content: bytes) -> bytes:
    """Ana's page, with what we signed for Ben."""
    return _with_bundle(content, _bundle_of(office().originals[BEN.number, "letter"]))


@plants("hours")
def an_edited_statement(content: bytes) -> bytes:
    bundle = _bundle_of(content)
    bundle["statement"]["hours"] = {"total": "6.5", "by_type": {"ethics": "6.5"}}
    return _with_bundle(content, bundle)


@plants("hours")
def an_edited_statement_signed_anew(content: bytes) -> bytes:
    """Signed by the forger, under the name of our key."""
    import rfc8785
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    bundle = _bundle_of(content)
    bundle["statement"]["hours"] = {"total": "6.5", "by_type": {"ethics": "6.5"}}
    forged = Ed25519PrivateKey.from_private_bytes(bytes(32)).sign(rfc8785.dumps(bundle["statement"]))
    bundle["signature"]["value"] = b64encode(forged).decode()
    return _with_bundle(content, bundle)


@plants("holder")
def an_edited_personal_part(content: bytes) -> bytes:
    bundle = _bundle_of(content)
    bundle["personal"]["holder"] = "Eva Smith"
    return _with_bundle(content, bundle)


@plants("commitment")
def another_salt(content: bytes) -> bytes:
    """No fact is false; but what is attached proves nothing any more."""
    bundle = _bundle_of(content)
    bundle["salt"] = b64encode(bytes(32)).decode()
    return _with_bundle(content, bundle)


@plants("hours")
def an_edited_badge(content: bytes) -> bytes:
    def edit(pdf: Pdf) -> None:
        badge = json.loads(surgery.attachment(pdf, "credential.json"))
        badge["credentialSubject"]["creditsEarned"] = 6.5
        surgery.attach(pdf, "credential.json", json.dumps(badge).encode())

    return changed(content, edit)


@plants("hours")
def no_attachments_and_other_words(content: bytes) -> bytes:
    def edit(pdf: Pdf) -> None:
        surgery.strip(pdf)
        reword(pdf, HOURS, "6.5 contact hours")

    return changed(content, edit)


@plants("hours")
def everything_says_the_same_lie(content: bytes) -> bytes:
    """Page, statement and badge agree with each other, and not with the record."""
    bundle = _bundle_of(content)
    bundle["statement"]["hours"] = {"total": "6.5", "by_type": {"ethics": "6.5"}}
    return an_edited_badge(_with_bundle(_reworded(HOURS, "6.5 contact hours")(content), bundle))


@plants("files")
def another_file_beside(content: bytes) -> bytes:
    def add(pdf: Pdf) -> None:
        told = b"This certificate counts for 6.5 contact hours."
        pdf.attachments["correction.txt"] = pikepdf.AttachedFileSpec(pdf, told, filename="correction.txt")

    return changed(content, add)


# --- numbers and codes -------------------------------------------------------------------------------------------


@plants("number")
def the_number_of_another(content: bytes) -> bytes:
    """Ben's number is printed on Ana's page."""
    place = place_of(content, HERS.number_in_groups)
    return changed(content, lambda pdf: surgery.paint(pdf, boxed(place) + written(place, BEN.number_in_groups)))


@plants("number")
def a_number_that_was_never_issued(content: bytes) -> bytes:
    """The number, its address and its code are replaced, and the attachments are gone."""
    other = numbered(HERS, 99)

    def edit(pdf: Pdf) -> None:
        surgery.strip(pdf)
        for old in (HERS.number_in_groups, HERS.verify_url):
            reword(pdf, old, "")
        for words, new in ((HERS.number_in_groups, other.number_in_groups), (HERS.verify_url, other.verify_url)):
            surgery.paint(pdf, written(place_of(content, words, which=0), new))
        _code_over(pdf, content, other.verify_url)

    return changed(content, edit)


@plants("number")
def the_code_of_another(content: bytes) -> bytes:
    """Ben's QR code on Ana's page."""
    return changed(content, lambda pdf: _code_over(pdf, content, BEN.verify_url))


@plants("number")
def a_code_that_leads_elsewhere(content: bytes) -> bytes:
    return changed(content, lambda pdf: _code_over(pdf, content, "https://ce.example.net/v/" + HERS.number))


@plants("number")
def a_code_that_is_covered(content: bytes) -> bytes:
    return changed(content, lambda pdf: surgery.paint(pdf, boxed(_code_place(content)), fonts=False))


def _code_place(content: bytes) -> tuple[float, float, float, float]:
    from app.awards.reading import leaves, pictures

    with leaves.opened(content) as document:
        leaf = leaves.Leaf(document, 0)
        (code,) = pictures.codes(leaf.picture(144))
        left, top, right, bottom = (edge / 2 for edge in code.around)
        leaf.close()
    return left, 612 - bottom, right, 612 - top


def _code_over(pdf: Pdf, content: bytes, address: str) -> None:
    import segno

    left, bottom, right, top = _code_place(content)
    rows = list(segno.make(address, error="q", micro=False).matrix)
    dot = (right - left) / len(rows)
    dark = " ".join(
        f"{left + across * dot:.2f} {top - (down + 1) * dot:.2f} {dot:.2f} {dot:.2f} re"
        for down, row in enumerate(rows)
        for across, module in enumerate(row)
        if module
    )
    surgery.paint(pdf, f"{boxed((left, bottom, right, top))} 0.1 g {dark} f", fonts=False)


# --- sealed anew -------------------------------------------------------------------------------------------------


@plants("hours")
def sealed_anew_under_the_same_name(content: bytes) -> bytes:
    """Edited, then sealed with a key of the forger's whose certificate bears our name."""
    import sealed
    from issuer import seal_key

    def unseal(pdf: Pdf) -> None:
        reword(pdf, HOURS, "6.5 contact hours")
        pages = pdf.pages[0]
        pages.Annots = Array([note for note in pages.Annots if note.Subtype != Name.Widget])
        del pdf.Root["/AcroForm"]
        if "/Perms" in pdf.Root:
            del pdf.Root["/Perms"]

    return sealed.sealed(changed(content, unseal), seal_key(66))


@plants("hours")
def drawn_anew_by_our_own_program(content: bytes) -> bytes:
    """The forger runs our software with keys of his own: another holder, other hours, our number."""
    forged = replace(HERS, holder_name="Eva Smith", credit_hours={"ethics": "6.5", "clinical": "12"})
    return _another_office().issue(forged)


@plants("holder")
def drawn_anew_with_one_lie(content: bytes) -> bytes:
    return _another_office().issue(replace(HERS, holder_name="Eva Smith"))


@cache
def _another_office() -> Office:
    from issuer import Issuer, Key, seal_key, statement_key

    theirs = Key(seal_keys.SEAL, seal_key(7).private)
    return Office(Issuer(current=Key(seal_keys.STATEMENT, statement_key(7).private), seal=theirs))


# --- scans -------------------------------------------------------------------------------------------------------


def _scan(content: bytes, *, dpi: float = 200) -> Any:
    from app.awards.reading import leaves

    with leaves.opened(content) as document:
        leaf = leaves.Leaf(document, 0)
        image = leaf.picture(dpi).copy()
        leaf.close()
    return image


def _as_pdf(image: Any, more: Callable[[Pdf], None] | None = None) -> bytes:
    held = io.BytesIO()
    image.convert("RGB").save(held, "PDF", resolution=200)
    return changed(held.getvalue(), more) if more else held.getvalue()


@plants("hours")
def an_edited_scan(content: bytes) -> bytes:
    held = io.BytesIO()
    _scan(_over("0.5 contact hours", "6.5 contact hours")(content)).save(held, "PNG")
    return held.getvalue()


@plants("holder")
def an_edited_photo(content: bytes) -> bytes:
    image = _scan(_over("Ana María Núñez-O’Brien", "Eva Smith")(content)).rotate(3, fillcolor=200, expand=True)
    noise = random.Random(7)  # noqa: S311 - the same photo every time
    image = image.point([min(255, max(0, level * 0.9 + 12 + noise.randint(-3, 3))) for level in range(256)])
    held = io.BytesIO()
    image.save(held, "JPEG", quality=60)
    return held.getvalue()


@plants("hours")
def an_edited_scan_as_a_pdf(content: bytes) -> bytes:
    return _as_pdf(_scan(_over("0.5 contact hours", "6.5 contact hours")(content)))


@plants("hours")
def an_edited_scan_with_true_words_behind(content: bytes) -> bytes:
    """The image lies. The text layer, which nobody sees, says what the original says."""
    forged = _scan(_over("0.5 contact hours", "6.5 contact hours")(content))

    def cover(pdf: Pdf) -> None:
        image = pdf.make_stream(forged.tobytes())
        image.Type, image.Subtype = Name.XObject, Name.Image
        image.Width, image.Height = forged.size
        image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
        pdf.pages[0].Resources.XObject.Forged = image
        surgery.paint(pdf, "792 0 0 612 0 0 cm /Forged Do", fonts=False)

    return changed(content, cover)


@plants("holder")
def a_scan_with_another_name_in_its_words(content: bytes) -> bytes:
    """The image is true. The invisible words behind it, which programs read, name somebody else."""

    def say(pdf: Pdf) -> None:
        pdf.pages[0].Resources.Font = Dictionary()
        words = f"This certifies that Eva Smith {HERS.number_in_groups} 6.5 contact hours"
        surgery.paint(pdf, written((60, 300, 200, 310), words, more="3 Tr"))

    return _as_pdf(_scan(content), say)


# --- pages and boxes ---------------------------------------------------------------------------------------------


@plants("hours")
def one_more_page(content: bytes) -> bytes:
    """A second page says what the first does not."""

    def add(pdf: Pdf) -> None:
        font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        words = pdf.make_stream(b"BT /F 18 Tf 72 500 Td (Addendum: 6.5 further contact hours) Tj ET")
        page = Dictionary(Type=Name.Page, MediaBox=Array([0, 0, 792, 612]), Contents=words)
        page.Resources = Dictionary(Font=Dictionary(F=font))
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))

    return changed(content, add)


@plants("holder")
def the_page_of_another(content: bytes) -> bytes:
    """Ben's page, in a file with all that is attached to Ana's."""
    with pikepdf.open(io.BytesIO(office().originals[BEN.number, "letter"])) as other:

        def swap(pdf: Pdf) -> None:
            pdf.pages.append(other.pages[0])
            del pdf.pages[0]

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that a field loses its form is part of it
            return changed(content, swap)


@plants("demonstration", of=LONG)
def cropped(content: bytes) -> bytes:
    """The page's box leaves out the upper part, and with it that it is a demonstration."""
    _left, bottom, _right, _top = place_of(content, "Demonstration")
    return changed(content, lambda pdf: setattr(pdf.pages[0], "CropBox", Array([0, 0, 792, bottom - 1])))


@plants("hours")
def turned_and_edited(content: bytes) -> bytes:
    def turn(pdf: Pdf) -> None:
        reword(pdf, HOURS, "6.5 contact hours")
        pdf.pages[0].Rotate = 90

    return changed(content, turn)


@plants("hours")
def made_smaller_and_edited(content: bytes) -> bytes:
    """Printed to A4 at 90 percent."""

    def shrink(pdf: Pdf) -> None:
        reword(pdf, HOURS, "6.5 contact hours")
        page = pdf.pages[0]
        page.contents_add(pdf.make_stream(b"q 0.9 0 0 0.9 50 20 cm"), prepend=True)
        page.contents_add(pdf.make_stream(b"Q"))
        page.MediaBox = Array([0, 0, 841.89, 595.28])
        for box in ("/TrimBox", "/BleedBox", "/CropBox"):
            if box in page.obj:
                del page.obj[box]

    return changed(content, shrink)


# --- what nobody sees --------------------------------------------------------------------------------------------


def _hidden(more: str, *, size: float = 9, at: tuple[float, float] = (300, 135)) -> Make:
    def say(content: bytes) -> bytes:
        words = written((*at, at[0] + 100, at[1] + 8), "Also valid for 6.0 hours of ethics", size=size, more=more)
        return changed(content, lambda pdf: surgery.paint(pdf, words))

    return say


@plants("hours")
def a_claim_that_is_not_painted(content: bytes) -> bytes:
    return _hidden("3 Tr 0 g")(content)


@plants("hours")
def a_claim_in_white(content: bytes) -> bytes:
    return _hidden("1 g")(content)


@plants("hours")
def a_claim_in_tiny_letters(content: bytes) -> bytes:
    return _hidden("0 g", size=0.4)(content)


@plants("hours")
def a_claim_that_is_transparent(content: bytes) -> bytes:
    def say(pdf: Pdf) -> None:
        pdf.pages[0].Resources.ExtGState.Clear = Dictionary(Type=Name.ExtGState, ca=0)
        place = (300.0, 135.0, 400.0, 143.0)
        surgery.paint(pdf, "/Clear gs " + written(place, "Also valid for 6.0 hours of ethics", more="0 g"))

    return changed(content, say)


@plants("hours")
def a_claim_in_the_open(content: bytes) -> bytes:
    """Where the sheet is empty, in letters that everybody sees."""
    return _hidden("0 g", size=12, at=(110, 130))(content)


@plants("hours")
def a_claim_drawn_in_shapes(content: bytes) -> bytes:
    """The claim has no words in it: only strokes."""
    strokes = " ".join(f"{120 + 9 * step} 125 m {124 + 9 * step} 140 l S" for step in range(12))
    return changed(content, lambda pdf: surgery.paint(pdf, f"0 G 2 w {strokes}", fonts=False))


# --- how the file is put together --------------------------------------------------------------------------------


@plants("hours")
def two_objects_of_one_name(content: bytes) -> bytes:
    """The page's content is in the file twice. The table points to the false one; who mends the file finds the true."""
    forged = changed(
        content,
        lambda pdf: reword(pdf, HOURS, "6.5 contact hours"),
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
        compress_streams=False,
    )
    at = forged.index(b" 0 obj", forged.index(b" 0 obj") + 1)
    start = forged.rfind(b"\n", 0, at) + 1
    name = forged[start : at + 6]
    return forged[:-1] + b"\n%" + name + b"\n" + name + b" << >> endobj\n"


@plants("hours")
def two_tables_that_differ(content: bytes) -> bytes:
    """A hybrid file: old programs follow one table, newer ones the other."""
    forged = changed(
        content,
        lambda pdf: reword(pdf, HOURS, "6.5 contact hours"),
        object_stream_mode=pikepdf.ObjectStreamMode.disable,
    )
    place = forged.rindex(b"trailer")
    end = forged.index(b"<<", place) + 2
    hidden = len(forged)
    return forged[:end] + b" /XRefStm %d " % hidden + forged[end:]


@plants("hours")
def linearized_and_edited(content: bytes) -> bytes:
    return changed(content, lambda pdf: reword(pdf, HOURS, "6.5 contact hours"), linearize=True)


@plants("hours")
def edited_within_object_streams(content: bytes) -> bytes:
    """Everything packed away, the edited content as well."""
    return changed(
        content,
        lambda pdf: reword(pdf, HOURS, "6.5 contact hours"),
        object_stream_mode=pikepdf.ObjectStreamMode.generate,
        recompress_flate=True,
    )


@plants("hours")
def alternate_images(content: bytes) -> bytes:
    """A clear image whose alternate, for printing, is a lie."""

    def put(pdf: Pdf) -> None:
        clear, lie = (_dot(pdf, level) for level in (255, 0))
        clear.Alternates = Array([Dictionary(Image=lie, DefaultForPrinting=True)])
        pdf.pages[0].Resources.XObject.Forged = clear
        surgery.paint(pdf, "8 0 0 8 700 300 cm /Forged Do", fonts=False)

    return changed(content, put)


def _dot(pdf: Pdf, level: int) -> Stream:
    image = pdf.make_stream(bytes([level]))
    image.Type, image.Subtype, image.Width, image.Height = Name.XObject, Name.Image, 1, 1
    image.ColorSpace, image.BitsPerComponent = Name.DeviceGray, 8
    return image


# --- what programs disagree about --------------------------------------------------------------------------------


@plants("hours")
def a_profile_that_turns_white_to_black(content: bytes) -> bytes:
    """A stroke that makes 10.5 of 0.5 is white by its numbers. A profile says that white is black."""
    stroke = f"/Turned cs 1 scn {_stroke_before(content)} re f"

    def put(pdf: Pdf) -> None:
        profile = pdf.make_stream(_gray_profile(turned=True))
        profile.N, profile.Alternate = 1, Name.DeviceGray
        pdf.pages[0].Resources.ColorSpace.Turned = Array([Name.ICCBased, profile])
        surgery.paint(pdf, stroke, fonts=False)

    return changed(content, put)


@plants("hours")
def grays_that_mean_something_else(content: bytes) -> bytes:
    """The same, where the file says what all its grays mean: some programs heed it, and some do not."""

    def put(pdf: Pdf) -> None:
        profile = pdf.make_stream(_gray_profile(turned=True))
        profile.N, profile.Alternate = 1, Name.DeviceGray
        pdf.pages[0].Resources.ColorSpace.DefaultGray = Array([Name.ICCBased, profile])
        surgery.paint(pdf, f"1 g {_stroke_before(content)} re f", fonts=False)

    return changed(content, put)


@plants("presenters", of=LONG)
def letters_that_some_programs_leave_out(content: bytes) -> bytes:
    """A font lacks what the standard asks for: PDFium shows its letters, and poppler leaves them out.

    Found by the campaign of damaged PDFs.
    """

    def take_out(pdf: Pdf) -> None:
        for font in pdf.pages[0].Resources.Font.values():
            del font.DescendantFonts[0]["/CIDSystemInfo"]

    return changed(content, take_out)


@plants("hours")
def a_broken_font_that_some_programs_refuse(content: bytes) -> bytes:
    """A table of the font lies out of step: PDFium sets type from it, and poppler shows none of its letters.

    Found by the campaign of damaged PDFs.
    """

    def shift(pdf: Pdf) -> None:
        descriptor = pdf.pages[0].Resources.Font[surgery.font_with(pdf, HOURS)].DescendantFonts[0].FontDescriptor
        program = bytearray(descriptor.FontFile2.read_bytes())
        at = program.index(b"cmap", 12) + 11
        program[at] ^= 2
        descriptor.FontFile2 = pdf.make_stream(bytes(program))

    return changed(content, shift)


@plants("course")
def a_slip_in_what_letters_mean(content: bytes) -> bytes:
    """PDFium reads on past it. Poppler gives the table up, and copies other words.

    Found by the campaign of damaged PDFs.
    """

    def slip(pdf: Pdf) -> None:
        font = pdf.pages[0].Resources.Font[surgery.font_with(pdf, "Social media")]
        font.ToUnicode = pdf.make_stream(font.ToUnicode.read_bytes().replace(b"beginbfchar", b"beginbfchar <", 1))

    return changed(content, slip)


@plants("course")
def a_slip_in_the_name_of_a_mark(content: bytes) -> bytes:
    """PDFium reads on past it. Poppler leaves out all that follows.

    Found by the campaign of damaged PDFs.
    """

    def slip(pdf: Pdf) -> None:
        page = pdf.pages[0]
        page.Contents = pdf.make_stream(page.Contents.read_bytes().replace(b"/MCID 7>>", b"/MCID\x9e7>>", 1))

    return changed(content, slip)


@plants("number")
def a_color_beyond_all_bounds(content: bytes) -> bytes:
    """PDFium paints it dark, and poppler gray.

    Found by the campaign of damaged PDFs.
    """

    def slip(pdf: Pdf) -> None:
        page = pdf.pages[0]
        head, rg, rest = page.Contents.read_bytes().rpartition(b" rg\n")
        page.Contents = pdf.make_stream(head[: head.rindex(b" ")] + b" 5.188235" + rg + rest)

    return changed(content, slip)


@plants("hours")
def a_pattern_over_a_fact(content: bytes) -> bytes:
    place = place_of(content, HOURS)

    def put(pdf: Pdf) -> None:
        tile = pdf.make_stream(b"1 g 0 0 500 20 re f 0 g 2 2 5 8 re f")
        tile.Type, tile.PatternType, tile.PaintType, tile.TilingType = Name.Pattern, 1, 1, 1
        tile.BBox, tile.XStep, tile.YStep = Array([0, 0, 500, 20]), 500, 20
        tile.Resources = Dictionary()
        pdf.pages[0].Resources.Pattern.Forged = tile
        surgery.paint(pdf, boxed(place, "/Pattern cs /Forged scn"), fonts=False)

    return changed(content, put)


@plants("hours")
def a_shading_in_white_beside_a_fact(content: bytes) -> bytes:
    """Nothing of it is seen here; what shadings show is left to each program."""
    left, bottom, _right, top = place_of(content, HOURS)

    def put(pdf: Pdf) -> None:
        function = Dictionary(FunctionType=2, Domain=Array([0, 1]), C0=Array([1]), C1=Array([1]), N=1)
        edges = Array([left - 5, bottom, left - 2, top])
        shade = Dictionary(ShadingType=2, ColorSpace=Name.DeviceGray, Coords=edges, Function=function)
        pdf.pages[0].Resources.Shading.Forged = shade
        surgery.paint(pdf, f"{left - 5} {bottom} 3 {top - bottom} re W n /Forged sh", fonts=False)

    return changed(content, put)


@plants("hours")
def letters_that_are_not_in_the_file(content: bytes) -> bytes:
    """White words in a font that each program chooses for itself, under the words of the page."""
    place = place_of(content, HOURS)
    return changed(content, lambda pdf: surgery.paint(pdf, written(place, "0.5 contact hours", more="1 g 3 Tr")))


def _stroke_before(content: bytes) -> str:
    left, bottom, _right, top = place_of(content, HOURS)
    return f"{left - 3.2} {bottom} 1 {top - bottom}"


def _gray_profile(*, turned: bool) -> bytes:
    """Write a small ICC profile for grays, as they are or turned round."""
    curve = struct.pack(">4sII2H", b"curv", 0, 2, *((65535, 0) if turned else (0, 65535)))
    white = struct.pack(">4sI3i", b"XYZ ", 0, 63190, 65536, 54061)
    told = b"desc\0\0\0\0" + struct.pack(">I", 2) + b"x\0" + bytes(4 + 4 + 2 + 1 + 67)
    free = b"text\0\0\0\0free\0"
    tags = {b"wtpt": white, b"kTRC": curve, b"desc": told, b"cprt": free}
    at, table, body = 128 + 4 + 12 * len(tags), b"", b""
    for name, held in tags.items():
        padded = held + bytes(-len(held) % 4)
        table += struct.pack(">4sII", name, at + len(body), len(held))
        body += padded
    size = at + len(body)
    head = struct.pack(">I4sI4s4s4s", size, bytes(4), 0x02400000, b"mntr", b"GRAY", b"XYZ ")
    head += bytes(12) + b"acsp" + bytes(28) + struct.pack(">3i", 63190, 65536, 54061)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
