"""Questions in the order of their file, gathered under the cases and pools they stand in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from app.content.exchange import escaping, written
from app.content.exchange.items import Item, Story

_DRAW = re.compile(
    r"(?P<title>(?:.*?\S)??)\s*+\(\s*+draw\s+(?P<count>\d{1,4})(?P<each>\s+per\s+objective)?\s*\)", re.IGNORECASE
)


@dataclass(slots=True)
class Group:
    """The questions and groups under one heading; the heading of the whole is empty."""

    heading: str = ""
    story: str = ""
    members: list[Group | tuple[Item, str]] = field(default_factory=list)  # an item with its Id, or none

    def at(self, under: tuple[str, ...]) -> Group:
        """Find the group under these headings, or begin it."""
        if not under:
            return self
        for member in self.members:
            if isinstance(member, Group) and member.heading == under[0]:
                return member.at(under[1:])
        group = Group(under[0])
        self.members.append(group)
        return group.at(under[1:])

    def add(self, item: Item, name: str) -> None:
        """Put a question where it stands."""
        self.at(item.under).members.append((item, name))

    def tell(self, story: Story) -> None:
        """Give a case its story."""
        self.at(story.under).story = story.text

    def write(self, signs: int = 2) -> Iterator[str]:
        """Write all that stands in it; a group without questions is not written."""
        for member in self.members:
            if not isinstance(member, Group):
                yield written.question(member[0], signs=signs, name=member[1])
            elif parts := list(member.write(signs + 1)):
                yield f"{'#' * signs} {_heading(member)}\n"
                if member.story:
                    yield f"{member.story}\n"
                yield from parts


def _heading(group: Group) -> str:
    """Write the heading of a case or a pool; a pool draws no more than it holds."""
    kind, _, title = group.heading.partition(":")
    if kind == "Case":
        return f"Case: {escaping.inline(title.strip())}"
    draw = _DRAW.fullmatch(title.strip())
    holds = len(group.members)
    count = int(draw["count"]) if draw else holds
    each = (draw["each"] or "") if draw else ""
    name = draw["title"] if draw else title.strip()
    return f"Pool: {escaping.inline(name)} (draw {count if each else min(count, holds)}{each})"
