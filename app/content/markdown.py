"""Text becomes safe, accessible HTML. A scribe writes one file and reports what stands in the way."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it.token import Token

from app.content import boxes, html, media, words
from app.content import folder as folders
from app.content.desk import Desk
from app.content.findings import Findings, Line, Place
from app.content.grammar import Trail
from app.content.media import Medium, Picture
from app.content.spelling import did_you_mean, looks_like, nearest, slips

_BARE_LINE = r"[^\W\d_][\w ,;:.?!()’…–—%+=-]*"
_BARE = re.compile(rf"{_BARE_LINE}(?:\n{_BARE_LINE})*")
WEB_SCHEMES = ("http://", "https://", "mailto:", "tel:")


@dataclass(frozen=True, slots=True)
class Inline:
    """A stretch of a line: as HTML, and as plain text without its marks."""

    html: str
    text: str


@dataclass(slots=True)
class Scribe:
    """Writes the texts of one file. `cites_here`: the page lists its references, so citations link to it."""

    desk: Desk
    findings: Findings
    cites_here: bool = False
    tally: words.Tally = field(default_factory=words.Tally)
    cites: dict[str, None] = field(default_factory=dict)  # in order of first use
    _html_lines: set[int] = field(default_factory=set)
    _texts: int = 0

    def blocks(self, lines: Sequence[Line], *, gaps: list[tuple[str, Place]] | None = None) -> str:
        """Write paragraphs, lists, tables and the like. Gaps are collected, never written with their answers."""
        text = _text(lines).strip("\n")
        if not text.strip():
            return ""
        if self._is_bare(text):
            return f"<p>{text}</p>"
        found = boxes.find(lines, self.findings) if any(boxes.MARKS in line.text for line in lines) else {}
        boxes.refuse_activities(found, self.findings)
        lines = boxes.at_the_margin(lines, found) if found else lines
        env = self.env(lines, gaps) | {"boxes": found}
        tokens = html.renderer().parse(_text(lines), env)
        return self.write(tokens, env)

    def inline(self, lines: Sequence[Line], *, gaps: list[tuple[str, Place]] | None = None) -> Inline:
        """Write a heading, an option or another stretch without paragraphs."""
        text = _text(lines).strip()
        if self._is_bare(text):
            return Inline(text, " ".join(text.split()))
        env = self.env(lines, gaps)
        tokens = html.renderer().parseInline(text, env)
        return Inline(self.write(tokens, env), plain_text(tokens[0].children if tokens else None))

    def _is_bare(self, text: str) -> bool:
        """Count the words of a text that has no mark of any kind: it is its own HTML. Most options are such texts."""
        if "_" in text or " \n" in text or text.endswith(" ") or not _BARE.fullmatch(text):
            return False
        self.tally += words.count(text)
        self._texts += 1
        return True

    def write(self, tokens: Sequence[Token], env: dict[str, Any]) -> str:
        """Write tokens, cleaned, and count their words."""
        self.tally += words.count_tokens(tokens)
        markdown = html.renderer()
        return html.clean(markdown.renderer.render(tokens, markdown.options, env))

    def env(self, lines: Sequence[Line], gaps: list[tuple[str, Place]] | None = None) -> dict[str, Any]:
        """Give what the rules of the grammar need to know; footnotes of each text have ids of their own."""
        self._texts += 1
        return {"scribe": self, "trail": Trail(lines), "gaps": gaps, "docId": str(self._texts)}

    # What the rules of the grammar ask.

    def raw_html(self, place: Place) -> None:
        """Say once a line that a tag is shown as text."""
        if place.line not in self._html_lines:
            self._html_lines.add(place.line)
            self.findings.add("raw-html", place, "HTML tags are shown as text.", "Write it in Markdown, or delete it.")

    def cite(self, key: str, locator: str, place: Place) -> str:
        """Write a citation; on a page that lists its references, as a link to the list."""
        self.refer(key, place)
        reference = (self.desk.references or {}).get(key)
        label = html.escape(reference.label if reference else key)
        if self.cites_here:
            label = f'<a class="citation" href="#ref-{html.escape(key)}">{label}</a>'
        where = f", {html.escape(locator.strip())}" if locator.strip() else ""
        return f"({label}{where})"

    def refer(self, key: str, place: Place) -> None:
        """Note that a reference is used, or that there is none of this name."""
        known = self.desk.references
        if known is not None and key not in known:
            remedy = did_you_mean(key, known) or "List it under “references” in course.md."
            self.desk.cited.add(nearest(key, known) or key)  # what was meant is not unused as well
            self.findings.add("unknown-reference", place, f"There is no reference “{key}” in course.md.", remedy)
            return
        self.desk.cited.add(key)
        self.cites[key] = None

    def link(self, address: str, place: Place) -> str:
        """Judge an address: give what the link leads to, or nothing and say why."""
        if address.lower().startswith(WEB_SCHEMES) and address.rstrip("/").lower() not in _BARE_SCHEMES:
            return html.renderer().normalizeLink(address)
        name, _, heading = media.plainly(address).partition("#")
        target = name or (self.findings.name if heading else "")
        if media.leaves_the_course(address) or target not in self.desk.folder.names:
            self._bad_link(address, place)
            return ""
        if heading:
            self.desk.want_heading(self.findings, place, target=target, heading=heading)
        return self._address(name) + (f"#{heading}" if heading else "")

    def _address(self, name: str) -> str:
        """Give the address a file of the course has on the web; a heading of the same page needs none."""
        if name in self.desk.library:
            return self.desk.library.address(name)
        if not name:
            return ""
        page = f"{self.desk.site}/courses/{self.desk.code}"
        slug_of = {module.name: module.slug for module in self.desk.folder.modules}
        if name in slug_of:
            return f"{page}/modules/{slug_of[name]}"
        return f"{page}/exam" if name == folders.EXAM else page

    def _bad_link(self, address: str, place: Place) -> None:
        allowed = "A link begins with https://, mailto: or tel:, or names a file of the course or a #heading."
        meant = nearest(address, sorted(self.desk.folder.names))
        guess = f"Did you mean “{meant}”? " if meant and looks_like(media.plainly(address), meant) else ""
        message = f"The link “{address}” leads nowhere." if address else "This link has no address."
        self.findings.add("bad-link", place, message, guess + allowed)

    def picture(
        self, address: str, alternative: str, *, places: tuple[Place, Place], caption: str, decorative: bool
    ) -> Picture:
        """Find a picture, and see that whoever cannot see it is told what it shows."""
        image_place, address_place = places
        if not alternative and not decorative:
            self.findings.add(
                "missing-alt-text",
                image_place,
                "This picture has no description.",
                "Say in the square brackets what it shows, or add {decorative} after it.",
            )
        name = self._medium_name(address, address_place, media.PICTURES, "picture")
        source = self.desk.library.address(name) if name else ""
        return Picture(source, alternative, caption, self._beside(name), self.desk.library.size(name))

    def medium(self, kind: str, address: str, place: Place, title: str) -> Medium:
        """Find a video or recording, and see that whoever cannot hear or see it has the words."""
        endings = media.MOVING if kind == "video" else media.SPOKEN | media.MOVING
        name = self._medium_name(address, place, endings, kind)
        if not name:
            return Medium(kind, "", title, self.desk.language)
        stem = media.stem(name)
        captions = f"{stem}.vtt"
        if f"{stem}.md" not in self.desk.library:
            self.findings.add_file(
                f"{stem}.md",
                "missing-transcript",
                f"{name} has no transcript.",
                f"Write down what is said in {stem}.md.",
            )
        if kind == "video" and captions not in self.desk.library:
            self.findings.add_file(
                captions, "missing-captions", f"{name} has no captions.", f"Add captions in WebVTT form as {captions}."
            )
        track = self.desk.captions(captions)
        return Medium(kind, self.desk.library.address(name), title, self.desk.language, track, self._beside(name))

    def _medium_name(self, address: str, place: Place, endings: frozenset[str], kind: str) -> str:
        """Give the name of the file that an address means; nothing, and say why, if it means none."""
        name = media.plainly(address)
        if media.leaves_the_course(address):
            self.findings.add(
                "media-outside-course",
                place,
                f"“{address}” is outside the course.",
                "Put the file into the media folder and write media/ before its name.",
            )
        elif name in self.desk.library and media.ending(name) in endings:
            return name
        else:
            self._missing_media(name, place, endings, kind)
        return ""

    def _missing_media(self, name: str, place: Place, endings: frozenset[str], kind: str) -> None:
        candidates = [each for each in self.desk.library.names() if media.ending(each) in endings]
        meant = nearest(name, candidates)
        close = meant is not None and (_misspelt(name, meant) or meant == f"{folders.MEDIA}/{name}")
        may_be_added = name.count("/") == 1 and name.startswith("media/") and media.ending(name) in endings
        if may_be_added and not close:
            self.findings.add_file(
                name,
                "missing-media",
                f"{self.findings.name} shows {name}, which is not there.",
                f"Add the file, or correct its name in line {place.line}.",
            )
            return
        remedy = f"Did you mean “{meant}”?" if close else f"A {kind} is one of {', '.join(sorted(endings))} in media/."
        message = f"There is no {kind} “{name}”." if name else f"This {kind} names no file."
        self.findings.add("missing-media", place, message, remedy)

    def _beside(self, name: str) -> str:
        """Write the text that stands beside a medium: a transcript or a long description."""
        text = f"{media.stem(name)}.md" if name else ""
        if text not in self.desk.library:
            return ""
        if text not in self.desk.transcripts:
            self.desk.transcripts[text] = ""  # a transcript that shows its own video ends here
            source = self.desk.source(text)
            if source.readable:
                self.desk.transcripts[text] = Scribe(self.desk, source.findings).blocks(source.body())
        return self.desk.transcripts[text]


_BARE_SCHEMES = {"http:", "https:", "mailto:", "tel:"}


def _misspelt(name: str, meant: str) -> bool:
    """Say whether one file's name is another's with a slip; of very short names nobody can tell."""
    typed, right = media.stem(name), media.stem(meant).removeprefix(f"{folders.MEDIA}/")
    return slips(typed.removeprefix(f"{folders.MEDIA}/"), right) <= len(right) // 4


def plain_text(tokens: Sequence[Token] | None) -> str:
    """Give a run of inline tokens as plain text, its gaps as blanks."""
    parts = []
    for token in tokens or ():
        if token.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
        elif token.type == "gap":
            parts.append("____")
        elif token.type == "image":
            parts.append(plain_text(token.children))
        else:
            parts.append(token.content)
    return " ".join("".join(parts).split())


def _text(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines)
