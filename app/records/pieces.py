"""Each section as a text of its own, for forms that ask to paste one thing at a time."""

from __future__ import annotations

from collections.abc import Iterator

from app.awards.document.dossier import Asked, Dossier, FactRows, Grid, Heading, Listed, Part, Rich, Section, Words
from app.records.printing import plain


def written(dossier: Dossier) -> dict[str, str]:
    """Give every section as Markdown, by file name: 04-objectives-map.md."""
    return {
        f"{number:02}-{section.slug}.md": _section(dossier, section)
        for number, section in enumerate(dossier.sections, 1)
    }


def _section(dossier: Dossier, section: Section) -> str:
    mark = f"\n\n**{dossier.mark}**" if dossier.mark else ""
    parts = "\n\n".join("\n".join(_lines(part)) for part in section.parts)
    return f"# {section.title}\n\n{dossier.foot}{mark}\n\n{parts}\n"


def _lines(part: Part) -> Iterator[str]:
    if isinstance(part, Words):
        yield f"**{part.strong}** {part.words}" if part.strong else part.words
    elif isinstance(part, Rich):
        yield plain(part.html)
    elif isinstance(part, Heading):
        yield f"## {part.words}"
    elif isinstance(part, Listed):
        yield from (f"{number}. {line}" if part.numbered else f"- {line}" for number, line in enumerate(part.lines, 1))
    elif isinstance(part, FactRows):
        yield from _table(("", ""), part.rows)
    elif isinstance(part, Grid):
        yield from (f"**{part.caption}**", "", *_table(part.head, part.rows))
    else:
        yield from _question(part)


def _table(head: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Iterator[str]:
    yield _row(head)
    yield _row(("---",) * len(head))
    yield from map(_row, rows)


def _row(cells: tuple[str, ...]) -> str:
    kept = (cell.replace("|", "\\|").replace("\n", "; ") for cell in cells)
    return f"| {' | '.join(kept)} |"


def _question(part: Asked) -> Iterator[str]:
    yield f"## {part.number}. {part.heading}"
    if part.prompt_html:
        yield plain(part.prompt_html)
    for choice in part.choices:
        feedback = f" ({plain(choice.feedback_html)})" if choice.feedback_html else ""
        yield f"- {choice.mark}: {plain(choice.html)}{feedback}"
    if part.key:
        yield f"Right: {part.key}"
    if part.rationale_html:
        yield f"Rationale: {plain(part.rationale_html)}"
    if part.notes:
        yield part.notes
