"""Every way to tamper that we know of, and every honest way to copy: no forgery is ok, no copy is called altered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from awards import copies
from awards.offices import BEN, HERS, LONG, office
from awards.reading_here import RoomHere
from awards.tampers import TAMPERS
from proofs.damaged_pdfs import CONTROLS

from app.awards import checking
from app.awards.reading.room import ReadingRoom
from app.awards.verdicts import Document
from app.cli.campaign import Found, Trial

Tell = Callable[[str], None]
COPIES = {**copies.SAME, **copies.EITHER, **copies.PICTURES}
WAYS = len(TAMPERS)


@dataclass(slots=True)
class Outcome:
    """What came of checking forgeries and copies."""

    forgeries: Counter[str] = field(default_factory=Counter)
    honest: Counter[str] = field(default_factory=Counter)
    believed: list[str] = field(default_factory=list)  # forgeries that were ok
    accused: list[str] = field(default_factory=list)  # copies that were called altered
    not_here: list[str] = field(default_factory=list)  # copies whose program is not on this machine

    @property
    def failures(self) -> int:
        """How often the claim was broken."""
        return len(self.believed) + len(self.accused)

    def told(self) -> dict[str, Any]:
        """Give what evidence says."""
        return {
            "forgeries": dict(self.forgeries.most_common()),
            "copies": dict(self.honest.most_common()),
            "forgeries_believed": self.believed,
            "copies_accused": self.accused,
            "copies_not_tried": sorted(set(self.not_here)),
        }


def prove(n: int, *, room: Any, with_copies: bool = True) -> Outcome:
    """Check the first `n` ways to tamper, and all ways to copy."""
    outcome = Outcome()
    for name, tamper in list(TAMPERS.items())[:n]:
        for result in checking.check_file(office(), room, filename=name, content=tamper.file()):
            outcome.forgeries[str(result.document)] += 1
            outcome.believed += [name] if result.ok else []
    for name in COPIES if with_copies else ():
        _copy(outcome, name, room)
    return outcome


def try_it(*, n: int, folder: Path, tell: Tell) -> Found:
    """Check them in processes as shipped, and with the check's eyes closed."""
    room = ReadingRoom()
    try:
        shipped = prove(n, room=room)
    finally:
        room.close()
    tell(f"{dict(shipped.forgeries)}, {dict(shipped.honest)}")
    controls = []
    for what, closed in CONTROLS.items():
        here = RoomHere()
        with closed():
            controls.append(_trial(what, n, prove(n, room=here, with_copies=False)))
        here.close()
    return Found((_trial("as shipped", n, shipped),), tuple(controls))


def _trial(what: str, n: int, outcome: Outcome) -> Trial:
    return Trial("none", "", what, n, outcome.failures, outcome.told())


def _copy(outcome: Outcome, name: str, room: Any) -> None:
    for facts in (HERS, BEN, LONG):
        try:
            content = COPIES[name](office().originals[facts.number, "letter"])
        except copies.NotHere:
            outcome.not_here.append(name)
            return
        for result in checking.check_file(office(), room, filename=name, content=content):
            outcome.honest[str(result.document)] += 1
            outcome.accused += [name] if result.document == Document.ALTERED else []
