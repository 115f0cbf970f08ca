"""What authors do in the Studio, without a script."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cast as the_cast
from fastapi.testclient import TestClient
from forms import form, send
from httpx2 import Response
from PIL import Image
from sqlmodel import Session

from app.identity import people
from app.identity.people import Person, Role

TITLE = "A Kind Word: Feedback in Supervision"
CODE = "a-kind-word-feedback-in-supervision"
MODULE = "01-why-endings-matter.md"
PICTURE = "media/three-sessions.svg"
JSON = {"accept": "application/json", "sec-fetch-site": "same-origin"}
SAME = {"sec-fetch-site": "same-origin"}


@dataclass
class Writer:
    """Somebody with a course open in the Studio."""

    browser: TestClient
    base: str  # the address of the course

    def opens(self, below: str = "") -> Response:
        """Open a page of the course."""
        return self.browser.get(self.base + below, headers=SAME)

    def text_of(self, name: str = MODULE) -> tuple[str, str]:
        """Give a text as its page has it, and the version it is."""
        sent = form(self.opens(f"/files/{name}"), f"/files/{name}").filled({})
        return sent["content"][0], sent["revision"][0]

    def saves(self, text: str, name: str = MODULE, *, over: str | None = None, **more: str) -> Response:
        """Send the form of the editor."""
        revision = self.text_of(name)[1] if over is None else over
        sent = {"content": text, "revision": revision, **more}
        return self.browser.post(f"{self.base}/files/{name}", data=sent, headers=SAME)

    def types(self, text: str, name: str = MODULE, *, over: str) -> Response:
        """Save as the script does, while she types."""
        sent = {"content": text, "revision": over, "while_typing": "yes"}
        return self.browser.post(f"{self.base}/files/{name}", data=sent, headers=JSON)

    def uploads(self, content: bytes, called: str, below: str = "/media", **fields: str) -> Response:
        """Send a file."""
        files = {"file": (called, io.BytesIO(content))}
        return self.browser.post(self.base + below, files=files, data=fields, headers=SAME)


def begins(browser: TestClient, title: str = TITLE) -> Writer:
    """Begin a course with the sample."""
    begun = send(browser, browser.get("/author/new"), "/author/new", title=title)
    assert begun.status_code == 303, begun.text
    return Writer(browser, begun.headers["location"])


def picture(width: int = 40, height: int = 30) -> bytes:
    """Draw a picture."""
    drawn = io.BytesIO()
    Image.new("RGB", (width, height), "teal").save(drawn, "PNG")
    return drawn.getvalue()


def account(db: Session, email: str, role: Role) -> Person:
    """Give somebody besides the cast an account."""
    person = people.find_or_add(db, email, now=the_cast.NOON)
    person.role = role
    db.add(person)
    db.flush()
    return person
