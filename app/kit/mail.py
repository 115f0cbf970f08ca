"""Mail: an outbox in the act's own transaction, emptied by a job; what is written is never lost.

Each letter leaves once. Before its last line is handed over, that is written down: where the answer never comes, or
this machine dies meanwhile, the letter is marked as one that may have been sent, and is sent again only when somebody
says so. What a server refuses for now is tried again for two days; what it refuses for good is not.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from enum import StrEnum
from functools import partial
from smtplib import SMTPException
from typing import Any

from sqlmodel import Field, Session, SQLModel

from app.kit import jobs
from app.kit.carriers import Mailer, NotTaken, Refused, Unsure
from app.kit.clock import Clock
from app.kit.database import Database, RowId, UtcDateTime
from app.kit.errors import Conflict, Gone
from app.kit.templates import environment

SENT_SECRET = "This message held a one-time code. It was sent and is no longer kept."  # noqa: S105
SECRET_SUBJECT = "Your sign-in code"  # noqa: S105
SECRET_LASTS = timedelta(minutes=10)
TRIED_FOR = timedelta(days=2)  # RFC 5321, section 4.5.4.1 asks for four or five; a certificate waits on its page anyway
KIND = "mail"
TOO_LATE = "Its code was no longer valid, so it was not sent."
DIED = "The site stopped while it was handing the letter over."
NO_HEADER = "The address or the subject cannot stand in a letter."


@dataclass(frozen=True, slots=True)
class Letter:
    """A message before it has a reader."""

    subject: str
    text: str
    html: str


class State(StrEnum):
    """How it stands with a letter."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"  # it could not be sent
    UNSURE = "unsure"  # it may have been sent


class Mail(SQLModel, table=True):
    """One message in the outbox: to whom, what, and what became of it."""

    __tablename__ = "mail"

    id: int = Field(default=None, primary_key=True, sa_type=RowId)
    recipient: str
    subject: str
    text: str
    html: str
    is_secret: bool = False  # holds a one-time code: its words are dropped once it has left
    queued_at: datetime = Field(sa_type=UtcDateTime)
    sent_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    token: str = ""  # what its Message-ID is made of: the same at every try, so that a reader sees one letter
    tries: int = 0
    first_tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    handed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)  # its last line was about to leave
    unsure_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    failed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    last_error: str = ""  # what the server said
    again_of: int | None = Field(default=None, foreign_key="mail.id", index=True, sa_type=RowId)

    @property
    def state(self) -> State:
        """How it stands with it."""
        if self.sent_at:
            return State.SENT
        if self.unsure_at:
            return State.UNSURE
        return State.FAILED if self.failed_at else State.WAITING

    @property
    def shown_subject(self) -> str:
        """What it is about, for anybody but its reader: a code is nobody else's business."""
        return SECRET_SUBJECT if self.is_secret else self.subject


class StillWaits(Conflict):
    """The letter is on its way already."""

    message = "This letter is still waiting, and is tried again by itself."


class CodeIsGone(Gone):
    """The letter held a one-time code, which is not kept and would not be valid."""

    message = "This letter held a one-time code. Ask the reader to request a new one."


def letter(name: str, **facts: Any) -> Letter:
    """Write the letter of `templates/email/<name>/`."""

    def write(part: str) -> str:
        return environment().get_template(f"email/{name}/{part}").render(facts)

    return Letter(subject=" ".join(write("subject.txt").split()), text=write("body.txt"), html=write("body.html"))


def queue(db: Session, *, to: str, message: Letter, now: datetime, secret: bool = False) -> Mail:
    """Put a letter in the outbox; it leaves if and only if the transaction commits."""
    mail = Mail(recipient=to, subject=message.subject, text=message.text, html=message.html, queued_at=now)
    mail.is_secret = secret
    return _put(db, mail, now=now) if to else mail  # an erased account has no address


def send_again(db: Session, mail: Mail, *, now: datetime) -> Mail:
    """Put a letter that is over into the outbox once more. What became of the first one stays on record."""
    if mail.state == State.WAITING:
        raise StillWaits
    if mail.is_secret:
        raise CodeIsGone
    # Under its old Message-ID where it may have come: then its reader's program shows one of the two.
    token = mail.token if mail.state == State.UNSURE else ""
    again = Mail(recipient=mail.recipient, subject=mail.subject, text=mail.text, html=mail.html, queued_at=now)
    again.again_of, again.token = mail.id, token
    return _put(db, again, now=now)


def _put(db: Session, mail: Mail, *, now: datetime) -> Mail:
    mail.token = mail.token or secrets.token_hex(16)
    db.add(mail)
    db.flush()
    jobs.queue(db, kind=KIND, key=key_of(mail.id), payload={"mail": mail.id}, now=now)
    return mail


def key_of(mail_id: int) -> str:
    """Give the key of the job that sends a letter."""
    return f"mail:{mail_id}"


# --- sending ---------------------------------------------------------------------------------------------------------


def sender(database: Database, mailer: Mailer, *, from_address: Callable[[], str], clock: Clock) -> Callable[..., None]:
    """Give the job that sends one message of the outbox, once it is known not to have left yet."""
    return _Sender(database, mailer, from_address, clock).send


@dataclass(frozen=True, slots=True)
class _Sender:
    database: Database
    mailer: Mailer
    from_address: Callable[[], str]
    clock: Clock

    def send(self, payload: jobs.Payload) -> None:
        mail = self._begin(payload["mail"])
        if mail.state != State.WAITING:
            return
        if mail.handed_at:
            self._end(mail, State.UNSURE, DIED)
        elif mail.is_secret and self.clock() - mail.queued_at > SECRET_LASTS:
            self._end(mail, State.FAILED, TOO_LATE)
        else:
            self._try(mail)

    def _begin(self, mail_id: int) -> Mail:
        with self.database.write() as db:
            mail = db.get_one(Mail, mail_id)
            if mail.state == State.WAITING and not mail.handed_at:
                mail.tries += 1
                mail.first_tried_at = mail.first_tried_at or self.clock()
                db.add(mail)
            return mail

    def _try(self, mail: Mail) -> None:
        try:
            message = _message(mail, self.from_address())
        except (ValueError, IndexError):
            return self._end(mail, State.FAILED, NO_HEADER)
        try:
            self.mailer.send(message, handing_over=partial(self._hand_over, mail))
        except Refused as error:
            return self._end(mail, State.FAILED, str(error))
        except Unsure as error:
            return self._end(mail, State.UNSURE, str(error))
        except (NotTaken, OSError, SMTPException) as error:
            return self._put_off(mail, str(error))
        return self._end(mail, State.SENT, "")

    def _hand_over(self, mail: Mail) -> None:
        with self.database.write() as db:
            kept = db.get_one(Mail, mail.id)
            kept.handed_at = self.clock()
            db.add(kept)

    def _put_off(self, mail: Mail, words: str) -> None:
        if self.clock() - (mail.first_tried_at or mail.queued_at) >= TRIED_FOR:
            return self._end(mail, State.FAILED, words)
        with self.database.write() as db:
            kept = db.get_one(Mail, mail.id)
            kept.handed_at, kept.last_error = None, words
            db.add(kept)
        raise jobs.NotNow(words)

    def _end(self, mail: Mail, state: State, words: str) -> None:
        with self.database.write() as db:
            kept = db.get_one(Mail, mail.id)
            setattr(kept, f"{state}_at", self.clock())
            kept.last_error = words
            if kept.is_secret:
                kept.text = kept.html = SENT_SECRET if state == State.SENT else TOO_LATE
                kept.subject = SECRET_SUBJECT
            db.add(kept)


def _message(mail: Mail, from_address: str) -> EmailMessage:
    message = EmailMessage(policy=SMTP)  # this policy refuses line breaks in headers
    message["From"], message["To"], message["Subject"] = from_address, mail.recipient, mail.subject
    (reader,) = message["To"].addresses  # one address, and nothing that is read as two
    sender_address = message["From"].addresses[0]
    if not reader.domain or not sender_address.addr_spec:
        raise ValueError(mail.recipient)
    message["Date"] = mail.queued_at
    message["Message-ID"] = f"<{mail.token or f'letter-{mail.id}'}@{sender_address.domain or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message
