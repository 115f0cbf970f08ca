"""`continua serve`: bring the database up to date, publish what is new, and open the house."""

from __future__ import annotations

from app.awards import keys
from app.cli import opening
from app.kit.errors import Refusal
from app.learning import publishing
from app.library import folders, provider
from app.request import Wiring
from app.settings import Settings


class Unnamed(Refusal):
    """A house that others can reach must say whose it is."""

    message = (
        "This site has a public address, and certificates must say who stands behind them. Run first: "
        './run provider set --name "…" --address "…" --signer-name "…" --signer-title "…"'
    )


def serve() -> None:
    """Serve the site on CONTINUA_HOST and CONTINUA_PORT, publishing what is new in CONTINUA_COURSES."""
    import uvicorn

    from app.main import create_app

    settings = Settings()
    opening.records(settings).close()
    app = create_app(settings)
    house: Wiring = app.state.wiring
    _assert_named(house)
    _assert_can_sign(house)
    publish(house)
    opening.say(f"Continua is at {settings.address}")
    uvicorn.run(app, host=settings.host, port=settings.port, log_level="warning", access_log=False, server_header=False)


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


def _assert_named(house: Wiring) -> None:
    with house.database.read() as db:
        named = provider.current(db).is_named
    if house.settings.demonstration and not named:
        opening.say("This is a demonstration: certificates are marked as not valid for credit.")
    elif not named:
        raise Unnamed


def _assert_can_sign(house: Wiring) -> None:
    """Refuse to open a house whose certificates could not be signed; tell of keys that are getting old."""
    with house.database.read() as db:
        keys.assert_held(db, house.issuer)
        for warning in keys.due(keys.all_of(db), now=house.clock()):
            opening.say(warning)
