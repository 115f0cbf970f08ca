"""Anchors: once a day the register says, signed, how long the audit trail is and how it ends.

The trail's own chain shows what was changed in the middle of it. Whoever made the whole chain anew, or cut its end off,
would be found out by the newest anchor, which nobody can sign who has only the database.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlmodel import Session

from app import audit
from app.awards import keys, statements
from app.awards.issuer import Issuer
from app.awards.register import log
from app.awards.register.log import Entry

KIND = "trail"


def anchor(db: Session, issuer: Issuer, *, now: datetime) -> Entry | None:
    """Enter how the trail stands, unless it stands as it did, or the house has no register yet."""
    size, hash_ = audit.head(db)
    last = log.entry(db, KIND, "register")
    if log.size(db) == 0 or size == 0 or (last and last.said["size"] == size):
        return None
    said = statements.trail(size=size, last=hash_, now=now)
    return log.append(db, said, subject="register", hand=keys.hand(db, issuer, now=now), now=now)


def broken(db: Session) -> Iterator[tuple[int, str]]:
    """Give each anchor that the trail does not hold to: its place, and what is wrong."""
    for entry in log.of_kind(db, KIND):
        size, wanted = int(entry.said["size"]), bytes.fromhex(entry.said["hash"])
        found = audit.hash_at(db, size)
        if found is None:
            yield size, f"It was there when register entry {entry.seq} was made, and is gone."
        elif found != wanted:
            yield size, f"Up to here it is not the trail that register entry {entry.seq} was made over."
