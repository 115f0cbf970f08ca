"""How the real server starts: soon, and only where what it says is saved will stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import uvicorn
from proofs import server
from sqlalchemy import Engine, event

from app.cli import serve
from app.kit import database as databases
from app.kit.database import NotDurable

BUDGET, SLOWEST = 1.5, 6.0  # seconds: what we aim for, and what a busy machine is allowed


def test_a_second_start_answers_in_a_moment(sqlite_url: str, tmp_path: Path) -> None:
    with server.opened(tmp_path, sqlite_url):
        pass
    with server.opened(tmp_path, sqlite_url) as second:
        print(f"The second start took {second.seconds:.2f} s; the budget is {BUDGET} s.")  # noqa: T201 - for -rP
        assert second.seconds < SLOWEST


@pytest.mark.parametrize("level", ["NORMAL", "OFF"])
def test_the_site_does_not_start_where_a_saved_answer_could_be_lost(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, level: str
) -> None:
    make = databases._sqlite_engine

    def weakened(url: str, **how: Any) -> Engine:
        engine = make(url, **how)
        event.listen(engine, "connect", lambda link, _record: link.execute(f"PRAGMA synchronous = {level}"))
        return engine

    monkeypatch.setattr(databases, "_sqlite_engine", weakened)
    monkeypatch.setattr(uvicorn, "run", lambda *_what, **_how: pytest.fail("it serves"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CONTINUA_DATA", str(tmp_path))
    monkeypatch.setenv("CONTINUA_DATABASE_URL", sqlite_url)
    with pytest.raises(NotDurable, match="synchronous=FULL"):
        serve.serve()
