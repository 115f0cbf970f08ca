"""What a page is painted with: whether it keeps to the plain means on which all programs agree.

A page that paints what the original paints needs no such look. One that another program wrote is judged by what PDFium
shows of it, so whatever another viewer may show differently is a reason for a person to look.
"""

from __future__ import annotations

import io
from typing import Any

import pikepdf
from pikepdf import Dictionary, Name, Stream

from app.awards.reading.unpacking import listed

MOST_INSTRUCTIONS = 400_000
MOST_FORMS = 200
# Paths, colors, text, forms, marked content. No inline images, no shadings, no sections for some programs only.
_WORDS = """
q Q cm w J j M d ri i gs m l c v y h re S s f F f* B B* b b* n W W*
BT ET Tc Tw Tz TL Tf Tr Ts Td TD Tm T* Tj TJ ' " d0 d1 CS cs SC SCN sc scn G g RG rg K k Do MP DP BMC BDC EMC
"""
_PLAIN = frozenset(_WORDS.split())
_ODD_COLORS = frozenset({"/Separation", "/DeviceN"})  # some inks are painted by one program and left out by the next
_OVERPRINT = ("/OP", "/op")  # white that covers in one program, and lets shine through in the next


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
        if not self._has_plain_instructions(one):
            return False
        resources = one.get("/Resources")
        if not isinstance(resources, Dictionary):
            return True
        states, colors, forms, fonts = (
            _values(resources.get(name)) for name in ("/ExtGState", "/ColorSpace", "/XObject", "/Font")
        )
        return (
            not any(_overprints(state) for state in states)
            and not any(_is_odd_color(color) for color in colors)
            and not any(isinstance(font, Dictionary) and font.get("/Subtype") == Name.Type3 for font in fonts)
            and all(self._is_plain_form(form) for form in forms)
        )

    def _is_plain_form(self, form: Any) -> bool:
        if not isinstance(form, Stream) or form.objgen in self._seen:
            return isinstance(form, Stream)
        self._seen.add(form.objgen)
        return len(self._seen) < MOST_FORMS and form.get("/Subtype") == Name.Form and self.is_plain(form)

    def _has_plain_instructions(self, one: Any) -> bool:
        for instruction in pikepdf.parse_content_stream(one):
            self._left -= 1
            if str(instruction.operator) not in _PLAIN or self._left < 0:
                return False
        return True


def _values(one: Any) -> list[Any]:
    return [one[key] for key in one.keys()] if isinstance(one, Dictionary) else []  # noqa: SIM118 - not a dict


def _overprints(state: Any) -> bool:
    return isinstance(state, Dictionary) and any(bool(state.get(key)) for key in _OVERPRINT)


def _is_odd_color(color: Any) -> bool:
    kind = listed(color)[:1]
    return bool(kind) and isinstance(kind[0], Name) and str(kind[0]) in _ODD_COLORS
