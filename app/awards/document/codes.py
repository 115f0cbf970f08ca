"""The QR code on a certificate: the address where anyone may check it."""

from __future__ import annotations

import re

from app.awards.document.press import Drawn

INK = "0.110 0.145 0.188"  # #1C2530, the color of all text
_MASK = 0  # of eight: to weigh them all takes five times as long, and scanners read each

_RUNS = re.compile(rb"\x01+|\x00+")


def draw(address: str) -> Drawn:
    """Draw the address as a QR code that survives a coffee stain (error correction Q)."""
    import segno

    rows = segno.make(address, error="q", micro=False, mask=_MASK).matrix
    bars = (bar for down, row in enumerate(rows) for bar in _bars(bytes(row), down))
    return Drawn(len(rows), len(rows), f"{INK} rg\n{''.join(bars)}f".encode())


def _bars(row: bytes, down: int) -> list[str]:
    """Draw the dark stretches of one row, one rectangle each."""
    dark = (run.span() for run in _RUNS.finditer(row) if run[0][0])
    return [f"{left} {down} {right - left} 1 re\n" for left, right in dark]
