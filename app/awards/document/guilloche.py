"""The engraved ornament of a certificate: fine woven lines computed from its number.

The same number always gives the same lines, and two numbers hardly ever share them. It is an ornament, not a
proof: what proves a certificate is its number, its seal and the register.

What repeats is drawn once and stamped where it belongs: a cell of the band along the sides, a corner, and one petal
of each ring of the rosette. The drawing is PDF operators (ISO 32000-1, 8.5), in points, with y running down.

A line is a curve: a function from one turn (0 to 1) to a place, x + y·j.
"""

from __future__ import annotations

import hashlib
from cmath import exp, pi
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache

INK = "0.043 0.365 0.357"  # the house's deep teal, #0B5D5B; it prints as a dark gray
STAMP_INK = "0.929 0.882 0.835"  # amber, as pale as a watermark
INSET = 30.0  # from the edge of the paper to the middle of the band: within reach of office printers
SWING = 9.0  # half the width of the band
SEAL_RADIUS = 35.0
SEAL_HEIGHT = 111.0  # of its center above the foot of the sheet: level with the signature and the QR code
HAIRLINE = 0.28

_SWELLS = (2, 3)  # how many waves from one narrow place of the band to the next
_SHORTEST, _LONGEST = 32.0, 54.0  # points, of one wave
_STRETCH = 0.07  # how much longer or shorter a wave may be on the upright sides
_NUDGE = 1e-6  # how far ahead a curve is looked at to tell its slope
_KAPPA = 0.5523  # how far a curve's handles reach to look like a quarter of a circle

Curve = Callable[[float], complex]


@dataclass(frozen=True, slots=True)
class Weave:
    """How a band goes around a sheet in whole waves: so many cells to a side, and one wave to a corner."""

    swell: int  # waves in a cell
    across: int  # cells on the upper side
    down: int  # cells on an upright side
    wave: float  # how long a wave is on the upper side
    stretch: float  # how much longer it is on an upright one

    @property
    def corner(self) -> float:
        """Give the radius of the band's corners; more than its swing, so that no line folds back on itself."""
        return self.wave * 2 / pi


@cache
def weaves(width: float, height: float) -> tuple[Weave, ...]:
    """Give every way to go around a sheet in whole waves."""
    return tuple(_weaves(width - 2 * INSET, height - 2 * INSET))


def _weaves(width: float, height: float) -> Iterator[Weave]:
    for swell in _SWELLS:
        for across in range(2, 12):
            wave = width / (swell * across + 4 / pi)  # one more in each of two corners, bent
            upright = height - 4 * wave / pi
            down = round(upright / (swell * wave))
            stretch = upright / (down * swell * wave) if down else 0
            if _SHORTEST <= wave <= _LONGEST and abs(stretch - 1) <= _STRETCH:
                yield Weave(swell, across, down, wave, stretch)


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a number decides, each choice from a range that looks well."""

    weave: int
    ribbons: int  # bundles of lines that cross each other
    strands: int  # lines in a bundle
    spread: float  # how far the lines of a bundle lie apart, in waves
    depth: float  # how deep the band breathes
    petals: int  # of the rosette

    @classmethod
    def of(cls, number: str) -> Pattern:
        """Roll the choices from the number's digest."""
        dice = hashlib.sha256(number.encode()).digest()
        ribbons = 2 + dice[0] % 2
        return cls(
            weave=dice[1],
            ribbons=ribbons,
            strands={2: 7, 3: 5}[ribbons],
            spread={2: 0.26, 3: 0.17}[ribbons] + dice[2] / 255 * 0.08,
            depth=0.1 + dice[4] / 255 * 0.2,
            petals=9 + dice[5] % 7,
        )

    def phases(self) -> Iterator[float]:
        """Give each line's head start, in waves: evenly within a bundle, and bundle after bundle."""
        for ribbon in range(self.ribbons):
            for strand in range(self.strands):
                yield ribbon / self.ribbons + self.spread * strand / self.strands


def draw(number: str, *, width: float, height: float) -> bytes:
    """Draw a sheet's frame and seal, in points."""
    pattern = Pattern.of(number)
    fitting = weaves(width, height)
    weave = fitting[pattern.weave % len(fitting)]
    center = complex(width / 2, height - SEAL_HEIGHT)
    rules = (
        _rule(weave, width, height, inset=INSET - SWING - 3, weight=0.9),
        _rule(weave, width, height, inset=INSET + SWING + 3, weight=0.9),
        _rule(weave, width, height, inset=INSET + SWING + 5.5, weight=0.35),
    )
    lines = (*_band(pattern, weave, width, height), *_rosette(pattern, center), *rules)
    return f"q {INK} RG {HAIRLINE} w 1 J 1 j\n{''.join(lines)}Q\n".encode()


def seal_box(*, width: float) -> tuple[float, float, float, float]:
    """Give the box around the seal, in points from the lower left of a sheet."""
    middle = width / 2
    return middle - SEAL_RADIUS, SEAL_HEIGHT - SEAL_RADIUS, middle + SEAL_RADIUS, SEAL_HEIGHT + SEAL_RADIUS


def _band(pattern: Pattern, weave: Weave, width: float, height: float) -> Iterator[str]:
    cell = _stroked(_open(_strand(pattern, weave, phase), steps=4 * weave.swell) for phase in pattern.phases())
    bend = _stroked(_open(_corner(pattern, weave, phase), steps=6) for phase in pattern.phases())
    inset = INSET + weave.corner
    upper, right = complex(inset, INSET), complex(width - INSET, inset)
    starts = (upper, right, complex(width, height) - upper, complex(width, height) - right)
    for side, (start, along) in enumerate(zip(starts, (1, 1j, -1, -1j), strict=True)):
        cells, stretch = ((weave.across, 1.0), (weave.down, weave.stretch))[side % 2]
        length = weave.swell * weave.wave * stretch
        for place in range(cells):
            yield _stamped(cell, start + along * length * place, along, stretch)
        yield _stamped(bend, start + along * length * cells, along)


def _strand(pattern: Pattern, weave: Weave, phase: float) -> Curve:
    """Follow one line of the band through a cell, swinging about its middle. Outward is up."""

    def place(turn: float) -> complex:
        breath = 1 - pattern.depth * (1 + exp(2j * pi * turn).real) / 2
        waves = turn * weave.swell
        return complex(waves * weave.wave, -SWING * breath * _wave(waves + phase))

    return place


def _corner(pattern: Pattern, weave: Weave, phase: float) -> Curve:
    """Follow one line of the band around a corner, from the left to below: one wave, where the band is narrow."""

    def place(turn: float) -> complex:
        reach = weave.corner + SWING * (1 - pattern.depth) * _wave(turn + phase)
        return weave.corner * 1j - 1j * reach * exp(1j * pi / 2 * turn)

    return place


def _rosette(pattern: Pattern, center: complex) -> Iterator[str]:
    """Draw the seal: a ring of lace, and a star within it."""
    for outer, inner, petals, lines in ((1.0, 0.72, 3 * pattern.petals, 4), (0.7, 0.14, pattern.petals, 5)):
        curves = (_petal(outer, inner, petals, line / lines) for line in range(lines))
        petal = _stroked(_open(curve, steps=6) for curve in curves)
        for place in range(petals):
            yield _stamped(petal, center, exp(2j * pi * place / petals))


def _petal(outer: float, inner: float, petals: int, phase: float) -> Curve:
    """Follow one petal's share of a circle around the seal's center, whose reach breathes once."""

    def place(turn: float) -> complex:
        reach = inner + (outer - inner) * (1 + _wave(turn + phase)) / 2
        return SEAL_RADIUS * reach * exp(2j * pi * turn / petals)

    return place


def _stamped(drawing: str, place: complex, along: complex, stretch: float = 1.0) -> str:
    """Put a drawing at a place, with what runs to the right in it running along there."""
    ahead = along * stretch
    turned = f"{ahead.real:.4f} {ahead.imag:.4f} {-along.imag:.4f} {along.real:.4f}"
    return f"q {turned} {place.real:.3f} {place.imag:.3f} cm\n{drawing}Q\n"


def _stroked(lines: Iterable[str]) -> str:
    return f"{''.join(lines)}S\n"


def _open(curve: Curve, *, steps: int) -> str:
    """Write a curve from end to end: cubic pieces that share the curve's own slope where they meet."""
    places = [curve(step / steps) for step in range(steps + 1)]
    slopes = [(curve(step / steps + _NUDGE) - places[step]) / _NUDGE / (3 * steps) for step in range(steps + 1)]
    pieces = [f"{_xy(places[0])} m\n"]
    for step in range(steps):
        handles = places[step] + slopes[step], places[step + 1] - slopes[step + 1]
        pieces.append(f"{_xy(handles[0])} {_xy(handles[1])} {_xy(places[step + 1])} c\n")
    return "".join(pieces)


def _wave(turns: float) -> float:
    return exp(2j * pi * turns).imag


def _xy(place: complex) -> str:
    return f"{place.real:.2f} {place.imag:.2f}"


def _rule(weave: Weave, width: float, height: float, *, inset: float, weight: float) -> str:
    """Draw a plain line around the sheet, as far inside its edge, with corners that follow the band's."""
    radius = weave.corner + INSET - inset
    bend = radius * (1 - _KAPPA)
    right, foot = width - inset, height - inset
    return (
        f"{weight} w {inset + radius:.2f} {inset:.2f} m\n"
        f"{right - radius:.2f} {inset:.2f} l {right - bend:.2f} {inset:.2f} {right:.2f} {inset + bend:.2f} "
        f"{right:.2f} {inset + radius:.2f} c\n"
        f"{right:.2f} {foot - radius:.2f} l {right:.2f} {foot - bend:.2f} {right - bend:.2f} {foot:.2f} "
        f"{right - radius:.2f} {foot:.2f} c\n"
        f"{inset + radius:.2f} {foot:.2f} l {inset + bend:.2f} {foot:.2f} {inset:.2f} {foot - bend:.2f} "
        f"{inset:.2f} {foot - radius:.2f} c\n"
        f"{inset:.2f} {inset + radius:.2f} l {inset:.2f} {inset + bend:.2f} {inset + bend:.2f} {inset:.2f} "
        f"{inset + radius:.2f} {inset:.2f} c s\n"
    )


# The letters of SAMPLE as strokes on a grid four wide and six high: a stamp needs no font.
_STROKES = (
    "4 1 m 4 -.4 0 -.4 0 1.5 c 0 3.2 4 2.8 4 4.5 c 4 6.4 0 6.4 0 5 c",
    "0 6 m 2 0 l 4 6 l .8 4 m 3.2 4 l",
    "0 6 m 0 0 l 2 3.5 l 4 0 l 4 6 l",
    "0 6 m 0 0 l 2.4 0 l 4.6 0 4.6 3.2 2.4 3.2 c 0 3.2 l",
    "0 0 m 0 6 l 4 6 l",
    "4 0 m 0 0 l 0 6 l 4 6 l 0 3 m 3 3 l",
)
_LETTER, _GAP, _SIZE = 4.0, 2.2, 16.0


def stamp(*, width: float, height: float) -> bytes:
    """Write SAMPLE across a sheet, large and pale, from corner to corner."""
    tilt = exp(-1j * pi * 28 / 180)
    length = len(_STROKES) * (_LETTER + _GAP) - _GAP
    start = complex(width, height) / 2 - tilt * _SIZE * complex(length / 2, 3)
    letters = (
        f"q 1 0 0 1 {place * (_LETTER + _GAP):.1f} 0 cm {strokes} S Q\n" for place, strokes in enumerate(_STROKES)
    )
    ahead = tilt * _SIZE
    turned = f"{ahead.real:.4f} {ahead.imag:.4f} {-ahead.imag:.4f} {ahead.real:.4f} {start.real:.2f} {start.imag:.2f}"
    return f"q {STAMP_INK} RG 0.7 w 1 J 1 j {turned} cm\n{''.join(letters)}Q\n".encode()
