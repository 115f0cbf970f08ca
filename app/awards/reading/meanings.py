"""What a font says that its codes mean (ToUnicode): whether it says so in a way that every program reads alike.

One program reads on past a slip in such a table, and the next gives the whole of it up: then two of them copy, and read
aloud, two different texts from pages that look the same.
"""

from __future__ import annotations

import re
from typing import Any

from pikepdf import Stream

MOST_BYTES = 512 * 1024  # ours have two thousand
_BLOCK = re.compile(
    rb"(\d+)\s+begin(codespacerange|bfchar|bfrange)\s(.*?)\bend(codespacerange|bfchar|bfrange)", re.DOTALL
)
_HEX = rb"<\s*(?:[0-9A-Fa-f]{2}\s*)+>"
_ENTRIES = {
    b"codespacerange": re.compile(rb"\s*" + _HEX + rb"\s*" + _HEX),
    b"bfchar": re.compile(rb"\s*(" + _HEX + rb")\s*" + _HEX),
    b"bfrange": re.compile(
        rb"\s*(" + _HEX + rb")\s*(" + _HEX + rb")\s*(?:" + _HEX + rb"|\[(?:\s*" + _HEX + rb")+\s*\])"
    ),
}
_ODD = re.compile(rb"[^\t\n\r\x20-\x7e]")
_KEYWORDS = (b"begincmap", b"endcmap", b"begincodespacerange")


def are_clear(font: Any) -> bool:
    """Say whether the table of a font is well formed. A font without one says nothing, and is read by its names."""
    table = font.get("/ToUnicode")
    if table is None:
        return True
    if not isinstance(table, Stream):
        return False
    content = table.read_bytes()
    return len(content) <= MOST_BYTES and all(content.count(word) == 1 for word in _KEYWORDS) and _is_whole(content)


def _is_whole(content: bytes) -> bool:
    """Say whether each block holds as many entries as it says, and none maps a code twice."""
    blocks = list(_BLOCK.finditer(content))
    begun = len(re.findall(rb"begin(?:codespacerange|bfchar|bfrange)\b", content))
    seen: set[int] = set()
    for block in blocks:
        count, kind, inner, ended = block.groups()
        entries = list(_ENTRIES[kind].finditer(inner))
        is_filled = b"".join(entry[0] for entry in entries).split() == inner.split()
        if kind != ended or int(count) != len(entries) or not is_filled:
            return False
        if kind != b"codespacerange" and not _adds(seen, entries):
            return False
    return len(blocks) == begun and _is_balanced(_BLOCK.sub(b"", content))


def _is_balanced(around: bytes) -> bool:
    """Say whether what stands around the blocks is plain text in which everything that opens is closed."""
    if _ODD.search(around):
        return False
    single = around.replace(b"<<", b"").replace(b">>", b"")
    pairs = ((b"<<", b">>"), (b"(", b")"), (b"[", b"]"))
    return not set(single) & set(b"<>") and all(around.count(one) == around.count(other) for one, other in pairs)


def _adds(seen: set[int], entries: list[re.Match[bytes]]) -> bool:
    """Note which codes are mapped, and say whether each is mapped for the first time."""
    for entry in entries:
        first, *last = (int(b"".join(code.strip(b"<>").split()), 16) for code in entry.groups())
        codes = range(first, (last[0] if last else first) + 1)
        if len(codes) not in range(1, 65537) or not seen.isdisjoint(codes):
            return False
        seen.update(codes)
    return True
