"""What a furnished house answers: every page to whomever it is for, and every file that can be taken along."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from httpx2 import Response
from proofs import typed_texts
from proofs.furnished import NOBODY, VISITORS, Furnished, mark
from proofs.windows import OURS, Shown
from ways import PLACE

from app.main import ROUTERS

HTML, OK = "text/html", 200
TRACES = ("parent.ran", "evil.example", "PHNjcmlwdD")  # one stands in each payload, and none anywhere else
# A browser shows none of these as a page, as long as it is told not to guess.
INERT = {
    *("application/json", "application/problem+json", "application/did+ld+json", "application/ld+json"),
    *("application/vc+ld+json", "application/x-ndjson", "application/pdf", "application/zip", "text/plain"),
    *("text/csv", "text/calendar", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    *("image/png", "image/svg+xml"),  # ours alone: what authors hand in as a picture has tests of its own
}
ONLY_ATTACHED = {"text/xml"}  # a browser that opens it would show it as a page
FORM = re.compile(r'<form[^>]*method="post"[^>]*action="([^"]*)"')
MARKS = {mark(*column): ".".join(column) for column in typed_texts.typed()}
FILES = re.compile(r"\.(pdf|csv|xlsx|zip|ics)$|/download$|/export/")
# Who sees the most of what is at an address; all see it in the grouped rounds (scripts_anywhere.py).
BELONGS = (("/admin", "ada"), ("/author", "ines"), ("/officer", "olu"), ("/v/", "olu"), ("/sign-in", NOBODY))


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for a page."""

    who: str
    path: str


def ways(house: Furnished) -> list[str]:
    """Give every address that something is read at, with everything there is in the place of each name."""
    patterns = sorted({route.path for router in ROUTERS for route in router.routes if "GET" in route.methods})
    return [*(path for pattern in patterns for path in at(house, pattern)), *house.asked_for]


def at(house: Furnished, pattern: str) -> Iterator[str]:
    """Fill in the places of an address; what stands beside one of two, such as a module, is of that one."""
    names = PLACE.findall(pattern)
    for values in product(*(house.places.get(name, ("1",)) for name in names)):
        if _go_together(house, dict(zip(names, values, strict=True))):
            held = iter(values)
            yield PLACE.sub(lambda _found: next(held), pattern)  # noqa: B023 - it is used at once


def _go_together(house: Furnished, held: Mapping[str, str]) -> bool:
    draft, code = held.get("draft_id"), held.get("code", "")
    if draft:
        fits = house.of_drafts.get(draft)
        return len(held) == 1 or (fits is not None and all(held[one] in fits[one] for one in fits if one in held))
    return "slug" not in held or held["slug"] in house.of_courses.get(code, ())


def best_seen_by(path: str) -> str:
    """Say who sees the most at an address."""
    return next((who for begins, who in BELONGS if path.startswith(begins)), "ana")


def whoever_sees_most(house: Furnished) -> list[Ask]:
    """Give every address once."""
    return [Ask(best_seen_by(path), path) for path in ways(house) if not FILES.search(path)]


@dataclass(slots=True)
class Telling:
    """Of each kind of page the one that tells most of what was typed, and whatever shows a text that no other shows.

    They are found once, and asked for in every house: each has the same list of ways, with other numbers in it.
    """

    places: list[int] | None = None
    quiet: set[int] = field(default_factory=set)  # those that show nothing typed but what stands around every page

    def asks(self, house: Furnished, *, quiet: bool = False) -> list[Ask]:
        """Give what to ask for; with `quiet`, also what shows nothing typed of its own."""
        every = whoever_sees_most(house)
        if self.places is None:
            self.places = self._find(house, every)
        return [every[place] for place in self.places if quiet or place not in self.quiet]

    def _find(self, house: Furnished, every: list[Ask]) -> list[int]:
        bare = {who: _held(house.ask(who, "GET", "/erased").text) for who in VISITORS}
        told = [(_held(text := house.ask(one.who, "GET", one.path).text) - bare[one.who], text) for one in every]
        kinds: dict[str, list[int]] = {}
        for place, one in enumerate(every):
            kinds.setdefault(_kind(house, one.path), []).append(place)
        found = [max(places, key=lambda place: told[place][0]) for places in kinds.values()]
        self.quiet = {place for place in found if told[place][0] <= 0}
        shown = {trait for place in found for trait in _traits(told[place][1])}
        for place, (_count, text) in enumerate(told):
            if more := _traits(text) - shown:
                found.append(place)
                shown |= more
        return sorted(set(found))


def _traits(text: str) -> set[str]:
    """Name what a page has that another of its kind may not have: the columns it shows, and its forms."""
    forms = {PLACE.sub("", re.sub(r"\d+|[0-9A-Z]{20}", "", action)) for action in FORM.findall(text)}
    return {one for one in MARKS if one in text} | forms


def _held(text: str) -> int:
    """Count how often something of a payload stands in a text."""
    return sum(text.count(trace) for trace in TRACES)


def _kind(house: Furnished, path: str) -> str:
    """Name the kind of a page: its address without what it is about."""
    kept = {value for values in house.places.values() for value in values}
    return "/".join("…" if part.partition(".")[0] in kept or part in kept else part for part in path.split("/"))


def pages(house: Furnished, asked: Iterable[Ask]) -> Iterator[tuple[Ask, Response]]:
    """Ask for pages."""
    for one in asked:
        yield one, house.ask(one.who, "GET", one.path)


def shown(answer: Response) -> Shown | None:
    """Give an answer as a browser would show it; None where it leads elsewhere or is taken along."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if kind == HTML:
        return Shown(OURS.sub("", answer.text))
    if kind in {"application/json", "application/problem+json", "text/plain"}:
        return Shown(answer.text, kind.replace("problem+", ""))  # Chromium shows none of the other: it would be saved
    return None


def wrong(what: str, answer: Response) -> Iterator[str]:
    """Say what about an answer would let a browser take it for more than it is, or broke."""
    kind = answer.headers.get("content-type", "").partition(";")[0]
    if answer.status_code >= 500 and "x-request-id" not in answer.headers:
        yield f"{what}: broke with {answer.status_code}"
    if answer.headers.get("x-content-type-options") != "nosniff":
        yield f"{what}: a browser may guess what it is"
    if not answer.content or kind == HTML or kind in INERT:
        return
    is_attached = answer.headers.get("content-disposition", "").startswith("attachment")
    if not (kind in ONLY_ATTACHED and is_attached):
        yield f"{what}: sent as {kind}"
