"""SVG pictures are programs in disguise: only those that draw and do nothing else are served."""

from __future__ import annotations

import re
from xml.parsers import expat

from app.content.findings import Findings, Place

_ACTIVE = {
    "script", "foreignobject", "iframe", "object", "embed", "handler", "listener", "set",
    "animate", "animatemotion", "animatetransform", "animatecolor", "audio", "video",
}  # fmt: skip
_DRAWN_IN = re.compile(r"data:image/(?:png|jpeg|gif|webp)[;,]", re.IGNORECASE)
_FETCHES = re.compile(r"url\(\s*['\"]?\s*(?!#|data:image/(?:png|jpeg|gif|webp)[;,])[^)]|@import", re.IGNORECASE)
_XHTML = "http://www.w3.org/1999/xhtml"
_ADDRESSES = {"href", "src"}
_SCRIPTED = re.compile(r"\s*(?:javascript|vbscript|data:text)", re.IGNORECASE)


class _Unsafe(Exception):
    def __init__(self, rule: str, message: str, remedy: str) -> None:
        super().__init__(message)
        self.rule, self.message, self.remedy = rule, message, remedy


def inspect(name: str, content: bytes) -> Findings | None:
    """Say what keeps a picture from being served; nothing if it may be."""
    lines = content.decode("utf-8", errors="replace").replace("\r\n", "\n").split("\n")
    findings = Findings(name, lines)
    parser = expat.ParserCreate(namespace_separator=" ")
    _watch(parser)
    try:
        parser.Parse(content, True)
    except _Unsafe as unsafe:
        place = Place(parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
        findings.add(unsafe.rule, place, unsafe.message, unsafe.remedy)
        return findings
    except (expat.ExpatError, ValueError, LookupError) as error:
        place = Place(getattr(error, "lineno", 1), getattr(error, "offset", 0) + 1)
        findings.add("raw-html", place, "This picture cannot be read as SVG, so it is not shown.",
                     "Save it again from the program that made it, or save it as PNG.")  # fmt: skip
        return findings
    return None


def _watch(parser: expat.XMLParserType) -> None:
    texts: list[str] = []

    def opened(tag: str, attributes: dict[str, str]) -> None:
        texts.append(tag)
        _inspect_element(tag, attributes)

    def read(text: str) -> None:
        if texts and _local(texts[-1]) == "style" and _FETCHES.search(text):
            raise _outside()

    def instruction(target: str, _content: str) -> None:
        if target.lower() == "xml-stylesheet":
            raise _outside()

    def entity(*_: object) -> None:
        raise _script("defines abbreviations of its own")

    parser.buffer_text = True
    parser.StartElementHandler = opened
    parser.EndElementHandler = lambda _tag: texts.pop()
    parser.CharacterDataHandler = read
    parser.ProcessingInstructionHandler = instruction
    parser.EntityDeclHandler = entity


def _inspect_element(tag: str, attributes: dict[str, str]) -> None:
    if _local(tag) in _ACTIVE or tag.startswith(_XHTML):
        raise _script(f"holds a <{_local(tag)}>")
    for name, value in attributes.items():
        if _local(name).startswith("on") or _SCRIPTED.match(value):
            raise _script(f"holds a script in “{_local(name)}”")
        address = _local(name) in _ADDRESSES and not value.strip().startswith("#")
        if (address and not _DRAWN_IN.match(value.strip())) or _FETCHES.search(value):
            raise _outside()


def _local(name: str) -> str:
    return name.rpartition(" ")[2].lower()


def _script(what: str) -> _Unsafe:
    return _Unsafe("raw-html", f"This picture {what}, so it is not shown.", "Save it as a plain SVG, or as PNG.")


def _outside() -> _Unsafe:
    return _Unsafe("media-outside-course", "This picture loads something from outside the course.",
                   "Embed what it needs, or save it as PNG.")  # fmt: skip
