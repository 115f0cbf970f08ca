"""The control of the kill proof: the same application, but it says “saved” before it is.

Started by the proof as `python -m proofs.hasty`, and by nobody else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from threading import Timer

import uvicorn
from fastapi import Request
from sqlmodel import Session

from app.main import create_app
from app.request import READS, House, open_database
from app.settings import Settings

COMMITS_LATE_BY = 0.05  # seconds


async def answer_first(request: Request, house: House) -> AsyncIterator[Session]:
    """Open the door that fits the method, and commit when the answer has long left."""
    if request.method in READS:
        with Session(house.database.reading) as db:
            yield db
        return
    db = Session(house.database.writing, expire_on_commit=False)
    try:
        yield db
    except BaseException:
        db.close()
        raise
    Timer(COMMITS_LATE_BY, _commit, [db]).start()


def _commit(db: Session) -> None:
    with db:
        db.commit()


def serve() -> None:
    """Serve as `continua serve` does, but for the haste."""
    settings = Settings()
    app = create_app(settings)
    app.dependency_overrides[open_database] = answer_first
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False)


if __name__ == "__main__":
    serve()
