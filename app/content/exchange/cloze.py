"""Embedded answers (Cloze): the answers stand in the text, as {1:SHORTANSWER:=Paris}."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from app.content.exchange import building, escaping, html_tree, texts
from app.content.exchange.building import Start, Weighed
from app.content.exchange.items import Skip

_PLACE = re.compile(
    r"\{(?P<points>\d*):(?P<kind>[A-Z_]+):(?P<answers>(?:\\.|[^\\}])*+)(?:(?P<end>\})|\\?\Z)", re.DOTALL
)
_PART = re.compile(r"(?:\\.|[^\\~])+", re.DOTALL)
_WEIGHT = re.compile(r"%(-?\d{1,3}(?:\.\d*)?)%")
_TYPED = {"SHORTANSWER", "SA", "MW"}
_TYPED_AS_WRITTEN = {"SHORTANSWER_C", "SAC", "MWC"}
_NUMBERS = {"NUMERICAL", "NM"}
_CHOSEN = re.compile(r"MULTICHOICE.*|MC[A-Z]*")


def read(text: str, start: Start, to_parts: Callable[[str], list[str]]) -> list[tuple[str, ...]]:
    """Read a text's gaps: their marks are left in its parts, and what each accepts is given."""
    gaps: list[tuple[str, ...]] = []

    def marked(match: re.Match[str]) -> str:
        if match["end"] is None:  # nothing after it closes either
            return match.group()
        gaps.append(_gap(match, start))
        return building.gap_mark(len(gaps) - 1)

    start.parts = to_parts(_PLACE.sub(marked, text))
    if not gaps:
        raise Skip("It has no embedded answer that can be read.")
    return gaps


def _gap(match: re.Match[str], start: Start) -> tuple[str, ...]:
    kind = match["kind"].upper()
    answers = [_weighed(part) for part in _PART.findall(match["answers"])]
    if kind in _TYPED_AS_WRITTEN:
        start.settings["Capitals"] = "match"
    elif kind in _NUMBERS:
        answers = [_number(answer, start) for answer in answers]
    elif _CHOSEN.fullmatch(kind):
        start.losses.add("A gap whose answer was chosen from a list is typed here.")
    elif kind not in _TYPED:
        raise Skip(f"It has an embedded answer of a kind that is not known here: {kind[:30]}.")
    return building.gap_texts(start, answers)


def _weighed(part: str) -> Weighed:
    text = part.strip()
    weight = Decimal(0)
    if text.startswith("="):
        text, weight = text[1:], Decimal(100)
    elif share := _WEIGHT.match(text):
        text, weight = text[share.end() :], Decimal(share[1])
    words, _, feedback = re.sub(r"\\#", "\ue020", text).partition("#")
    return Weighed(_plain(words), weight, _plain(feedback))


def _plain(text: str) -> str:
    words = re.sub(r"\\([^*])", r"\1", text.replace("\ue020", "#"))
    return escaping.squeezed(html_tree.read(words).text() if "<" in words or "&" in words else words)


def _number(answer: Weighed, start: Start) -> Weighed:
    value, _, off = answer.text.partition(":")
    if off.strip(" 0."):
        start.losses.add("A gap that took numbers within a tolerance takes its one number here.")
    return Weighed(value, answer.weight, answer.feedback)


def write(accepted: tuple[str, ...], *, capitals: bool) -> str:
    """Write one gap."""
    kind = "SHORTANSWER_C" if capitals else "SHORTANSWER"
    return f"{{1:{kind}:{'~'.join(f'={_escape(text)}' for text in accepted)}}}"


def _escape(text: str) -> str:
    return re.sub(r"([\\~#}=\"*])", r"\\\1", text)


def paragraphs(text: str, form: str, start: Start) -> list[str]:
    """Give the parts of a text whose gaps are marked."""
    return texts.blocks(text, form, start.losses)
