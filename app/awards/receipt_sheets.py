"""A receipt as a document: what was found at the head, a table of all, what differs side by side, and the digests."""

from __future__ import annotations

from collections.abc import Iterable

from app.awards import numbers, telling
from app.awards.document import wording
from app.awards.document.dossier import Dossier, Grid, Part, Section, Words
from app.awards.document.order import Attached
from app.awards.receipts import MEANING, TITLE, Receipt, history
from app.awards.telling import Told
from app.awards.verdicts import instant
from app.kit import time_zones

CSV_NAME = "receipt.csv"
LAST_PLAIN = 0x24F  # Latin with every accent: what every font of ours has
ALSO_PLAIN = (
    range(0x370, 0x530),
    range(0x1E00, 0x2000),
    range(0x2010, 0x2040),
    range(0x20A0, 0x20C0),
    range(0x2190, 0x2194),
)
STRANGE = "□"


def dossier(receipt: Receipt, *, plainly: bool = False) -> Dossier:
    """Put a receipt into words. With `plainly`, letters in files that not every font has are printed as a box."""
    told: list[Told] = [_plain(one) if plainly else one for one in receipt.results]
    told.sort(key=lambda one: telling.of(one).rank)  # of two hundred, the nine that do not count are on the first page
    return Dossier(
        title=TITLE,
        subject=f"{len(told):,} {'result' if len(told) == 1 else 'results'}: {receipt.counted}",
        provider=receipt.origin.name,
        language="en",
        made_on=wording.date_in_words(receipt.made_at.date()),
        made_at=receipt.made_at.isoformat(timespec="seconds"),
        mark="",
        foot=f"{receipt.origin.name} · {instant(receipt.made_at)}",
        facts=_head(receipt),
        sections=tuple(_sections(told)),
        contents="",
    )


def attached(csv: bytes) -> Attached:
    """Put the receipt as CSV, signed, into its own PDF."""
    return Attached(CSV_NAME, csv, "text/csv", "This receipt as a table, with its own signature", "Data")


def _head(receipt: Receipt) -> tuple[tuple[str, str], ...]:
    made = receipt.made_at
    return (
        ("Made", f"{time_zones.date_in_words(made)}, {time_zones.clock_time(made)} (Coordinated Universal Time)"),
        ("By", f"{receipt.origin.name}, {receipt.origin.address}"),
        ("Found", receipt.counted),
        *((f"Key {name}", f"SHA-256 {fingerprint}") for name, fingerprint in receipt.keys),
    )


def _sections(told: list[Told]) -> Iterable[Section]:
    yield Section("found", "What was found", (Words(MEANING), _found(told)))
    if differing := [one for one in told if one["differences"]]:
        yield Section("differs", "What differs", tuple(map(_differing, differing)))
    if records := [one for one in told if one["facts"]]:
        yield Section("record", "What is on record", (_record(records),))
    if files := [one for one in told if one["sha256"]]:
        yield Section("files", "Which files these were", (_files(files),))


def _found(told: list[Told]) -> Grid:
    return Grid(
        "Every result: first what does not count, then what to compare, then what counts",
        ("File or number, and holder on record", "Document", "On record", "What was found"),
        tuple(map(_line, told)),
        widths=(34, 16, 12, 38),
    )


def _line(one: Told) -> tuple[str, ...]:
    holder = one["facts"]["holder"] if one["facts"] else ""
    file = "\n".join(filter(None, (_name(one), numbers.in_groups(one["number"]) if one["filename"] else "", holder)))
    words = "\n".join(filter(None, (one["sentence"], history(one))))
    return file, telling.document(one), telling.status(one), words


def _differing(one: Told) -> Part:
    return Grid(
        _name(one),
        ("Fact", "On the file", "On record"),
        tuple((telling.field(each["field"]), each["paper"], each["record"]) for each in one["differences"]),
        widths=(24, 38, 38),
    )


def _record(told: list[Told]) -> Grid:
    return Grid(
        "Each certificate as it was issued",
        ("Certificate number", "Holder", "Course", "Contact hours", "Completed on"),
        tuple(dict.fromkeys(_recorded(one) for one in told)),
        widths=(26, 24, 26, 10, 14),
    )


def _recorded(one: Told) -> tuple[str, ...]:
    known = one["facts"]
    number = numbers.in_groups(one["number"])
    return number, known["holder"], known["course"], known["hours"], known["completed_on"]


def _files(told: list[Told]) -> Grid:
    rows = tuple((_name(one), one["sha256"], one["checked_at"]) for one in told)
    return Grid("SHA-256 of each file as it was read", ("File", "SHA-256", "Checked (UTC)"), rows, widths=(28, 50, 22))


def _name(one: Told) -> str:
    name: str = one["filename"] or one["asked"]
    return name


def _plain(one: Told) -> Told:
    """Replace what a file may have brought in; what is on record was printed before."""
    differences = [{**each, "paper": _boxed(each["paper"])} for each in one["differences"]]
    brought = {name: _boxed(one[name]) for name in ("filename", "asked", "sentence")}
    return {**one, **brought, "differences": differences}


def _boxed(text: str) -> str:
    return "".join(letter if _is_plain(ord(letter)) else STRANGE for letter in text)


def _is_plain(point: int) -> bool:
    return point <= LAST_PLAIN or any(point in each for each in ALSO_PLAIN)
