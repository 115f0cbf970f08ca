"""Whatever is sent is answered without a fault, the long form: on both kinds of database, with two planted faults."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp

from proofs import api_cases, databases

from app.cli.campaign import Found, Trial

Tell = Callable[[str], None]


def try_it(*, n: int, seed: int, folder: Path, tell: Tell) -> Found:
    """Send `n` cases, half of them to the API and half to pages, on each kind of database a half of these."""

    def trial(kind: str, what: str, times: int) -> Trial:
        tell(f"{kind}, {what}, {times} cases")
        place = Path(mkdtemp(dir=folder))
        with databases.migrated(kind, place) as url, api_cases.opened(url, place) as (_house, browsers):
            described = api_cases.of_pages() if "pages" in what else api_cases.of_api(browsers[api_cases.ANYBODY])
            outcome = api_cases.prove(browsers, described, n=times, seed_=seed)
            return Trial(kind, databases.version(url), what, outcome.cases, outcome.failures, outcome.told())

    trials = tuple(
        trial(kind, what, math.ceil(n / 4))
        for kind in databases.KINDS
        for what in ("the API, as shipped", "all pages, as shipped")
    )
    with api_cases.planted_fault():
        fault = trial(databases.SQLITE, "the API, with a fault where a number is not ASCII", 200)
    with api_cases.planted_shape():
        shape = trial(databases.SQLITE, "the API, with an answer of another shape", 200)
    return Found(trials=trials, controls=(fault, shape))
