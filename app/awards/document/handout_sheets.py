"""A handout ready to be set: boxes as pictures of boxes, and blanks as lines with room for a hand.

A blank at the end of a line becomes the rest of that line, or a line of its own where little is left. One
within a sentence is as long as its author made it, and never too short to write a name. Both are pictures with words
beside them, so that whoever has the sheet read aloud hears where something is to be filled in.
"""

from __future__ import annotations

import re

from app.awards.document.press import Drawn
from app.content.handout import BLANK, BOX, TICKED, Handout

PAPERS = {"letter": "letter", "a4": "A4"}
MAKER = "Continua: a handout"  # the file says so of itself, and is known by it when it is drawn again

_BOX_TOLD, _TICKED_TOLD, _BLANK_TOLD = "Box to tick", "Ticked box", "Blank to fill in"
_LEAST, _EACH, _MOST = 30, 2.4, 120  # millimeters: a blank at the least, for each underscore, and at the most
_OPEN = r"(?:<(?:p|li|td|th|dt|dd|h[2-6]|blockquote|ul|ol)\b[^>]*>)*"
_CLOSE = r"(?:</(?:p|li|td|th|dt|dd|h[2-6]|blockquote|ul|ol)>|<br>)*"
_LINE = re.compile(rf"(?P<open>{_OPEN})(?P<label>.*?)\s*{BLANK}+(?P<close>{_CLOSE})\s*")
_BLANKS = re.compile(f"{BLANK}+")
_BOXES = re.compile(f"[{BOX}{TICKED}]")
_ITEM = re.compile(rf"<li>(?P<paragraph>\s*<p>)?(?P<box>[{BOX}{TICKED}])\s*")
_BLOCK = re.compile(r'<(?P<tag>p|li|dd|td)(?: class="(?P<class>[^"]*)")?>')
_INLINE = re.compile("<(?P<end>/?)(?:em|strong|del|code|sup|sub)>")

_FRAME = "q 0 0 0 RG 0.9 w 0.45 0.45 9.1 9.1 re S Q"
PICTURES = {
    "box": Drawn(10, 10, f"{_FRAME}\n".encode()),
    "ticked": Drawn(10, 10, f"{_FRAME}\nq 0 0 0 RG 1.2 w 2.2 5.2 m 4.4 7.5 l 8 2.5 l S Q\n".encode()),
    "blank": Drawn(100, 14.2, b"q 0 0 0 RG 0.6 w 0 13.4 m 100 13.4 l S Q\n"),
    "room": Drawn(10, 1, b"\n"),
}


def foot(handout: Handout) -> str:
    """Say what stands at the foot of every sheet: the course, if there is one, and the handout."""
    return " · ".join(filter(None, (handout.course, handout.title)))


def body(handout: Handout) -> str:
    """Give the text with everything that is filled in by hand drawn in its place."""
    items = _ITEM.sub(lambda item: f'<li class="tick">{item["paragraph"] or ""}{item["box"]}', handout.html)
    boxed = _BOXES.sub(_box, items)
    return _BLANKS.sub(_blank, "\n".join(map(_line, boxed.split("\n"))))


def _box(found: re.Match[str]) -> str:
    name, told = ("ticked", _TICKED_TOLD) if found.group() == TICKED else ("box", _BOX_TOLD)
    return f'<img class="tick-box" src="{name}" alt="{told}">'


def _line(line: str) -> str:
    """Rule a line that ends in a blank to its end; any other with a blank in it stands far from the next."""
    if BLANK not in line:
        return line
    found = _LINE.fullmatch(line)
    if found is None or not _is_whole(found["label"]):
        return _classed(line, "to-write")
    room = f'<span class="line">{found["label"]} <img class="line-room" src="room" alt="{_BLANK_TOLD}"></span>'
    return f"{_classed(found['open'], 'to-rule')}{room}{found['close']}"


def _classed(html: str, name: str) -> str:
    """Give the first block of a line a class more: its number is set as its words are."""
    return _BLOCK.sub(lambda block: f'<{block["tag"]} class="{block["class"] or ""} {name}">', html, count=1)


def _is_whole(label: str) -> bool:
    ends = [bool(found["end"]) for found in _INLINE.finditer(label)]
    return ends.count(True) == ends.count(False)


def _blank(found: re.Match[str]) -> str:
    millimeters = min(max(_LEAST, _EACH * len(found.group())), _MOST)
    return f'<img class="blank" src="blank" alt="{_BLANK_TOLD}" style="width: {millimeters:g}mm">'
