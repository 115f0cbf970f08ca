"""What was found, in words: one for a whole result, and the names of its facts as a clerk reads them.

A result has two axes, the document and the status. People sort by one, so the two together come to one outcome, and
whatever asks most for attention gives it its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from app.awards import numbers
from app.awards.document import wording
from app.awards.document.sheets import EDITION_DIGITS
from app.awards.facts import NOT_APPROVED
from app.awards.verdicts import REASONS, Document, Status


class Outcome(StrEnum):
    """One word for a result, in the order in which they ask for attention."""

    ALTERED = "altered"
    REVOKED = "revoked"
    UNKNOWN = "unknown"
    NOT_OURS = "not-ours"
    UNREADABLE = "unreadable"
    SUPERSEDED = "superseded"
    PICTURE = "picture"
    DEMONSTRATION = "demonstration"
    SAME_FACTS = "same-facts"
    ORIGINAL = "original"
    VALID = "valid"  # by its number alone

    @property
    def rank(self) -> int:
        """How much it asks for attention: 0 most."""
        return tuple(Outcome).index(self)


COUNTED = {
    Outcome.ALTERED: "altered",
    Outcome.REVOKED: "revoked",
    Outcome.UNKNOWN: "unknown",
    Outcome.NOT_OURS: "not ours",
    Outcome.UNREADABLE: "not readable",
    Outcome.SUPERSEDED: "replaced",
    Outcome.PICTURE: "to compare by eye",
    Outcome.DEMONSTRATION: "demonstration only",
    Outcome.SAME_FACTS: "saved again, same facts",
    Outcome.ORIGINAL: "original",
    Outcome.VALID: "valid by number",
}
DOCUMENTS = {
    Document.ORIGINAL: "Original",
    Document.SAME_FACTS: "Saved again, same facts",
    Document.ALTERED: "Altered",
    Document.PICTURE: "Picture: compare it",
    Document.NOT_OURS: "Not ours",
    Document.UNREADABLE: "Not readable",
}
NO_DOCUMENT = "Number only"
STATUSES = {
    Status.VALID: "Valid",
    Status.SUPERSEDED: "Replaced",
    Status.REVOKED: "Revoked",
    Status.UNKNOWN: "Unknown",
}
DEMONSTRATION = "Valid, demonstration"
FIELDS = {
    "number": "Number",
    "holder": "Name",
    "license": "License",
    "course": "Course",
    "code": "Course code",
    "edition": "Edition",
    "hours": "Contact hours",
    "hours_by_type": "Hours by type",
    "format": "Format",
    "completed_on": "Completed on",
    "completed_at": "Completed at (UTC)",
    "provider": "Provider",
    "approvals": "Approvals that day",
    "presenters": "Presented by",
}
_BY_DOCUMENT = {
    Document.ALTERED: Outcome.ALTERED,
    Document.NOT_OURS: Outcome.NOT_OURS,
    Document.UNREADABLE: Outcome.UNREADABLE,
}
_BY_STATUS = {
    Status.REVOKED: Outcome.REVOKED,
    Status.UNKNOWN: Outcome.UNKNOWN,
    Status.SUPERSEDED: Outcome.SUPERSEDED,
}
_GENUINE = {
    Document.ORIGINAL: Outcome.ORIGINAL,
    Document.SAME_FACTS: Outcome.SAME_FACTS,
    None: Outcome.VALID,
}

REPLACEMENTS = {  # by what happened, and why: the number of the other certificate follows
    "replaced": {"corrected": "Corrected by", "reissued": "Issued anew as"},
    "replaced-another": {"corrected": "It corrects", "reissued": "It was issued anew in place of"},
}

Told = Mapping[str, Any]  # a result as the API tells it


def of(told: Told) -> Outcome:
    """Give the one word for a result."""
    document = Document(told["document"]) if told["document"] else None
    if document in _BY_DOCUMENT:
        return _BY_DOCUMENT[document]
    status = Status(told["status"])
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if document is Document.PICTURE:
        return Outcome.PICTURE
    return Outcome.DEMONSTRATION if is_demonstration(told) else _GENUINE[document]


def is_demonstration(told: Told) -> bool:
    """Say whether the certificate counts for nothing anywhere."""
    return bool(told["facts"] and told["facts"].get("demonstration"))


def document(told: Told) -> str:
    """Say what the file is."""
    return DOCUMENTS[Document(told["document"])] if told["document"] else NO_DOCUMENT


def status(told: Told) -> str:
    """Say how the certificate stands."""
    found = Status(told["status"])
    return DEMONSTRATION if found == Status.VALID and is_demonstration(told) else STATUSES[found]


def counts(found: Iterable[Outcome]) -> list[tuple[Outcome, int]]:
    """Count outcomes, those first that ask for attention."""
    return sorted(Counter(found).items(), key=lambda one: one[0].rank)


def counted(found: Iterable[Outcome]) -> str:
    """Count outcomes in words: “2 altered · 188 original”."""
    return " · ".join(f"{number:,} {COUNTED[one]}" for one, number in counts(found))


def field(name: str) -> str:
    """Name a fact as the page does."""
    return FIELDS.get(name, name.replace("_", " ").capitalize())


def facts(told: Told) -> list[tuple[str, tuple[str, ...]]]:
    """Give the facts of a result with their names, in lines."""
    known = told["facts"] or {}
    return [(words, lines(name, known[name])) for name, words in FIELDS.items() if name in known]


def lines(name: str, value: Any) -> tuple[str, ...]:
    """Put the value of a fact into words."""
    if value and name in _WORDS:
        return tuple(_WORDS[name](value))
    if not value:
        return (_NOTHING.get(name, "—"),)
    return tuple(map(str, value)) if isinstance(value, list) else (str(value),)


_NOTHING = {"license": "None on the certificate", "approvals": NOT_APPROVED}
_WORDS: dict[str, Callable[[Any], Iterable[str]]] = {
    "number": lambda number: [numbers.in_groups(number)],
    "edition": lambda edition: [edition[:EDITION_DIGITS]],
    "hours": lambda hours: [wording.total(Decimal(hours))],
    "hours_by_type": lambda hours: [wording.hours(amount, kind) for kind, amount in wording.in_order(hours)],
    "format": lambda form: [wording.delivery(form)],
    "completed_on": lambda day: [f"{wording.date_in_words(date.fromisoformat(day))} ({day})"],
}


def history(told: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Tell what became of a certificate, in sentences; with the number of the other one where it is about one."""
    why, newer, older = told.get("why_replaced", ""), told.get("replaced_by", ""), told.get("replaces", "")
    if revoked := told.get("revoked_on"):
        yield f"Revoked on {wording.date_in_words(date.fromisoformat(revoked))}. {reason(told)}", ""
    if newer:
        yield REPLACEMENTS["replaced"].get(why, "Replaced by"), newer
    if older:  # of two links the reason is that of the newer one
        yield "It took the place of" if newer else REPLACEMENTS["replaced-another"].get(why, "It replaces"), older


def reason(told: Mapping[str, str]) -> str:
    """Say why a certificate was revoked: the class, which the register keeps, and the words beside it."""
    kind, words = told.get("revocation_class", ""), told.get("revocation_reason", "")
    return words if kind == "other" else " ".join(filter(None, (REASONS.get(kind), words)))
