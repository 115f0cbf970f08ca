"""What comes back of what a request brings: addresses, fields of forms, names of files, headers.

Every form is found on the pages themselves. It is sent three times, each time with the payload in other places: where
somebody types, in every field, and in the names of files and of fields too. What it does is undone.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from html import escape
from unittest import mock
from urllib.parse import quote, urlencode

import forms
import small_folder
from forms import Form
from httpx2 import InvalidURL, Response
from proofs.answers import FILES, HTML, OK, Ask, best_seen_by
from proofs.furnished import NOBODY, Furnished
from proofs.windows import Shown
from ways import PLACE

from app.awards.drawing import FontsMissing
from app.kit.allowance import Allowance
from app.main import ROUTERS
from app.web.costs import LONGEST_ADDRESS, LONGEST_HEAD
from app.web.middleware import LARGEST_BODY

SAME = {"sec-fetch-site": "same-origin"}
WITH_FILES = re.compile(
    r'<form[^>]*enctype="multipart/form-data"[^>]*action="([^"]*)"|<form[^>]*action="([^"]*)"[^>]*enctype="multipart/form-data"'
)
HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"|<input[^>]*name="([^"]+)"[^>]*type="hidden"')
# Read from an address by hand, so that no signature names it (app/web: request.query_params).
ASKED_BY_HAND = ("q", "sort", "order", "page", "select", "next", "number", "license", "wording", "alt", "line", "first")
ASKED_BY_HAND += (
    "since",
    "until",
    "how",
    "where",
    "key",
    "plan",
    "sent",
    "into",
    "edition",
    "instructor",
    "old",
    "new",
)
BROUGHT = (
    *("User-Agent", "Referer", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP"),
    *("Accept-Language", "Origin", "X-Request-Id", "If-None-Match", "Range", "X-Original-URL", "From", "Via"),
)
LONGEST_QUERY = 20_000  # letters: a longer address is refused before anybody reads it
NEVER_LEFT = (ValueError, TypeError, InvalidURL)  # no program could put it on the wire


@dataclass(frozen=True, slots=True)
class Came:
    """One answer, and what it answers."""

    what: str
    answer: Response


# --- addresses ---------------------------------------------------------------------------------------------------


def addresses(house: Furnished, good: Iterable[Ask]) -> Iterator[Came]:
    """Ask with the payload in every parameter, one at a time and all at once, and in every place of an address."""
    payload = house.payload
    declared = {route.path: _parameters(route) for router in ROUTERS for route in router.routes}
    for one in good:
        known = next((names for path, names in declared.items() if _fits(path, one.path)), ())
        names = [*dict.fromkeys((*known, *ASKED_BY_HAND))]
        fits = max(1, LONGEST_QUERY // len(quote(payload)))
        for first in range(0, len(names), fits):
            yield _asked(house, one.who, one.path, dict.fromkeys(names[first : first + fits], payload))
        for name in known:
            yield _asked(house, one.who, one.path, {name: payload})
        yield _asked(house, one.who, one.path, {payload: payload})
    for pattern in declared:
        path = PLACE.sub(lambda _found: quote(payload, safe=""), pattern)
        yield _asked(house, best_seen_by(pattern), path)
    for path in (
        f"/{quote(payload)}",
        f"/{quote(payload, safe='')}.json",
        f"/admin/{quote(payload)}",
        f"/%2e%2e/{quote(payload)}",
    ):
        yield _asked(house, NOBODY, path)


def _parameters(route: object) -> tuple[str, ...]:
    return tuple(one.name for one in route.dependant.query_params)  # type: ignore[attr-defined]


def _fits(pattern: str, path: str) -> bool:
    return re.fullmatch(PLACE.sub("[^/]+", pattern), path.partition("?")[0]) is not None


def _asked(house: Furnished, who: str, path: str, fields: Mapping[str, str] | None = None) -> Came:
    together = "&" if "?" in path else "?"
    address = f"{path}{together}{urlencode(fields)}" if fields else path
    return Came(f"{who}: GET {address[:80]}", house.ask(who, "GET", address))


# --- forms -------------------------------------------------------------------------------------------------------


def found(pages: Iterable[tuple[Ask, Response]]) -> dict[tuple[str, ...], tuple[Ask, Form, bool]]:
    """Find every form of some pages that sends something, each once, with who sees it and whether it takes files."""
    every: dict[tuple[str, ...], tuple[Ask, Form, bool]] = {}
    for one, answer in pages:
        if not answer.headers.get("content-type", "").startswith(HTML):
            continue
        taking = {action for pair in WITH_FILES.findall(answer.text) for action in pair if action}
        for form in forms.read(answer).forms:
            name = (_pattern(form.action), *sorted({field for field, _ in form.fields}))
            if form.method == "post":
                every.setdefault(name, (one, form, form.action in taking))
    return every


def _pattern(path: str) -> str:
    posts = {route.path for router in ROUTERS for route in router.routes if "POST" in route.methods}
    return next((pattern for pattern in sorted(posts, key=len) if _fits(pattern, path)), path)


def sent(house: Furnished, every: Mapping[tuple[str, ...], tuple[Ask, Form, bool]]) -> Iterator[Came]:
    """Send every form, each three times."""
    payload = house.payload
    for (pattern, *_), (one, form, takes_files) in every.items():
        fields = {name: value for name, value in form.fields if name}
        names = {*fields, *form.offered}
        typed = {name: value if _is_ours(value) else payload for name, value in fields.items()}
        kinds = (typed, dict.fromkeys(names, payload), fields | {payload: payload})
        for number, data in enumerate(kinds):
            files = {"file": (payload if number else "a.csv", payload.encode())} if takes_files else None
            what = f"{one.who}: POST {pattern} ({number + 1})"
            try:
                answer = house.ask(one.who, "POST", form.action, data=data, files=files, headers=SAME)
            except NEVER_LEFT:
                continue
            yield Came(what, answer)
            if answer.status_code == 303:
                yield from _led_to(house, one.who, answer)


def _is_ours(value: str) -> bool:
    """Say whether a field holds what we put there, to come back unchanged: an id, a stamp, a choice."""
    return bool(re.fullmatch(r"[\w.@-]{1,80}", value)) and not value.isalpha()


def _led_to(house: Furnished, who: str, answer: Response) -> Iterator[Came]:
    """Go where an answer leads; what it did is undone by then, so this is the way there, and not what came of it."""
    to = answer.headers["location"]
    if to.startswith("/") and not to.startswith("//") and not FILES.search(to.partition("?")[0]):
        yield _asked(house, who, to)
    elif not to.startswith("/"):
        yield Came(f"{who}: led to {to[:60]}", answer)


# --- certificates that are handed in -----------------------------------------------------------------------------


def handed_in(house: Furnished) -> Iterator[tuple[Came, Shown | None]]:
    """Hand in a file and numbers that are payloads, and ask for receipts of what is found."""
    payload, found = house.payload, []
    files = [("files", (f"{payload}.pdf", f"%PDF-1.4 {payload}".encode()))]
    rows = house.ask(NOBODY, "POST", "/verify/rows", data={"numbers": payload}, files=files, headers=SAME)
    for line in map(json.loads, rows.text.splitlines()):
        row = line.get("row", "")
        found += re.findall(r'name="result" value="([^"]*)"', row)
        yield Came("a row of a check", rows), Shown(f"<!doctype html><table>{row}</table>")
    for numbers in (payload, f"{payload}\n{house.places['number'][0]}"):
        answer = house.ask(NOBODY, "POST", "/verify", data={"numbers": numbers}, files=files, headers=SAME)
        yield Came("a check", answer), None
    asked = {"content": json.dumps({"numbers": [payload]}), "headers": SAME | {"content-type": "application/json"}}
    yield Came("the API", house.ask(NOBODY, "POST", "/api/v1/verify", **asked)), None


# --- what authors hand in, and what a script puts into a page -------------------------------------------------------


def written(house: Furnished) -> Iterator[tuple[Came, Shown | None]]:
    """Save texts as the editor does while she types, and hand in questions and a zip."""
    payload, base = house.payload, "/author/courses/1"
    for draft, held in house.of_drafts.items():
        for name in held["name"]:
            answer = _typed(house, f"/author/courses/{draft}/files/{name}")
            yield Came(f"ines types in {name}", answer), None
            told = answer.json() if answer.status_code == OK else {}
            for part in ("problems", "files"):
                yield Came(f"{part} beside it", answer), Shown(f"<!doctype html><div>{told.get(part, '')}</div>")
    one = f'<question type="{quote(payload)}"><name><text>{escape(payload)}</text></name></question>'
    questions = (
        f"::{payload}:: {payload} {{\n={payload}\n~{payload}#{payload}\n}}\n",
        f"Question,Option A,Option B,Answer,{payload}\nWhat?,{payload},x,A,x\n",
        f'<?xml version="1.0"?><quiz>{one}</quiz>',
    )
    for text in questions:
        answer = house.ask("ines", "POST", f"{base}/questions", files={"pasted": (None, text)}, headers=SAME)
        yield Came("questions", answer), None
    for path in ("/author/upload", f"{base}/upload"):
        files = {"file": ("course.zip", _zip(payload))}
        answer = house.ask("ines", "POST", path, files=files, headers=SAME)
        yield Came("a zip", answer), None
        if answer.status_code == 303:  # it lies on the disk by now, and what it holds is shown
            yield Came("what a zip holds", house.ask("ines", "GET", answer.headers["location"])), None


def _typed(house: Furnished, path: str) -> Response:
    """Send what stands in the editor, and the payload below it, over the version that is there."""
    form = forms.form(house.ask("ines", "GET", path), path).filled({})
    data = {
        "content": f"{form['content'][0]}\n{house.payload}\n",
        "revision": form["revision"][0],
        "while_typing": "yes",
    }
    return house.ask("ines", "POST", path, data=data, headers=SAME | {"accept": "application/json"})


def _zip(payload: str) -> bytes:
    """Pack a course with a payload in its text and in the names of files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr("course.md", small_folder.COURSE.replace("A Small Course", payload.replace("\n", " ")))
        made.writestr("01-rules.md", f"{small_folder.MODULE}\n{payload}\n")
        short = payload.split("\n", maxsplit=1)[0]  # of several: no name is as long as all of them
        for name in (short, f"{short}.md", f"media/{short}.png", f"02-{short}.md"):
            made.writestr(name, payload)
    return packed.getvalue()


# --- refusals of every kind --------------------------------------------------------------------------------------


def refused(house: Furnished) -> Iterator[Came]:
    """Be refused for every reason there is, each time with the payload wherever it may stand."""
    payload, one = house.payload, _for_headers(house.payload)
    whole = payload * (LARGEST_BODY // len(payload) + 2)
    asked: dict[str, Callable[[], Response]] = {
        "400": lambda: house.ask(
            NOBODY, "POST", "/grievances", content=payload.encode(),
            headers=SAME | {"content-type": f"multipart/form-data; boundary={one}"},
        ),
        "403": lambda: house.ask(NOBODY, "POST", "/theme", data={"next": payload}, headers={"origin": one}),
        "403 of the staff": lambda: house.ask("ana", "GET", f"/admin/people?q={quote(payload)}"),
        "405": lambda: house.ask("ana", "POST", f"/account?q={quote(payload)}", data={"q": payload}, headers=SAME),
        "410": lambda: house.ask(NOBODY, "GET", f"/sign-in/link/{quote(payload, safe='')}"),
        "413": lambda: house.ask(NOBODY, "POST", "/grievances", data={"words": whole}, headers=SAME),
        "414": lambda: house.ask(NOBODY, "GET", f"/?q={quote(payload) * (LONGEST_ADDRESS // len(payload) + 1)}"),
        "415": lambda: house.ask(
            NOBODY, "POST", "/grievances", content=payload.encode(), headers=SAME | {"content-type": one or "x"}
        ),
        "421": lambda: house.ask(NOBODY, "GET", "/", headers={"host": one}),
        "431": lambda: house.ask(NOBODY, "GET", "/", headers={"x-long": one * (LONGEST_HEAD // max(1, len(one)) + 1)}),
    }  # fmt: skip
    for what, ask in asked.items():
        try:
            yield Came(what, ask())
        except NEVER_LEFT:
            continue
    yield from _worn_out(house)


def _for_headers(payload: str) -> str:
    """Give a payload as a header may hold it."""
    return "".join(letter for letter in payload if " " <= letter <= "~").strip()


def _worn_out(house: Furnished) -> Iterator[Came]:
    """Ask too often, ask for letters that no font has, and find the house broken."""
    payload, wiring = house.payload, house.app.state.wiring
    none = Allowance(per_minute=1, burst=0)
    house.app.state.wiring = replace(wiring, codes_allowed=none, lookups_allowed=none, checks_allowed=none)
    fields = {"email": "ana@example.org", "next": payload, "license_state": "NY", "license_number": "081234"}
    fields |= {"since": "2025-01-01", "until": "2026-12-31", "numbers": payload}
    for who, path in ((NOBODY, "/sign-in"), ("olu", "/officer"), (NOBODY, "/verify")):
        yield Came(f"429 {path}", house.ask(who, "POST", path, data=fields, headers=SAME))
    house.app.state.wiring = replace(wiring, draws=Refuses(payload), draws_aside=Refuses(payload))
    for who, path in (("ana", "/account/transcript.pdf"), ("ana", f"/certificates/{house.places['number'][0]}.pdf")):
        yield Came(f"503 {path}", house.ask(who, "GET", path))
    house.app.state.wiring = wiring
    with broken(payload):
        yield Came("500", house.ask("ana", "GET", f"/?q={quote(payload)}"))


@dataclass(frozen=True, slots=True)
class Refuses:
    """Draws nothing, for want of the letters of a payload."""

    payload: str

    def __getattr__(self, _verb: str) -> Callable[..., bytes]:
        """Refuse whatever is asked for."""

        def refuse(*_asked: object, **_more: object) -> bytes:
            raise FontsMissing(self.payload)

        return refuse


@contextmanager
def broken(payload: str) -> Iterator[None]:
    """Break the page of all courses, with the payload in what it says."""
    with mock.patch("app.library.editions.on_offer", side_effect=RuntimeError(payload)):
        yield


# --- headers -----------------------------------------------------------------------------------------------------


def with_headers(house: Furnished, good: Iterable[Ask]) -> Iterator[Came]:
    """Ask for pages with the payload in every header that a browser or a proxy sends along, and in cookies."""
    brought = dict.fromkeys(BROUGHT, _for_headers(house.payload))
    cookie = quote(house.payload, safe="")
    for one in good:
        browser = house.browsers[one.who]
        held = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        cookies = f"{held}; theme={cookie}; __Host-continua-browser={cookie}; __Host-continua-reader={cookie}"
        headers = brought | {"Cookie": cookies.removeprefix("; ")}
        yield Came(f"{one.who}: {one.path} with headers", house.ask(one.who, "GET", one.path, headers=headers))
