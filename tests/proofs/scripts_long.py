"""Nothing that anybody types runs anywhere, the long form: every payload in every way, and each way unprotected."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from tempfile import mkdtemp

from proofs import databases, injections, papers, sheets
from proofs.scripts_anywhere import (
    LINK,
    Tell,
    Trials,
    Tried,
    fitting,
    grouped,
    mail,
    opened,
    packs,
    pdfs,
    prove,
    tables,
    unescaped,
)
from proofs.windows import chromium

from app.cli.campaign import Found, Trial

PROCESSES = 2
SCRIPT = "<script>parent.ran(0)</script>"  # what runs for sure, where nothing is escaped
ROOM = 120  # letters that a certificate has room for in each of its texts


@dataclass(frozen=True, slots=True)
class Way:
    """One way of trying it: on which payloads, so many at a time, and perhaps with what protects switched off."""

    what: str
    tried: Tried
    groups: Sequence[Sequence[str]]
    without: Callable[[], AbstractContextManager[None]] = nullcontext


def ways(n: int, seed: int) -> dict[str, Way]:
    """Give everything that is tried with `n` of the payloads."""
    payloads = injections.payloads()
    random.Random(seed).shuffle(payloads)  # noqa: S311 - so that each run has other neighbors
    payloads = payloads[:n]
    printed = ["".join(filter(str.isprintable, one)) for one in payloads]  # no name may hold another letter
    trials, turns, programs = Trials(), Trials(every=3), sheets.FORMULAS[: 2 * n : 2]
    every = (
        Way("stored, on each kind of page", trials.pages, grouped(payloads, 12)),
        Way("in forms, refused and taken", turns.forms, grouped(payloads, 24)),
        Way("in addresses and headers, and refused for each reason", turns.addresses, grouped(payloads[::4], 24)),
        Way("in letters", mail, grouped(payloads, 24)),
        Way("in PDFs", pdfs, fitting(printed[::8], ROOM)),
        Way("in tables and files", tables, grouped(payloads, 24)),
        Way("programs for spreadsheets, in tables", tables, grouped(programs, 1)),
        Way("stored, as each of six visitors", trials.visitors, grouped(payloads[::24], 24)),
        Way("stored, with our own scripts at work", trials.at_work, grouped(payloads[::24], 24)),
        Way("in evidence packs and exports", packs, fitting(printed[::24], ROOM)),
    )
    return {one.what: one for one in every}


def controls() -> dict[str, Way]:
    """Give the same with what protects switched off; each has to find something."""
    all_, some, plain = Trials(), Trials(every=3), [[SCRIPT]]
    every = (
        Way("pages that escape nothing", all_.pages, plain, unescaped),
        Way("answers to addresses that escape nothing", some.addresses, plain, unescaped),
        Way("answers to forms that escape nothing", some.forms, plain, unescaped),
        Way("letters that escape nothing", mail, plain, unescaped),
        Way("tables that guard no cell", tables, grouped(sheets.FORMULAS[:3], 1), sheets.unguarded),
        Way("printed pages that escape nothing", pdfs, [[LINK]], papers.unescaped),
    )
    return {one.what: one for one in every}


def try_it(*, n: int, seed: int, folder: Path, tell: Tell) -> Found:
    """Try `n` of the payloads in every way, and each way once more with what protects switched off."""
    with ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn")) as pool:
        tried = [pool.submit(_trial, what, n, seed, folder, tell) for what in ways(n, seed)]
        missed = [pool.submit(_trial, what, 0, seed, folder, tell) for what in controls()]
        return Found(tuple(one.result() for one in tried), tuple(one.result() for one in missed))


def _trial(what: str, n: int, seed: int, folder: Path, tell: Tell) -> Trial:
    """Try one way in a house of its own; none of the payloads means a control."""
    way = ways(n, seed)[what] if n else controls()[what]
    place = Path(mkdtemp(dir=folder))
    with databases.migrated(databases.SQLITE, place) as url, opened(url, place) as house, chromium() as browser:
        with way.without():
            outcome = prove(house, browser, way.groups, way.tried, tell=lambda line: tell(f"{what}:{line}"))
        tell(f"{what}: {outcome.failures} failures with {outcome.payloads} payloads in {outcome.houses} houses")
        return Trial("Chromium", browser.version, what, outcome.payloads, outcome.failures, outcome.told())
