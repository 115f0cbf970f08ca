"""Whether the trail is as it was written: every link held against the one before it, every line against its link."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session

from app.audit import links
from app.audit.forgetting import FORGOTTEN, NETWORKS_FORGOTTEN
from app.audit.writing import HEAD, LINE, LINK

BATCH = 2_000
TOLD = ("actor_label", "subject", "detail", "salt", "network", "network_salt")
FIXED = ("at", "act", "actor_id")


@dataclass(frozen=True, slots=True)
class Touched:
    """A place in the trail that is not as it was written."""

    seq: int
    what: str


@dataclass(slots=True)
class _Forgotten:
    """What was forgotten in the open: by whom the last line of each kind stands."""

    persons: dict[int, int] = field(default_factory=dict)  # a person → the last place that says she was forgotten
    networks: datetime = datetime(1, 1, 1, tzinfo=UTC)  # addresses of acts before it are forgotten

    def has_person(self, row: dict[str, Any]) -> bool:
        """Say whether a line was erased in the open."""
        return any(self.persons.get(one, 0) > row["seq"] for one in (row["actor_id"], row["about"]))


def head(db: Session) -> tuple[int, bytes]:
    """Give how many places the chain has, and the hash of the last one."""
    seq, found = db.execute(HEAD).one_or_none() or (0, links.BEFORE_THE_FIRST)
    return seq, found


def hash_at(db: Session, seq: int) -> bytes | None:
    """Give the hash that is kept of a place; None if there is no such place."""
    return db.execute(sa.select(LINK.c.hash).where(LINK.c.seq == seq)).scalar_one_or_none()


def check(db: Session) -> Iterator[Touched]:
    """Walk along the chain and name each place that was touched; nothing where all is as it was written."""
    forgotten, seq, before, line = _forgotten(db), 0, links.BEFORE_THE_FIRST, 0
    for row in _rows(db):
        if row["seq"] != seq + 1:
            yield Touched(seq + 1, _missing(row["seq"] - seq - 1))
        if links.hashed(before, row) != row["hash"]:
            yield Touched(row["seq"], "It is not what was written after the line before it.")
        if row["line"] <= line:
            yield Touched(row["seq"], "It stands out of its order.")
        yield from (Touched(row["seq"], what) for what in _line(row, forgotten))
        seq, before, line = row["seq"], row["hash"], row["line"]
    yield from _strangers(db)


def _missing(count: int) -> str:
    return "It is missing." if count == 1 else f"It is missing, and {count - 1} after it."


def _line(row: dict[str, Any], forgotten: _Forgotten) -> Iterator[str]:
    if row["line_id"] is None:
        yield "The line that stood here is gone."
        return
    if any(row[name] != row[f"line_{name}"] for name in FIXED):
        yield "Its line does not say who did what and when as the chain does."
    yield from _words(row, forgotten)
    yield from _network(row, forgotten)


def _words(row: dict[str, Any], forgotten: _Forgotten) -> Iterator[str]:
    told = links.told_of(*(row[f"line_{name}"] for name in ("actor_label", "subject", "detail")))
    if row["line_salt"] is not None:
        if links.commitment(row["line_salt"], told) != row["told"]:
            yield "Who, to whom or what exactly was changed."
    elif told != links.told_of("", row["named"], "{}"):
        yield "It was erased, and says something all the same."
    elif not forgotten.has_person(row):
        yield "It was erased, and no line says that this person was forgotten."


def _network(row: dict[str, Any], forgotten: _Forgotten) -> Iterator[str]:
    network, salt = row["line_network"], row["line_network_salt"]
    if row["network"] is None:
        if network is not None:
            yield "The network address that it names was put in later."
    elif network is not None and salt is not None:
        if links.commitment(salt, {"network": network}) != row["network"]:
            yield "The network address was changed."
    elif row["at"] >= forgotten.networks and not forgotten.has_person(row):
        yield "The network address was taken away before its time."


def _rows(db: Session) -> Iterator[dict[str, Any]]:
    """Give every link with its line, in order, without holding them all."""
    beside = [LINE.c[name].label(f"line_{name}") for name in ("id", *FIXED, *TOLD)]
    read = sa.select(LINK, *beside).select_from(LINK.outerjoin(LINE, LINE.c.id == LINK.c.line)).order_by(LINK.c.seq)
    seq = 0
    while rows := db.execute(read.where(LINK.c.seq > seq).limit(BATCH)).mappings().all():
        yield from map(dict, rows)
        seq = rows[-1]["seq"]


def _strangers(db: Session) -> Iterator[Touched]:
    """Name lines that no place in the chain knows."""
    known = sa.select(LINK.c.line).where(LINK.c.line == LINE.c.id).exists()
    for line in db.execute(sa.select(LINE.c.id).where(~known).order_by(LINE.c.id)).scalars():
        yield Touched(0, f"Line {line} stands in the trail and has no place in the chain: it was put in from outside.")


def _forgotten(db: Session) -> _Forgotten:
    found, acts = _Forgotten(), (FORGOTTEN, NETWORKS_FORGOTTEN)
    read = sa.select(LINK.c.seq, LINK.c.act, LINK.c.named).where(LINK.c.act.in_(acts)).order_by(LINK.c.seq)
    for seq, act, named in db.execute(read):
        if act == FORGOTTEN:
            found.persons[int(named.removeprefix("person "))] = seq
        else:
            found.networks = max(found.networks, datetime.fromisoformat(named))
    return found
