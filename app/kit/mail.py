"""Mail: an outbox in the act's own transaction, emptied by a job; what is written is never lost."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from sqlmodel import Field, Session, SQLModel

from app.kit import jobs
from app.kit.clock import Clock
from app.kit.database import Database, RowId, UtcDateTime
from app.kit.templates import environment

SENT_SECRET = "This message held a one-time code. It was sent and is no longer kept."  # noqa: S105
SECRET_LASTS = timedelta(minutes=10)
SMTP_TIMEOUT_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Letter:
    """A message before it has a reader."""

    subject: str
    text: str
    html: str


class Mail(SQLModel, table=True):
    """One message in the outbox: to whom, what, and when it left."""

    __tablename__ = "mail"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    recipient: str
    subject: str
    text: str
    html: str
    is_secret: bool = False  # holds a one-time code: its words are dropped once it has left
    queued_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def letter(name: str, **facts: Any) -> Letter:
    """Write the letter of `templates/email/<name>/`."""

    def write(part: str) -> str:
        return environment().get_template(f"email/{name}/{part}").render(facts)

    return Letter(subject=" ".join(write("subject.txt").split()), text=write("body.txt"), html=write("body.html"))


def queue(db: Session, *, to: str, message: Letter, now: datetime, secret: bool = False) -> Mail:
    """Put a letter in the outbox; it leaves if and only if the transaction commits."""
    mail = Mail(recipient=to, subject=message.subject, text=message.text, html=message.html, queued_at=now)
    mail.is_secret = secret
    db.add(mail)
    db.flush()
    jobs.queue(db, kind="mail", key=f"mail:{mail.id}", payload={"mail": mail.id}, now=now)
    return mail


class Mailer(Protocol):
    """Whatever carries a message away."""

    def send(self, message: EmailMessage) -> None:
        """Deliver the message or raise."""


def sender(database: Database, mailer: Mailer, *, from_address: Callable[[], str], clock: Clock) -> Callable[..., None]:
    """Give the job that sends one message of the outbox, once it is known not to have left yet."""

    def send(payload: jobs.Payload) -> None:
        with database.read() as db:
            mail = db.get_one(Mail, payload["mail"])
        if mail.sent_at:
            return
        if not (mail.is_secret and clock() - mail.queued_at > SECRET_LASTS):  # a code that is dead helps nobody
            mailer.send(_message(mail, from_address()))
        with database.write() as db:
            kept = db.get_one(Mail, mail.id)
            kept.sent_at = clock()
            if kept.is_secret:
                kept.text = kept.html = SENT_SECRET
                kept.subject = "Your sign-in code"
            db.add(kept)

    return send


def _message(mail: Mail, from_address: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)  # this policy refuses line breaks in headers
    message["From"], message["To"], message["Subject"] = from_address, mail.recipient, mail.subject
    message["Date"] = mail.queued_at
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Carries mail to an SMTP server: `smtp://` (with STARTTLS when a user is named) or `smtps://`."""

    url: str

    def send(self, message: EmailMessage) -> None:
        """Deliver the message or raise; certificates of the server are checked."""
        parts = urlsplit(self.url)
        host, context = parts.hostname or "localhost", ssl.create_default_context()
        server: smtplib.SMTP
        if parts.scheme == "smtps":
            server = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SMTP_TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=SMTP_TIMEOUT_SECONDS)
        with server:
            if parts.scheme == "smtp" and parts.username:
                server.starttls(context=context)  # a password never travels in clear
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Keeps mail in a folder and tells the terminal: for a machine that no mail leaves."""

    folder: Path
    tell: Callable[[str], None]

    def send(self, message: EmailMessage) -> None:
        """Write the message as a file and say in the terminal what it is about."""
        self.folder.mkdir(parents=True, exist_ok=True)
        newest = max((int(path.stem) for path in self.folder.glob("*.eml") if path.stem.isdecimal()), default=0)
        with (self.folder / f"{newest + 1:05d}.eml").open("xb") as file:  # never over a letter that is there
            file.write(message.as_bytes())
        self.tell(f"mail to {message['To']}: {message['Subject']}")
