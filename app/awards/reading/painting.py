"""What a page is painted with: whether it keeps to the plain means on which all programs agree.

A page that paints what the original paints needs no such look. One that another program wrote is judged by what PDFium
shows of it, so whatever another viewer may show differently is a reason for a person to look.
"""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Stream

from app.awards.reading import grammar, meanings, outlines
from app.awards.reading.instructions import Instructions
from app.awards.reading.unpacking import listed

MOST_INSTRUCTIONS = 400_000
MOST_FORMS = 200
# Colors of their own right. Inks (Separation, DeviceN) are painted by one program and left out by the next.
_PLAIN_COLORS = frozenset({"/DeviceGray", "/DeviceRGB", "/DeviceCMYK", "/CalGray", "/CalRGB", "/Lab"})
_LEFT_TO_CHANCE = ("/Pattern", "/Shading")
_COVERING = frozenset({"/Normal", "/Compatible"})
_OVERPRINT = ("/OP", "/op")  # white that covers in one program, and lets shine through in the next
_SIMPLE_KEYS = ("/BaseFont", "/FirstChar", "/LastChar", "/Widths")
_COLLECTION_KEYS = ("/Registry", "/Ordering", "/Supplement")
_FONT_FILES = ("/FontFile", "/FontFile2", "/FontFile3")
_GRAYS = (0, 32, 64, 128, 192, 224, 255)
_NEAR = 40  # of 255


def is_plain(content: bytes, place: int) -> bool:
    """Say whether a page of a PDF, with the forms that it paints, is painted by plain means."""
    try:
        with pikepdf.open(io.BytesIO(content)) as pdf:
            page = pdf.pages[place]
            return _Look().is_plain(page.obj)
    except (pikepdf.PdfError, RecursionError, ValueError, TypeError, AttributeError, KeyError):
        return False


class _Look:
    """Follows a page into its forms, each once."""

    def __init__(self) -> None:
        self._seen: set[tuple[int, int]] = set()
        self._left = MOST_INSTRUCTIONS

    def is_plain(self, one: Any) -> bool:
        resources = one.get("/Resources")
        if not self._has_plain_instructions(one, resources) or not grammar.is_whole(one):
            return False
        if not isinstance(resources, Dictionary):
            return True
        return (
            not any(_values(resources.get(kind)) for kind in _LEFT_TO_CHANCE)
            and all(_is_plain_state(state) for state in _values(resources.get("/ExtGState")))
            and all(_is_plain_font(font) for font in _values(resources.get("/Font")))
            and _are_plain_colors(resources.get("/ColorSpace"))
            and all(self._is_plain_form(form) for form in _values(resources.get("/XObject")))
        )

    def _is_plain_form(self, form: Any) -> bool:
        if not isinstance(form, Stream) or form.objgen in self._seen:
            return isinstance(form, Stream)
        self._seen.add(form.objgen)
        return len(self._seen) < MOST_FORMS and form.get("/Subtype") == Name.Form and self.is_plain(form)

    def _has_plain_instructions(self, one: Any, resources: Any) -> bool:
        told = Instructions(has_lab=_has_lab(resources))
        for instruction in pikepdf.parse_content_stream(one):
            self._left -= 1
            if self._left < 0 or not told.is_plain(str(instruction.operator), list(instruction.operands)):
                return False
        return told.are_closed


def _has_lab(resources: Any) -> bool:
    spaces = _values(resources.get("/ColorSpace")) if isinstance(resources, Dictionary) else []
    return any(str(kind) == "/Lab" for space in spaces for kind in listed(space)[:1])


def _values(one: Any) -> list[Any]:
    return [one[key] for key in one.keys()] if isinstance(one, Dictionary) else []  # noqa: SIM118 - not a dict


def _is_plain_state(state: Any) -> bool:
    """Say whether ink covers what is below it, and nothing else."""
    if not isinstance(state, Dictionary):
        return False
    blend = str(listed(state.get("/BM", Name.Normal))[0])
    masked = isinstance(state.get("/SMask"), Dictionary)
    is_thin = not all(0 <= state.get(key, 1) <= 1 for key in ("/CA", "/ca"))
    return blend in _COVERING and not masked and not is_thin and not any(bool(state.get(key)) for key in _OVERPRINT)


def _is_plain_font(font: Any) -> bool:
    """Say whether a font's letters are in the file, and named in a way that leaves no choice.

    PDFium sets type from a font that lacks what the standard asks for; the next program leaves its letters out.
    """
    if not isinstance(font, Dictionary) or font.get("/Subtype") == Name.Type3 or not meanings.are_clear(font):
        return False
    if font.get("/Subtype") == Name.Type0:
        inner = listed(font.get("/DescendantFonts"))
        named = str(font.get("/Encoding", ""))
        return named in {"/Identity-H", "/Identity-V"} and len(inner) == 1 and _is_whole_cid_font(inner[0])
    return all(key in font for key in _SIMPLE_KEYS) and _is_embedded(font)


def _is_whole_cid_font(font: Any) -> bool:
    collection = font.get("/CIDSystemInfo") if isinstance(font, Dictionary) else None
    return (
        isinstance(collection, Dictionary)
        and all(key in collection for key in _COLLECTION_KEYS)
        and str(font.get("/Subtype", "")) in {"/CIDFontType0", "/CIDFontType2"}
        and _is_embedded(font)
    )


def _is_embedded(font: Any) -> bool:
    descriptor = font.get("/FontDescriptor") if isinstance(font, Dictionary) else None
    if not isinstance(descriptor, Dictionary) or sum(key in descriptor for key in _FONT_FILES) != 1:
        return False
    return outlines.is_sound(descriptor)


def _are_plain_colors(spaces: Any) -> bool:
    """Say whether colors mean what they say: no inks that some leave out, no profile that turns black to white."""
    if not isinstance(spaces, Dictionary):
        return True
    named = {key for key in spaces.keys() if key.startswith("/Default")}  # noqa: SIM118 - not a dict
    return not named and all(_is_plain_color(color) for color in _values(spaces))


def _is_plain_color(color: Any) -> bool:
    parts = listed(color)
    kind = str(parts[0]) if parts and isinstance(parts[0], Name) else ""
    if kind == "/ICCBased":
        return len(parts) == 2 and _is_honest(parts[1])
    return kind in _PLAIN_COLORS


def _is_honest(profile: Any) -> bool:
    """Say whether a profile leaves grays about as they are.

    PDFium takes one for sRGB by a few of its bytes, and other programs read all of it.
    """
    from PIL import Image, ImageCms

    channels = profile.get("/N") if isinstance(profile, Stream) else None
    mode = {1: "L", 3: "RGB"}.get(channels) if isinstance(channels, int) else None
    if mode is None:
        return False
    grays = Image.new("L", (len(_GRAYS), 1))
    grays.putdata(_GRAYS)
    try:
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile.read_bytes()))
        seen = ImageCms.profileToProfile(grays.convert(mode), theirs, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        return False
    assert seen is not None  # noqa: S101 - for whoever checks types: it is None only where the image is changed itself
    return all(abs(was - now) <= _NEAR for was, now in zip(_GRAYS, seen.convert("L").tobytes(), strict=True))
