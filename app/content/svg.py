"""SVG pictures are programs in disguise: only those that draw and do nothing else are served."""

from __future__ import annotations

import re
from xml.parsers import expat

from app.content.findings import Findings, Place

_ACTIVE = {
    "script",
    "foreignobject",
    "iframe",
    "object",
    "embed",
    "handler",
    "listener",
    "set",
    "animate",
    "animatemotion",
    "animatetransform",
    "animatecolor",
    "audio",
    "video",
}
_DRAWN_IN = re.compile(r"data:image/(?:png|jpeg|gif|webp)[;,]", re.IGNORECASE)
_FETCHES = re.compile(r"url\(\s*['\"]?\s*(?!#|data:image/(?:png|jpeg|gif|webp)[;,])[^)]|@import", re.IGNORECASE)
_XHTML = "http://www.w3.org/1999/xhtml"
_ADDRESSES = {"href", "src"}
_SCRIPTED = re.compile(r"\s*(?:javascript|vbscript|data:text)", re.IGNORECASE)


def inspect(name: str, content: bytes) -> Findings | None:
    """Say what keeps a picture from being served; nothing if it may be."""
    lines = content.decode("utf-8", errors="replace").replace("\r\n", "\n").split("\n")
    findings = Findings(name, lines)
    _Inspector(findings).inspect(content)
    return findings if any(findings.unwaived()) else None


class _Inspector:
    """Walks through a picture and reports the first thing that does more than draw."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._open: list[str] = []
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._begin
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._read
        self._parser.ProcessingInstructionHandler = self._instruct
        self._parser.EntityDeclHandler = self._abbreviate

    def inspect(self, content: bytes) -> None:
        try:
            self._parser.Parse(content, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            place = Place(getattr(error, "lineno", 1), getattr(error, "offset", 0) + 1)
            self._refuse(place, "raw-html", "This picture cannot be read as SVG, so it is not shown.")

    def _refuse(self, place: Place, rule: str, message: str) -> None:
        if not any(self._findings.unwaived()):
            self._findings.add(rule, place, message, "Save it as a plain SVG, or as PNG.")

    def _script(self, what: str) -> None:
        self._refuse(self._here(), "raw-html", f"This picture {what}, so it is not shown.")

    def _outside(self) -> None:
        message = "This picture loads something from outside the course, so it is not shown."
        self._refuse(self._here(), "media-outside-course", message)

    def _here(self) -> Place:
        return Place(self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber + 1)

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        self._open.append(tag)
        if _local(tag) in _ACTIVE or tag.startswith(_XHTML):
            self._script(f"holds a <{_local(tag)}>")
        for name, value in attributes.items():
            if _local(name).startswith("on") or _SCRIPTED.match(value):
                self._script(f"holds a script in “{_local(name)}”")
            elif _leads_outside(_local(name), value.strip()):
                self._outside()

    def _end(self, _tag: str) -> None:
        self._open.pop()

    def _read(self, text: str) -> None:
        if self._open and _local(self._open[-1]) == "style" and _FETCHES.search(text):
            self._outside()

    def _instruct(self, target: str, _content: str) -> None:
        if target.lower() == "xml-stylesheet":
            self._outside()

    def _abbreviate(self, *_: object) -> None:
        """Refuse and stop: a few abbreviations of abbreviations can fill any memory."""
        self._script("defines abbreviations of its own")
        message = "entities are not expanded"
        raise ValueError(message)


def _leads_outside(name: str, value: str) -> bool:
    address = name in _ADDRESSES and not value.startswith("#") and not _DRAWN_IN.match(value)
    return address or _FETCHES.search(value) is not None


def _local(name: str) -> str:
    return name.rpartition(" ")[2].lower()
