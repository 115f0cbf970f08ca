"""Captions: a WebVTT file that a player can read, or the first thing in it that one could not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.content.findings import Findings, Place

SIGNATURE = "WEBVTT"
RULE = "missing-captions"
_TIME = r"(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})"
_TIMING = re.compile(rf"\s*{_TIME}[ \t]+-->[ \t]+{_TIME}(?:[ \t].*)?")
_NO_CUE = re.compile(r"(?:NOTE|STYLE|REGION)(?:[ \t].*)?")
_SAMPLE = "00:00:01.000 --> 00:00:04.000"


def inspect(lines: Sequence[str], findings: Findings) -> None:
    """Report the first thing that keeps a player from showing captions."""
    if lines[0].split(None, 1)[:1] != [SIGNATURE] or not lines[0].startswith(SIGNATURE):
        findings.add(RULE, Place(), "This is no WebVTT file.", f"Begin it with a line {SIGNATURE}, then a blank line.")
        return
    cues = 0
    for first, block in _blocks(lines):
        if _NO_CUE.fullmatch(block[0]):
            continue
        cues += 1
        if problem := _wrong(first, block):
            findings.add(RULE, *problem)
            return
    if not cues:
        findings.add(
            RULE,
            Place(len(lines)),
            "This file holds no captions.",
            f"Write a line like {_SAMPLE}, and the words below.",
        )


def _blocks(lines: Sequence[str]) -> list[tuple[int, list[str]]]:
    """Divide what stands below the head at its blank lines; each block with the number of its first line."""
    found: list[tuple[int, list[str]]] = []
    fresh = False
    for number, line in enumerate(lines, 1):
        if not line.strip():
            fresh = True
        elif fresh:
            found.append((number, [line]))
            fresh = False
        elif found:
            found[-1][1].append(line)
    return found


def _wrong(first: int, block: Sequence[str]) -> tuple[Place, str, str] | None:
    """Say what is wrong with a cue: a name if it has one, its times, its words."""
    at = 0 if "-->" in block[0] else 1
    if at == len(block) or "-->" not in block[at]:
        return Place(first), "These words have no times.", f"Write above them when they are shown: {_SAMPLE}"
    timing = _TIMING.fullmatch(block[at])
    if timing is None:
        return Place(first + at), "These times cannot be read.", f"Write hours, minutes, seconds, a point: {_SAMPLE}"
    begins, ends = (_milliseconds(timing.groups()[part : part + 4]) for part in (0, 4))
    if ends <= begins:
        return Place(first + at), "This caption ends before it begins.", "Let the second time be later than the first."
    if at + 1 == len(block):
        return Place(first + at), "This caption says nothing.", "Write what is said on the next line, or delete it."
    return None


def _milliseconds(parts: Sequence[str | None]) -> int:
    hours, minutes, seconds, thousandths = (int(part or 0) for part in parts)
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths
