"""Forms as a browser without scripts sees them: what is in them, what is sent, and where to.

A journey that goes through these proves that the pages themselves lead on, not only their addresses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from fastapi.testclient import TestClient
from httpx2 import Response

Pairs = list[tuple[str, str]]


@dataclass
class Form:
    """One form of a page, with what its fields hold."""

    action: str
    method: str
    fields: Pairs = field(default_factory=list)
    offered: dict[str, set[str]] = field(default_factory=dict)  # the values of choices, by name

    def filled(self, values: dict[str, str | list[str]]) -> dict[str, list[str]]:
        """Give what the form sends once some of its fields are filled in."""
        sent: dict[str, list[str]] = {}
        for name, value in self.fields:
            sent.setdefault(name, []).append(value)
        for name, value in values.items():
            sent[name] = value if isinstance(value, list) else [value]
            if choices := self.offered.get(name):
                assert set(sent[name]) <= choices, f"{name} offers {choices}, not {sent[name]}"
        return sent


class _Reader(HTMLParser):
    """Collects forms. A field outside its form that names it by `form=` is not needed yet."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._open: Form | None = None
        self._select: str | None = None
        self._textarea: str | None = None
        self._words = ""

    def handle_starttag(self, tag: str, attrs: Pairs) -> None:  # type: ignore[override]
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(given["href"])
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        if self._open is not None:
            self._field(tag, given)

    def _field(self, tag: str, given: dict[str, str]) -> None:
        form, name = self._open, given.get("name", "")
        assert form is not None
        if tag == "input" and name:
            is_choice = given.get("type") in {"radio", "checkbox"}
            if is_choice:
                form.offered.setdefault(name, set()).add(given.get("value", "on"))
            if not is_choice or "checked" in given:
                form.fields.append((name, given.get("value") or ""))
        elif tag == "select":
            self._select = name
            form.fields.append((name, ""))
        elif tag == "option" and self._select is not None:
            form.offered.setdefault(self._select, set()).add(given.get("value", ""))
            if "selected" in given:
                form.fields[-1] = (self._select, given.get("value", ""))
        elif tag == "textarea":
            self._textarea, self._words = name, ""

    def handle_data(self, data: str) -> None:
        self._words += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._open is not None and self._textarea is not None:
            self._open.fields.append((self._textarea, self._words.removeprefix("\n")))
            self._textarea = None
        elif tag == "select":
            self._select = None
        elif tag == "form":
            self._open = None


def read(page: Response | str) -> _Reader:
    """Read the forms and links of a page."""
    reader = _Reader()
    reader.feed(page if isinstance(page, str) else page.text)
    return reader


def form(page: Response, action: str) -> Form:
    """Find the form that leads to an address, or whose address ends so."""
    found = [one for one in read(page).forms if one.action.endswith(action) and one.action != "/theme"]
    assert found, f"no form to {action} in {[one.action for one in read(page).forms]}"
    return found[0]


def send(client: TestClient, page: Response, action: str, **values: str | list[str]) -> Response:
    """Fill in and send a form of a page, as its button would. A dot in a name is written as two underscores."""
    chosen = form(page, action)
    sent = chosen.filled({name.replace("__", "."): value for name, value in values.items()})
    if chosen.method == "get":
        return client.get(chosen.action, params=sent)
    # A browser names the page that a form was on; scripts or not, that is where she goes on after a sign-in.
    return client.post(chosen.action, data=sent, headers={"referer": str(page.url), "sec-fetch-site": "same-origin"})


def follow(client: TestClient, answer: Response) -> Response:
    """Go where an answer leads."""
    assert answer.status_code == 303, f"{answer.status_code}: {answer.text[:400]}"
    target = urlsplit(answer.headers["location"])
    assert not target.netloc, answer.headers["location"]
    return client.get(answer.headers["location"].split("#")[0])
