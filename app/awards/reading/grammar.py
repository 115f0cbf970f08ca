"""What a page is written in: whether every word of it is whole, so that no program has to guess.

One program reads on past a slip in what paints a page, and the next leaves out all that follows. Writers make none.
"""

from __future__ import annotations

import re
from typing import Any

from pikepdf import Array, Stream

# A name ends where a delimiter begins. Names in other letters are lawful, and read in two ways.
_TOKEN = re.compile(
    rb"""
    (?P<space> [\t\n\f\r\x20]+ | %[\t\x20-\x7e]*(?=[\r\n]|$) )
  | (?P<item> [+-]?(?:\d+\.?\d*|\.\d+) (?=[\t\n\f\r\x20/\[\]<>(]|$)
            | <(?:[\t\n\f\r\x20]*[0-9A-Fa-f])*[\t\n\f\r\x20]*>
            | \((?:[^()\\] | \\.  | \((?:[^()\\] | \\. )*\) )*\) )
  | (?P<name> /[!-$&'*-.0-;=?-Z\\^-z|~\#]+ )
  | (?P<open> << | \[ )
  | (?P<close> >> | \] )
  | (?P<word> [A-Za-z'"][A-Za-z0-9*]* )
    """,
    re.VERBOSE | re.DOTALL,
)
_PAIRS = {b"]": b"[", b">>": b"<<"}
_VALUES = (b"true", b"false")


def is_whole(one: Any) -> bool:
    """Say whether what paints a page, or a form, is written without a slip."""
    held = one if isinstance(one, Stream) else one.get("/Contents")
    if held is None:
        return True
    parts = list(held) if isinstance(held, Array) else [held]
    return _is_whole(b"\n".join(part.read_bytes() for part in parts))


def _is_whole(written: bytes) -> bool:
    at = 0
    open_: list[_Open] = []
    while at < len(written):
        token = _TOKEN.match(written, at)
        if token is None or not _fits(token, open_):
            return False
        at = token.end()
    return not open_


class _Open:
    """A list or a dictionary that is not closed yet, and what stands in it so far."""

    def __init__(self, bracket: bytes) -> None:
        self.bracket, self.count = bracket, 0

    def takes(self, *, name: bool) -> bool:
        """Say whether what comes next may stand here: in a dictionary, each second thing is a name."""
        self.count += 1
        return self.bracket == b"[" or name or self.count % 2 == 0


def _fits(token: re.Match[bytes], open_: list[_Open]) -> bool:
    """Say whether a word may stand where it stands."""
    kind, word = token.lastgroup, token[0]
    if kind == "space":
        return True
    if kind == "close":
        closed = open_.pop() if open_ else None
        return closed is not None and closed.bracket == _PAIRS[word] and (word == b"]" or closed.count % 2 == 0)
    if kind == "word" and bool(open_) != (word in _VALUES):
        return False
    is_taken = not open_ or open_[-1].takes(name=kind == "name")
    if kind == "open":
        open_.append(_Open(word))
    return is_taken
