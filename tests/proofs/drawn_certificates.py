"""Certificates as many learners would earn them: issued, drawn, sealed, taken apart again, and equal to their records.

Three things are held against the record: the words that poppler reads on the page, the statement that is attached, and
the seal. The control holds each page against the record of the next one.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from makers import SIGNER

from app.awards import certificates, keys, numbers, pdfs
from app.awards.certificates import Earned
from app.awards.document.sheets import Sheet
from app.awards.drawing import DrawingRoom
from app.awards.facts import Facts, LicenseFacts, Presenter
from app.awards.issuer import Issuer
from app.awards.proofs import Keys, Verdict, files
from app.awards.verdicts import Status, told
from app.cli import bench_house, migrate
from app.cli.campaign import Found, Trial
from app.kit.database import Database, open_database

Tell = Callable[[str], None]
NAMES = (
    "Ana Morales", "María Núñez-O’Brien", "Đặng Thị Hồng Nhung", "Łukasz Żółć", "Þóra Ægisdóttir", "Σοφία Παπαδοπούλου",
    "Олена Шевченко", "山田花子", "김민준", "Jean-Baptiste de la Fontaine Saint-Exupéry von und zu Hohenstein", "Bo Li",
)  # fmt: skip
TITLES = (
    "Social Media and Confidentiality",
    "The Ethics of Technology in Social Work: Decisions, Consent and the Limits of What May Be Known About a Client",
    "Telehealth", "AI & Algorithms: “Fair” Is Not Enough",
)  # fmt: skip
ZONES = ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "America/St_Johns", "Pacific/Auckland")
TYPES = ("ethics", "general", "clinical", "supervision", "cultural-competence")


def prove(*, n: int, folder: Path, tell: Tell, seed: int) -> list[str]:
    """Issue, draw and take apart `n` certificates; give what did not agree."""
    with _house(folder) as (database, issuer):
        return list(_compared(database, issuer, n=n, tell=tell, seed=seed, against=lambda facts, _all, _at: facts))


def try_it(*, n: int, folder: Path, tell: Tell, seed: int) -> Found:
    """Try the claim, and the control: every page against another one's record."""
    wrong = prove(n=n, folder=folder / "as shipped", tell=tell, seed=seed)
    few = min(n, 20)
    crossed = control(n=few, folder=folder / "crossed", tell=tell, seed=seed)
    words = {"what": wrong[:5]}
    return Found(
        trials=(Trial("SQLite", "", "as shipped", n, len(wrong), words),),
        controls=(Trial("SQLite", "", "each page against the record of the next one", few, len(crossed), {}),),
    )


def control(*, n: int, folder: Path, tell: Tell, seed: int) -> list[str]:
    """Hold each page against the record of the next one."""
    with _house(folder) as (database, issuer):
        crossed = _compared(
            database, issuer, n=n, tell=tell, seed=seed, against=lambda _facts, every, at: every[(at + 1) % len(every)]
        )
        return list(crossed)


class _house:  # noqa: N801 - read as a verb: with a house
    """Open an empty house in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> tuple[Database, Issuer]:
        self.folder.mkdir(parents=True)
        url = f"sqlite:///{self.folder / 'house.db'}"
        migrate.upgrade(url)
        self.database = open_database(url)
        return self.database, Issuer(address="https://ce.example.org", demonstration=False, signer=SIGNER)

    def __exit__(self, *_error: object) -> None:
        self.database.close()


Against = Callable[[Facts, list[Facts], int], Facts]


def _compared(database: Database, issuer: Issuer, *, n: int, tell: Tell, seed: int, against: Against) -> Iterator[str]:
    chance = random.Random(seed)  # noqa: S311 - the same ones every time
    every = [_facts(chance, issuer) for _ in range(n)]
    with database.write() as db:
        for facts in every:
            certificates.enter(db, facts, Earned(None, None, None), issuer=issuer, now=facts.issued_at)
    with database.read() as db:
        public = Keys.read(json.dumps(keys.published(db, now=every[0].issued_at)).encode())
        kept = [certificates.by_number(db, facts.number).facts for facts in every]
    rooms = [DrawingRoom(issuer.signer) for _ in range(os.cpu_count() or 1)]
    clock = lambda: datetime(2026, 11, 30, 12, tzinfo=UTC)  # noqa: E731 - one word

    def drawn(at: int) -> bytes:
        room, paper = rooms[at % len(rooms)], pdfs.PAPERS[at % 3 == 0]
        return pdfs.of(database, room, every[at].number, issuer=issuer, timeout=60, clock=clock, paper=paper)

    with ThreadPoolExecutor(len(rooms)) as hands:
        for at, content in enumerate(hands.map(drawn, range(n))):
            record = against(kept[at], kept, at)
            yield from (f"{record.number}: {what}" for what in _wrong(content, record, public))
            if at % 50 == 49:
                tell(f"{at + 1} of {n} drawn and taken apart")
    for room in rooms:
        room.close()


def _wrong(content: bytes, record: Facts, public: Keys) -> Iterator[str]:
    """Hold a file against a record."""
    page = _squeezed(_read(content))
    sheet = Sheet.of(record)
    printed = [sheet.holder_name, sheet.number, sheet.signer_name, sheet.provider_name]
    printed += ["".join(run.text for run in line) for table in sheet.tables for row in table.rows for line in row.lines]
    printed += ["".join(run.text for run in line) for line in (sheet.course_title, *sheet.approvals)]
    yield from (f"the page does not say “{words}”" for words in printed if _squeezed(words) not in page)
    proven = files.check(content, public)
    if proven.verdict is not Verdict.PROVEN or proven.seal != "intact":
        yield f"its proof says {proven.verdict}, seal {proven.seal}"
    named = record.license
    shown = f"{named.state} {named.type} {named.number}" if named else ""
    said = told(record, Status.UNKNOWN, license_shown=shown)
    stated = dict(proven.facts or {})
    for field in ("number", "holder", "course", "code", "edition", "hours", "hours_by_type", "format", "completed_on"):
        if stated.get(field) != said[field]:
            yield f"its statement says of {field}: {stated.get(field)}"


def _read(content: bytes) -> str:
    tool = shutil.which("pdftotext") or "pdftotext"
    done = subprocess.run([tool, "-raw", "-", "-"], input=content, capture_output=True, check=True)
    return done.stdout.decode()


def _squeezed(words: str) -> str:
    return "".join(words.split())


def _facts(chance: random.Random, issuer: Issuer) -> Facts:
    """Give what some course of some provider would say of somebody."""
    number, at = numbers.new(), datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=chance.randrange(334 * 86_400))
    plain = bench_house.facts_of(number, address=issuer.address, now=at)
    hours = {kind: str(chance.choice((0.5, 1, 1.5, 3, 6))) for kind in chance.sample(TYPES, chance.randint(1, 3))}
    state, kind = chance.choice((("NY", "LCSW"), ("NJ", "LSW"), ("CA", "ASW"), ("TX", "LMSW")))
    return replace(
        plain,
        holder_name=chance.choice(NAMES),
        license=LicenseFacts(state, kind, str(chance.randrange(10**6))) if chance.random() < 0.8 else None,
        course_title=chance.choice(TITLES),
        presenters=tuple(Presenter(name, "PhD, LCSW") for name in chance.sample(NAMES[:6], chance.randint(1, 2))),
        credit_hours=hours,
        time_zone=chance.choice(ZONES),
        approval_statements=plain.approval_statements if chance.random() < 0.6 else (),
    )
