"""Letters as mail programs are handed them: each part of each letter, with the payload in every word of it.

Those of the outbox were written by the verbs of the house. Besides, each template is handed the payload for whatever it
names, so that a new letter is tried from its first day on.
"""

from __future__ import annotations

import email
import email.policy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from email.message import EmailMessage
from typing import Any

from cast import NOON
from jinja2 import meta
from proofs.furnished import Furnished
from proofs.windows import Shown
from sqlmodel import Session

from app.awards import certificates
from app.kit import mail, templates

FOLDER = templates.TEMPLATES / "email"
PARTS = ("subject.txt", "body.txt", "body.html")
OURS = {"link", "href", "address"}  # addresses of ours, which nobody types; the rest of an address is a payload
LISTS = {"courses", "changed", "lines"}
PLAIN = {
    "count": 2,
    "overdue": 1,
    "is_over": True,
    "staff": True,
    "passed": True,
    "days": 7,
    "last_day": date(2027, 1, 1),
}
HEADERS = {"From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"}


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a letter, as the letter itself says what it is."""

    letter: str
    shown: Shown


def names() -> list[str]:
    """Name every letter there is."""
    return sorted(folder.name for folder in FOLDER.iterdir())


def written(house: Furnished) -> Iterator[tuple[str, mail.Letter]]:
    """Give the letters of the outbox, and every letter with a payload for each of its words."""
    for one in house.letters():  # a subject is of one line, as `mail.letter` writes it
        yield f"letter {one.id}", mail.Letter(" ".join(one.subject.split()), one.text, one.html)
    for name in names():
        yield name, mail.letter(name, **facts(house, name))


def facts(house: Furnished, name: str) -> dict[str, Any]:
    """Give a letter whatever it names."""
    environment = templates.environment()
    named: set[str] = set()
    for part in PARTS:
        named |= meta.find_undeclared_variables(environment.parse((FOLDER / name / part).read_text(encoding="utf-8")))
    return {one: _fact(house, one) for one in named}


def _fact(house: Furnished, name: str) -> Any:
    if name == "facts":
        with Session(house.connection) as db:
            held = certificates.by_number(db, house.places["number"][0]).facts
        return replace(held, holder_name=house.payload, course_title=house.payload, provider_name=house.payload,
                       provider_email=house.payload)  # fmt: skip
    if name in PLAIN:
        return PLAIN[name]
    if name in OURS:
        return f"https://ce.example.org/{house.payload}"
    return [house.payload] * 2 if name in LISTS else house.payload


def parts(house: Furnished) -> Iterator[Part | str]:
    """Put each letter together, take it apart again, and give its parts; a text says what is wrong with one."""
    for name, letter in written(house):
        row = mail.Mail(recipient="ana@example.org", subject=letter.subject, text=letter.text, html=letter.html,
                        queued_at=NOON)  # fmt: skip
        sent = mail._message(row, "office@example.org").as_bytes()
        message = email.message_from_bytes(sent, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        if strange := set(message.keys()) - HEADERS:
            yield f"{name}: has the headers {strange}"
        for part in message.walk():
            if not part.is_multipart():
                yield Part(name, Shown(part.get_content(), part.get_content_type()))
