"""Mail: what is written leaves if the act commits, once, and is never lost on the way."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from smtplib import SMTPException
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from cast import NOON
from conftest import Postbox, StillClock
from sqlmodel import Session, select

from app.kit import mail
from app.kit.carriers import FolderMailer, HandingOver, Mailer, NotTaken, SmtpMailer
from app.kit.database import Database
from app.kit.jobs import Job, Worker
from app.kit.mail import Letter, Mail, State

LETTER = Letter(subject="Your certificate", text="It is here.\n", html="<p>It is here.</p>")
CODE = "271828"


def write(db: Session, *, to: str = "ana@example.org", message: Letter = LETTER, secret: bool = False) -> Mail:
    return mail.queue(db, to=to, message=message, now=NOON, secret=secret)


def postman(database: Database, mailer: Mailer, clock: StillClock) -> Worker:
    send = mail.sender(database, mailer, from_address=lambda: "ce@example.org", clock=clock)
    return Worker(database, clock, {"mail": send})


@dataclass
class OutOfOrder:
    """A mailer that fails as often as it is told, and then works."""

    failures: int
    delivered: list[EmailMessage] = field(default_factory=list)

    def send(self, message: EmailMessage, *, handing_over: HandingOver) -> None:
        handing_over()
        if self.failures:
            self.failures -= 1
            raise SMTPException("451 try again later")
        self.delivered.append(message)


# --- the outbox --------------------------------------------------------------------------------------------------


def test_a_letter_leaves_with_the_act_that_wrote_it(database: Database, postbox: Postbox, clock: StillClock) -> None:
    with database.write() as db:
        write(db)
    postman(database, postbox, clock).run_once()
    (message,) = postbox.messages
    assert (message["From"], message["To"]) == ("ce@example.org", "ana@example.org")
    assert message["Subject"] == "Your certificate"
    assert message["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_a_letter_stays_unwritten_with_the_act_that_failed(
    database: Database, postbox: Postbox, clock: StillClock
) -> None:
    with database.write() as db:
        write(db)
        db.rollback()
    assert not postman(database, postbox, clock).run_once()


def test_a_letter_that_has_left_does_not_leave_again(database: Database, postbox: Postbox, clock: StillClock) -> None:
    with database.write() as db:
        letter_id = write(db).id
    send = mail.sender(database, postbox, from_address=lambda: "ce@example.org", clock=clock)
    send({"mail": letter_id})
    send({"mail": letter_id})
    assert len(postbox.messages) == 1


def test_a_letter_the_server_did_not_take_waits_and_leaves_later(database: Database, clock: StillClock) -> None:
    with database.write() as db:
        write(db)
    mailer = OutOfOrder(failures=2)
    carrier = postman(database, mailer, clock)
    for seconds in (0, 5, 10):
        clock.pass_time(seconds=seconds)
        carrier.run_once()
    with database.read() as db:
        assert db.exec(select(Mail)).one().sent_at == NOON + timedelta(seconds=15)
        assert db.exec(select(Job)).one().tries == 3
    assert len(mailer.delivered) == 1


def test_the_words_of_a_secret_letter_are_dropped_once_it_has_left(
    database: Database, postbox: Postbox, clock: StillClock
) -> None:
    code = mail.letter("sign-in-code", code=CODE, minutes=10)
    with database.write() as db:
        write(db, message=code, secret=True)
        write(db)
    carrier = postman(database, postbox, clock)
    while carrier.run_once():
        pass
    assert CODE in postbox.messages[0].as_string()
    with database.read() as db:
        secret, plain = db.exec(select(Mail).order_by(Mail.id)).all()
    assert CODE not in secret.subject + secret.text + secret.html
    assert plain.text == LETTER.text


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r"])
def test_no_line_break_reaches_a_header(database: Database, clock: StillClock, break_: str) -> None:
    smuggled = f"ana@example.org{break_}Bcc: everyone@example.org"
    postbox = Postbox()
    with database.write() as db:
        write(db, to=smuggled)
        write(db, message=Letter(subject=f"Hello{break_}Bcc: everyone@example.org", text="", html=""))
    carrier = postman(database, postbox, clock)
    while carrier.run_once():
        pass
    assert postbox.messages == []
    with database.read() as db:
        assert {(one.state, one.last_error) for one in db.exec(select(Mail))} == {(State.FAILED, mail.NO_HEADER)}


def test_a_letter_from_a_template_has_its_subject_on_one_line_and_its_facts_escaped() -> None:
    letter = mail.letter("sign-in-code", code="<b>1\n2</b>", minutes=10)
    assert letter.subject == "<b>1 2</b> is your sign-in code"
    assert "<b>1" not in letter.html
    assert "&lt;b&gt;1" in letter.html


# --- an SMTP server ----------------------------------------------------------------------------------------------


@dataclass
class Server:
    """A mail server of our own: it keeps what it takes, and can be told to take nothing."""

    taken: list[Any] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - its protocol
        if self.answer.startswith("250"):
            self.taken.append(envelope)
        return self.answer


@pytest.fixture
def server() -> Iterator[tuple[Server, SmtpMailer]]:
    keeps = Server()
    controller = Controller(keeps, hostname="127.0.0.1", port=_free_port())
    controller.start()
    yield keeps, SmtpMailer(f"smtp://127.0.0.1:{controller.port}")
    controller.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def test_a_letter_reaches_an_smtp_server_whole(
    sqlite_database: Database, clock: StillClock, server: tuple[Server, SmtpMailer]
) -> None:
    keeps, mailer = server
    with sqlite_database.write() as db:
        write(db, message=Letter(subject="Félicitations", text="Für Ana – “done”\n", html="<p>é</p>"))
    assert postman(sqlite_database, mailer, clock).run_once()
    (envelope,) = keeps.taken
    message = message_from_bytes(envelope.content, policy=SMTP)
    assert envelope.rcpt_tos == ["ana@example.org"]
    assert message["Subject"] == "Félicitations"
    plain = message.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().strip() == "Für Ana – “done”"


def test_a_letter_an_smtp_server_refuses_is_not_called_sent(
    sqlite_database: Database, clock: StillClock, server: tuple[Server, SmtpMailer]
) -> None:
    keeps, mailer = server
    keeps.answer = "452 out of room"
    with sqlite_database.write() as db:
        write(db)
    carrier = postman(sqlite_database, mailer, clock)
    carrier.run_once()
    with sqlite_database.read() as db:
        assert db.exec(select(Mail)).one().sent_at is None
    keeps.answer = "250 OK"
    clock.pass_time(seconds=5)
    carrier.run_once()
    assert len(keeps.taken) == 1


def test_a_password_never_travels_in_clear(server: tuple[Server, SmtpMailer]) -> None:
    """Our server offers no TLS, so a mailer that was given a password must not go on."""
    keeps, mailer = server
    with pytest.raises(NotTaken, match="STARTTLS"):
        SmtpMailer(mailer.url.replace("smtp://", "smtp://ana:secret@")).send(_note("…"), handing_over=_nothing)
    assert keeps.taken == []


# --- a folder ----------------------------------------------------------------------------------------------------


def _nothing() -> None:
    """Nobody asks here whether it may have been sent."""


def _note(subject: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = "ce@example.org", "ana@example.org", subject
    message.set_content("…")
    return message


def test_without_a_server_mail_lands_in_a_folder_and_the_terminal_tells_of_it(tmp_path: Path) -> None:
    told: list[str] = []
    FolderMailer(tmp_path / "mail", tell=told.append).send(_note("271828 is your sign-in code"), handing_over=_nothing)
    (kept,) = (tmp_path / "mail").iterdir()
    assert message_from_bytes(kept.read_bytes(), policy=SMTP)["Subject"] == "271828 is your sign-in code"
    assert told == ["mail to ana@example.org: 271828 is your sign-in code"]


def test_a_folder_loses_no_letter_when_an_older_one_is_thrown_away(tmp_path: Path) -> None:
    mailer = FolderMailer(tmp_path, tell=lambda _line: None)
    for subject in ("first", "second", "third"):
        mailer.send(_note(subject), handing_over=_nothing)
    min(tmp_path.iterdir()).unlink()
    mailer.send(_note("fourth"), handing_over=_nothing)
    subjects = [message_from_bytes(path.read_bytes())["Subject"] for path in sorted(tmp_path.iterdir())]
    assert subjects == ["second", "third", "fourth"]


def test_nobody_is_written_to_whose_account_was_erased(sqlite_database: Database) -> None:
    with sqlite_database.write() as db:
        mail.queue(db, to="", message=mail.letter("sign-in-code", code="123456", minutes=10), now=NOON)
        assert db.exec(select(mail.Mail)).all() == []
        mail.queue(db, to="ana@example.org", message=mail.letter("sign-in-code", code="123456", minutes=10), now=NOON)
        assert len(db.exec(select(mail.Mail)).all()) == 1, "control"
