"""What a signature over a badge covers: its canonical form (RDFC-1.0), or a refusal to give one.

A JSON-LD processor drops in silence what it cannot map to RDF, and whatever is dropped can be changed under a valid
signature. So here a document is either mapped whole or refused. Contexts come from the folder beside this module and
from nowhere else. Nor is any document accepted whose blank nodes are too alike to be told apart at a glance: ours never
are, and telling them apart is how a small file can keep a processor busy for years.

pyld and what it pulls in are heavy: they are imported when they are first used, and the web process never does.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

_FOLDER = Path(__file__).parent / "contexts"
CONTEXTS = {
    "https://www.w3.org/ns/credentials/v2": "credentials-v2.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json": "open-badges-3.0.3.json",
}
MOST_LETTERS, MOST_PARTS, MOST_DEPTH = 100_000, 500, 12  # a badge has up to 8,000 letters in 120 parts, 5 deep

_TERM = re.compile(r"[A-Za-z][A-Za-z0-9]*")  # no keyword, no prefix: each meaning has one spelling
_IRI = re.compile(r'[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>"{}|^`\\]+')  # what cannot break out of N-Quads
_UNWRITTEN = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # which processors escape in different ways, or not at all
_EXPANDED = {"@id", "@type", "@value", "@list"}


class NotCovered(ValueError):
    """The document says something that a signature over it would not cover, or not for every reader alike."""


class NotBundled(NotCovered):
    """A context that is not among ours was named. Nothing is ever fetched."""


def canonical(document: Mapping[str, Any]) -> bytes:
    """Give the canonical N-Quads of a document, or raise `NotCovered`."""
    if document.get("@context") != list(CONTEXTS):
        raise NotBundled(f"The contexts must be these, in this order: {', '.join(CONTEXTS)}")
    _measure(document)
    return _machine().quads(document)  # type: ignore[no-any-return]


def load(url: str, _options: object = None) -> dict[str, Any]:
    """Give a bundled context as pyld asks for it, or raise `NotBundled`."""
    if url not in CONTEXTS:
        raise NotBundled(f"This context is not bundled: {url}")
    return {"contextUrl": None, "documentUrl": url, "document": _bundled(url), "contentType": "application/ld+json"}


@cache
def _bundled(url: str) -> dict[str, Any]:
    return json.loads((_FOLDER / CONTEXTS[url]).read_bytes())  # type: ignore[no-any-return]


def _measure(document: Mapping[str, Any]) -> None:
    """Refuse what is too much to look at, and whatever is written in a way that ours never is."""
    letters = 0
    for count, (value, depth) in enumerate(_parts(document, 0)):
        letters += len(value) if isinstance(value, str) else 0
        if count > MOST_PARTS or depth > MOST_DEPTH or letters > MOST_LETTERS:
            raise NotCovered("There is more in it than any badge has to say.")
        if not _is_plain(value):
            raise NotCovered(f"A value that a badge never has: {str(value)[:60]!r}")


def _parts(value: Any, depth: int) -> Iterator[tuple[Any, int]]:
    """Give a value and all that is in it, terms checked, but the context at its root."""
    yield value, depth
    if isinstance(value, dict) and depth <= MOST_DEPTH:
        for term, inner in value.items():
            if term == "@context" and not depth:
                continue
            if not isinstance(term, str) or not _TERM.fullmatch(term):
                raise NotCovered(f"A term that a badge never has: {str(term)[:60]!r}")
            yield from _parts(inner, depth + 1)
    elif isinstance(value, list) and depth <= MOST_DEPTH:
        for inner in value:
            if isinstance(inner, list):
                raise NotCovered("A list in a list has no place in a badge.")
            yield from _parts(inner, depth + 1)


def _is_plain(value: Any) -> bool:
    """Say whether a value is one that every processor maps, and maps alike."""
    if isinstance(value, str):
        return not _UNWRITTEN.search(value)
    if isinstance(value, int | float):  # and so true and false
        return math.isfinite(value)
    return isinstance(value, dict | list) and bool(value)  # nothing empty: it would be dropped


class _Machine:
    """pyld, made strict, with the contexts read and digested once."""

    def __init__(self) -> None:
        from pyld import canon, jsonld

        class Strict(jsonld.JsonLdProcessor):  # type: ignore[misc]
            def expand(self, input_: Any, options: dict[str, Any]) -> Any:
                expanded = super().expand(input_, options)
                _mapped(expanded)
                return expanded

        class Direct(canon.URDNA2015):  # type: ignore[misc]
            def hash_n_degree_quads(self, _name: str, _issuer: object) -> NoReturn:
                raise NotCovered("Two parts of it are too much alike to be told apart.")

        self._strict, self._canonical = Strict(on_property_dropped=_dropped), Direct
        self._options = {
            "base": None,  # what is relative stays so, and is refused
            "processingMode": "json-ld-1.1",
            "documentLoader": load,
            "contextResolver": jsonld.ContextResolver({}, load),  # a cache of its own, filled from the bundle only
        }

    def quads(self, document: Mapping[str, Any]) -> bytes:
        dataset = self._strict.to_rdf(dict(document), self._options)
        return str(self._canonical().main(dataset, {"format": "application/n-quads"})).encode()


@cache
def _machine() -> Any:
    return _Machine()


def _dropped(term: object) -> NoReturn:
    raise NotCovered(f"This term has no meaning in Open Badges 3.0, so no signature would cover it: {str(term)[:60]!r}")


def _mapped(expanded: Any) -> None:
    """Refuse what would be lost or misread on the way from expanded JSON-LD to RDF."""
    if isinstance(expanded, list):
        for inner in expanded:
            _mapped(inner)
    elif isinstance(expanded, dict):
        if any(key.startswith("@") and key not in _EXPANDED for key in expanded):
            raise NotCovered(f"A keyword that a badge never has: {sorted(expanded)}")
        types = expanded.get("@type", [])
        for iri in [*([expanded["@id"]] if "@id" in expanded else []), *([types] if isinstance(types, str) else types)]:
            if not isinstance(iri, str) or not _IRI.fullmatch(iri):
                raise NotCovered(f"This is no address, so no signature would cover it: {str(iri)[:60]!r}")
        for key, inner in expanded.items():
            if key not in {"@id", "@type", "@value"}:
                _mapped(inner)
