"""The flow of a module: prose whose blocks carry ids to resume at, with activities in between."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from app.content import boxes, html, words
from app.content.boxes import Box
from app.content.course import Check, Prose, Section
from app.content.findings import Line, Place
from app.content.markdown import Scribe, plain_text
from app.content.scenario import Scenario
from app.content.spelling import slug

Activity = Callable[[Box], Check | Scenario | None]
_OURS = re.compile(r"(?:b|fn|fnref)-?\d.*|ref-.*")  # ids that are given to blocks, footnotes and references


@dataclass(slots=True)
class Flow:
    """A module's text, in the order it is read."""

    title: str = ""
    blocks: list[Prose | Check | Scenario] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    headings: set[str] = field(default_factory=set)
    repeats: dict[str, int] = field(default_factory=dict)  # how often a heading's address was wanted
    spans: list[tuple[int, int]] = field(default_factory=list)  # first and last line of each top-level block


def write(lines: Sequence[Line], found: dict[int, Box], scribe: Scribe, activity: Activity) -> Flow:
    """Write a text that may hold boxes; `activity` writes checks and scenarios."""
    lines = boxes.at_the_margin(lines, found)
    env = scribe.env(lines)
    env["boxes"] = found
    tokens = html.renderer().parse("\n".join(line.text for line in lines), env)
    flow = Flow()
    _spans(tokens, lines, flow)
    tokens = _title(tokens, scribe, flow)
    _headings(tokens, scribe, flow, lines)
    _name_blocks(tokens, flow)
    for part in _parts(tokens):
        written: Prose | Check | Scenario | None
        if part[0].type == "activity":
            written = activity(part[0].meta["box"])
        else:
            text = scribe.write(part, env)
            written = Prose(text) if text else None
        if written:
            flow.blocks.append(written)
    return flow


def _spans(tokens: list[Token], lines: Sequence[Line], flow: Flow) -> None:
    for token in tokens:
        if token.level == 0 and token.map and token.nesting >= 0:
            flow.spans.append((lines[token.map[0]].number, lines[min(token.map[1], len(lines)) - 1].number))


def _title(tokens: list[Token], scribe: Scribe, flow: Flow) -> list[Token]:
    """Take the first # heading for the title: the page shows it above the text."""
    for index, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1" and token.level == 0:
            flow.title = plain_text(tokens[index + 1].children)
            flow.headings.add(slug(flow.title))
            scribe.tally += words.count_tokens(tokens[index : index + 3])
            return tokens[:index] + tokens[index + 3 :]
    return tokens


def _headings(tokens: list[Token], scribe: Scribe, flow: Flow, lines: Sequence[Line]) -> None:
    """Give every heading its address, and see that no level is skipped."""
    above = 1
    for index, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        level, title = int(token.tag[1]), plain_text(tokens[index + 1].children)
        ident = _unique(title, flow)
        token.attrs["id"] = ident
        if level == 2 and token.level == 0:
            flow.sections.append(Section(ident, title))
        if level > above + 1 and token.map:
            line = lines[token.map[0]]
            place = Place(line.number, line.column + len(line.text) - len(line.text.lstrip()))
            scribe.findings.add(
                "heading-skips-level",
                place,
                f"“{title}” skips a level of headings.",
                f"Begin it with {'#' * (above + 1)}.",
            )
        above = level


def _unique(title: str, flow: Flow) -> str:
    ident = slug(title) or "section"
    if _OURS.fullmatch(ident):
        ident = f"section-{ident}"
    found = ident
    while found in flow.headings:
        flow.repeats[ident] = flow.repeats.get(ident, 1) + 1
        found = f"{ident}-{flow.repeats[ident]}"
    flow.headings.add(found)
    return found


def _name_blocks(tokens: list[Token], flow: Flow) -> None:
    """Give each top-level block an id to bring a reader back to, and each table a name."""
    section, blocks, tables = "", 0, 0
    sections = {each.id: each.title for each in flow.sections}
    for token in _before_notes(tokens):
        section = sections.get(str(token.attrs.get("id", "")), section)
        if token.level == 0 and token.nesting >= 0 and token.type not in {"heading_open", "activity"}:
            blocks += 1
            token.attrs["id"] = f"b{blocks}"
        if token.type == "table_open":
            tables += 1
            token.meta["label"] = f"Table {tables}, {section}" if section else f"Table {tables}"


def _before_notes(tokens: list[Token]) -> Iterator[Token]:
    """Leave out what stands within the footnotes: they are one block."""
    for token in tokens:
        yield token
        if token.type == "footnote_block_open":
            return


def _parts(tokens: list[Token]) -> Iterator[list[Token]]:
    """Divide a text at its activities."""
    part: list[Token] = []
    for token in tokens:
        if token.type == "activity":
            if part:
                yield part
            yield [token]
            part = []
        else:
            part.append(token)
    if part:
        yield part
