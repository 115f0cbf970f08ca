"""The engraved ornament of a certificate: fine woven lines computed from its number.

The same number always gives the same lines, and two numbers hardly ever share them. It is an ornament, not a
proof: what proves a certificate is its number, its seal and the register.

A line is a curve: a function from one turn (0 to 1) to a place on the sheet, x + y·j, with y running down.
"""

from __future__ import annotations

import hashlib
from cmath import exp, pi
from collections.abc import Callable, Iterator
from dataclasses import dataclass

INK = "#0B5D5B"  # the house's deep teal; it prints as a dark gray
INSET = 30.0  # from the edge of the paper to the middle of the band: within reach of office printers
SWING = 9.0  # half the width of the band
CORNER = 20.0  # radius of the band's corners; more than its swing, so that no line folds back on itself
SEAL_RADIUS = 35.0
SEAL_HEIGHT = 104.0  # of its center above the foot of the sheet: level with the signature and the QR code
HAIRLINE = 0.28

Curve = Callable[[float], complex]


@dataclass(frozen=True, slots=True)
class Pattern:
    """What a number decides, each choice from a range that looks well. Counts are whole, so that lines close."""

    waves: int  # of the band, all the way around
    ribbons: int  # bundles of lines that cross each other
    strands: int  # lines in a bundle
    spread: float  # how far the lines of a bundle lie apart, in waves
    swells: int  # breaths of the band, all the way around
    depth: float  # how deep it breathes
    petals: int  # of the rosette

    @classmethod
    def of(cls, number: str) -> Pattern:
        """Roll the choices from the number's digest."""
        dice = hashlib.sha256(number.encode()).digest()
        ribbons = 2 + dice[0] % 2
        waves = 48 + 2 * (dice[1] % 10)
        return cls(
            waves=waves,
            ribbons=ribbons,
            strands={2: 7, 3: 5}[ribbons],
            spread={2: 0.26, 3: 0.17}[ribbons] + dice[2] / 255 * 0.08,
            swells=waves // (2 + dice[3] % 2),
            depth=0.06 + dice[4] / 255 * 0.2,
            petals=9 + dice[5] % 7,
        )

    def phases(self) -> Iterator[float]:
        """Give each line's head start, in waves: evenly within a bundle, and bundle after bundle."""
        for ribbon in range(self.ribbons):
            for strand in range(self.strands):
                yield ribbon / self.ribbons + self.spread * strand / self.strands


def draw(number: str, *, width: float, height: float) -> str:
    """Draw a sheet's frame and seal as one SVG picture, in points."""
    pattern = Pattern.of(number)
    band = [_written(_strand(pattern, phase, width, height), steps=5 * pattern.waves) for phase in pattern.phases()]
    rules = [
        _rule(width, height, inset=INSET - SWING - 3, weight=0.9),
        _rule(width, height, inset=INSET + SWING + 3, weight=0.9),
        _rule(width, height, inset=INSET + SWING + 5.5, weight=0.35),
    ]
    seal = _rosette(pattern, center=complex(width / 2, height - SEAL_HEIGHT))
    return _picture(width, height, [f'<path d="{"".join([*band, *seal])}"/>', *rules])


STAMP = "#8A4B00"
# The letters of SAMPLE as strokes on a grid four wide and six high: a stamp needs no font.
_STROKES = (
    "M4,1C4,-.4 0,-.4 0,1.5C0,3.2 4,2.8 4,4.5C4,6.4 0,6.4 0,5",
    "M0,6L2,0L4,6M.8,4H3.2",
    "M0,6V0L2,3.5L4,0V6",
    "M0,6V0H2.4C4.6,0 4.6,3.2 2.4,3.2H0",
    "M0,0V6H4",
    "M4,0H0V6H4M0,3H3.2",
)
_LETTER, _GAP, _SIZE = 4.0, 2.2, 16.0


def stamped(picture: str, *, width: float, height: float) -> str:
    """Write SAMPLE across a sheet's picture, large and pale, from corner to corner."""
    length = (len(_STROKES) * _LETTER + (len(_STROKES) - 1) * _GAP) * _SIZE
    letters = "".join(
        f'<path transform="translate({place * (_LETTER + _GAP):.1f} 0)" d="{strokes}"/>'
        for place, strokes in enumerate(_STROKES)
    )
    middle = f"translate({width / 2} {height / 2}) rotate(-28)"
    placed = f"{middle} translate({-length / 2:.1f} {-3 * _SIZE}) scale({_SIZE})"
    stamp = (
        f'<g fill="none" stroke="{STAMP}" stroke-opacity="0.16" stroke-width="0.7" stroke-linecap="round" '
        f'transform="{placed}">{letters}</g>'
    )
    return picture.replace("</svg>", f"{stamp}</svg>")


def _rosette(pattern: Pattern, *, center: complex) -> Iterator[str]:
    """Draw the seal: a ring of lace, and a star within it."""
    for outer, inner, petals, lines in ((1.0, 0.72, 3 * pattern.petals, 4), (0.7, 0.14, pattern.petals, 5)):
        for line in range(lines):
            yield _written(_petals(center, outer, inner, petals, line / lines), steps=6 * petals)


def _strand(pattern: Pattern, phase: float, width: float, height: float) -> Curve:
    """Follow one line of the band, swinging about its middle."""

    def place(turn: float) -> complex:
        middle, outward = _middle(turn, width, height)
        breath = 1 - pattern.depth * (1 + _wave(pattern.swells * turn)) / 2
        return middle + outward * SWING * breath * _wave(pattern.waves * turn + phase)

    return place


def _petals(center: complex, outer: float, inner: float, petals: int, phase: float) -> Curve:
    """Follow a circle around the seal's center whose reach breathes between `outer` and `inner`."""

    def place(turn: float) -> complex:
        reach = inner + (outer - inner) * (1 + _wave(petals * turn + phase)) / 2
        return center + SEAL_RADIUS * reach * exp(2j * pi * turn)

    return place


def _middle(turn: float, width: float, height: float) -> tuple[complex, complex]:
    """Give the place on the middle of the band at this turn, clockwise from the top left, and its outward normal."""
    across, down = width - 2 * (INSET + CORNER), height - 2 * (INSET + CORNER)
    bend = CORNER * pi / 2
    left = (turn % 1) * 2 * (across + down + 2 * bend)
    place, along = complex(INSET + CORNER, INSET), 1 + 0j
    for side in (across, down, across, down):
        if left < side:
            return place + along * left, along * -1j
        left, place = left - side, place + along * side
        if left < bend:
            outward = along * -1j * exp(1j * left / CORNER)
            return place + CORNER * (along * 1j + outward), outward
        left, place, along = left - bend, place + CORNER * (along + along * 1j), along * 1j
    return place, along * -1j  # a rounding error past the end is the start again


def _written(curve: Curve, *, steps: int) -> str:
    """Write a closed curve as SVG path commands: cubic pieces that share the curve's own slope at their ends."""
    places = [curve(step / steps) for step in range(steps)]
    slopes = [_slope(curve, step / steps) / (3 * steps) for step in range(steps)]
    pieces = [f"M{_xy(places[0])}"]
    for step in range(steps):
        there = (step + 1) % steps
        pieces.append(f"C{_xy(places[step] + slopes[step])} {_xy(places[there] - slopes[there])} {_xy(places[there])}")
    return "".join([*pieces, "Z"])


def _slope(curve: Curve, turn: float, nudge: float = 1e-6) -> complex:
    return (curve(turn + nudge) - curve(turn - nudge)) / (2 * nudge)


def _wave(turns: float) -> float:
    return exp(2j * pi * turns).imag


def _xy(place: complex) -> str:
    return f"{place.real:.2f},{place.imag:.2f}"


def _rule(width: float, height: float, *, inset: float, weight: float) -> str:
    size = f'width="{width - 2 * inset}" height="{height - 2 * inset}" rx="{CORNER + INSET - inset}"'
    return f'<rect x="{inset}" y="{inset}" {size} stroke-width="{weight}"/>'


def _picture(width: float, height: float, shapes: list[str]) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}pt" height="{height}pt" '
        f'viewBox="0 0 {width} {height}"><g fill="none" stroke="{INK}" stroke-width="{HAIRLINE}">'
        f"{''.join(shapes)}</g></svg>"
    )
