"""The ways into the house, as its routes give them, and what may come back whatever is sent there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import FastAPI
from httpx2 import Response
from sqlalchemy import event

from app.main import ROUTERS

STAFF = ("/author", "/admin", "/officer", "/v/{number}/evidence")
PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")
FORM = {"content-type": "application/x-www-form-urlencoded"}
BIG = (2**31, 2**63 - 1, 2**63, 2**64, 10**40, 10**4000)
ODD_NUMBERS = (*map(str, BIG), "-1", "0", "00", "+1", " 1", "1.0", "1e3", "٣", "nan", "%00", "1%00", "0x1", "1_0")


@dataclass(frozen=True)
class Route:
    """One way in: a method and an address with places in it."""

    method: str
    path: str

    def at(self, places: dict[str, str]) -> str:
        """Fill in its places."""
        return PLACE.sub(lambda found: places[found[1]], self.path)


def routes(*, within: str = "") -> Iterator[Route]:
    """Give the ways into one area of the staff, or every way but those: tests/web/author and admin have their laws."""
    for router in ROUTERS:
        for route in router.routes:
            area = next((one for one in STAFF if route.path.startswith(one)), "")
            if area == within:
                yield from (Route(method, route.path) for method in route.methods)


def is_clear(answer: Response) -> bool:
    """Say whether an answer is one of ours: in words, with its headers, and no fault."""
    assert answer.status_code < 500, f"{answer.request.method} {answer.request.url}"
    assert answer.headers["x-request-id"]
    if answer.status_code < 400:
        return True
    if answer.headers["content-type"] == "application/problem+json":
        problem = answer.json()
        return bool(problem["status"] == answer.status_code and problem["detail"] and problem["title"])
    return "<h1>" in answer.text and "Traceback" not in answer.text


@contextmanager
def counted(house: FastAPI) -> Iterator[list[str]]:
    """Collect the statements that run on either door of the database."""
    database, statements = house.state.wiring.database, []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.startswith("BEGIN"):
            statements.append(statement)

    engines = {database.reading, database.writing}
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        for engine in engines:
            event.remove(engine, "before_cursor_execute", note)
