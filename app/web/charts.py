"""Charts as a server draws them: bars with their places worked out, and the same figures as a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

WIDTH, LABEL, FIGURE = 320, 28, 44  # of the drawing; its units are the pixels of a small phone
BAR, GAP, ROW_GAP = 14, 3, 12
SERIES = ("first", "second")  # drawn filled, and outlined: told apart without color


@dataclass(frozen=True, slots=True)
class Row:
    """What is charted: a short label, the words of the table's cells, and a share for each series."""

    label: str
    cells: tuple[str, ...]
    shares: tuple[float, ...]
    figures: tuple[str, ...] = ()  # at the ends of the bars; the shares in percent where there are none


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, and the figure at its end."""

    series: str
    x: int
    y: int
    width: float
    height: int
    figure: str
    figure_x: float
    figure_y: int


@dataclass(frozen=True, slots=True)
class Group:
    """The bars of one row, and its label."""

    label: str
    y: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart, ready to be written as SVG, with its table."""

    title: str
    legend: tuple[tuple[str, str], ...]  # series and what it stands for
    width: int
    height: int
    groups: tuple[Group, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def bars(title: str, *, head: Sequence[str], series: Sequence[str], rows: Sequence[Row]) -> Chart:
    """Draw shares from 0 to 1 as bars, one under the other."""
    row_height = len(series) * (BAR + GAP) - GAP + ROW_GAP
    groups = tuple(_group(row, top=number * row_height) for number, row in zip(count(), rows, strict=False))
    return Chart(
        title=title,
        legend=tuple(zip(SERIES, series, strict=False)) if len(series) > 1 else (),
        width=WIDTH,
        height=max(len(rows) * row_height - ROW_GAP, BAR),
        groups=groups,
        head=tuple(head),
        rows=tuple((row.label, *row.cells) for row in rows),
    )


def _group(row: Row, *, top: int) -> Group:
    figures = row.figures or tuple(f"{round(share * 100)}%" for share in row.shares)
    drawn = tuple(
        _bar(series, share, figure, top=top + place * (BAR + GAP))
        for place, (series, share, figure) in enumerate(zip(SERIES, row.shares, figures, strict=False))
    )
    middle = top + (len(drawn) * (BAR + GAP) - GAP) // 2 + 5
    return Group(row.label, middle, drawn)


def _bar(series: str, share: float, figure: str, *, top: int) -> Bar:
    room = WIDTH - LABEL - FIGURE
    width = round(max(0.0, min(1.0, share)) * room, 1)
    return Bar(series, LABEL, top, width, BAR, figure, round(LABEL + width + 6, 1), top + BAR - 3)
