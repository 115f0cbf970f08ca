"""`continua serve`: bring the database up to date, publish what is new, and open the house."""

from __future__ import annotations

from app.awards import keys
from app.cli import opening
from app.identity import first_run
from app.kit import logs
from app.kit.database import Database
from app.learning import publishing
from app.library import folders, provider
from app.request import Wiring
from app.settings import Settings


def serve() -> None:
    """Serve the site on CONTINUA_HOST and CONTINUA_PORT, publishing what is new in CONTINUA_COURSES."""
    import uvicorn

    from app.main import create_app

    settings = Settings()
    records = opening.records(settings)
    is_named = tell_of_opening(settings, records)
    records.close()
    app = create_app(settings, opens_when_named=not is_named)
    house: Wiring = app.state.wiring
    _assert_can_sign(house)
    publish(house)
    opening.say(f"Continua is at {settings.address}")
    for line in first_steps(house):
        opening.say(line)
    logs.keep()
    uvicorn.run(
        app, host=settings.host, port=settings.port, log_config=None, log_level="warning", access_log=False,
        server_header=False,
    )  # fmt: skip


def publish(house: Wiring) -> None:
    """Publish every folder that is new and sound, each in its own act, and tell what stands in the way."""
    now = house.clock()
    for folder in folders.folders(house.settings.courses):
        with house.database.write() as db:
            offering = publishing.publish_new(db, folder, files=house.files, today=now.date(), now=now)
            state, lines, conflict = folders.state(offering), offering.problem_lines, offering.conflict
        if state != "served":
            opening.say(f"{folder}: {state}. {conflict}".rstrip())
        for line in lines:
            opening.say(f"  {line}")


def first_steps(house: Wiring) -> list[str]:
    """Give what to print for whoever starts a house without an administrator: the link to become the first one."""
    with house.database.write() as db:
        token = first_run.link(db, now=house.clock())
    if token is None:
        return []
    return framed(
        "This site has no administrator yet. To become the first one, open this link in your browser:",
        f"{house.settings.address}/setup/{token}",
        "It works once, until this time tomorrow. Each start prints a new one and ends the one before.",
    )


def framed(*lines: str) -> list[str]:
    """Set lines apart from all others in a terminal; a link stands alone on its line, to be clicked or copied."""
    rule = "=" * 72
    return ["", rule, *(f"  {line}" for line in lines), rule, ""]


def tell_of_opening(settings: Settings, records: Database) -> bool:
    """Say whether a house may take learners in; one that others can reach has to say first whose it is."""
    with records.read() as db:
        named = provider.current(db).is_named
    if settings.demonstration and not named:
        opening.say("This is a demonstration: certificates are marked as not valid for credit.")
    elif not named:
        opening.say("Nobody can take a course here until the provider is named: Admin, then Provider.")
    return named or settings.demonstration


def _assert_can_sign(house: Wiring) -> None:
    """Refuse to open a house whose certificates could not be signed; tell of keys that are getting old."""
    with house.database.read() as db:
        keys.assert_held(db, house.issuer)
        for warning in keys.due(keys.all_of(db), now=house.clock()):
            opening.say(warning)
