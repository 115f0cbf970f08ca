"""Carriers of mail: each takes one message away, or says exactly how far it came.

There are three ways to fail, and they ask for three different things. What was not taken may be tried again; what was
refused will be refused again; and where the connection died after the last line, nobody can say whether it was taken.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from ipaddress import ip_address
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

# A letter has to be over before the lease on its job is (jobs.LEASE, two minutes): else a second worker would begin it.
STEP_SECONDS = 20.0  # for one answer of the server
LAST_ANSWER_SECONDS = 50.0  # after the last line: many servers look through the message before they answer
LETTER_SECONDS = 90.0  # for one letter as a whole, however slowly the server goes on
LONGEST_WORDS = 300
READY, MAILED, RECEIVING, GO_ON = 220, 250, (250, 251), 354
DOT_FIRST = re.compile(rb"(?m)^\.")

HandingOver = Callable[[], None]


class NotTaken(Exception):
    """The server has certainly not taken the message. It may be tried again."""


class Refused(Exception):
    """The server has said that it will never take this message."""


class Unsure(Exception):
    """The whole message left, and no answer came back: nobody can say whether it was taken."""


class Mailer(Protocol):
    """Whatever carries a message away."""

    def send(self, message: EmailMessage, *, handing_over: HandingOver) -> None:
        """Deliver the message, or raise `NotTaken`, `Refused` or `Unsure`.

        `handing_over` is called right before the step after which the message may be on its way.
        """


@dataclass(frozen=True, slots=True)
class SmtpMailer:
    """Carries mail to an SMTP server: `smtps://`, or `smtp://` with STARTTLS unless the server is this machine."""

    url: str
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context  # checks whose certificate it is
    step_seconds: float = STEP_SECONDS
    last_answer_seconds: float = LAST_ANSWER_SECONDS
    letter_seconds: float = LETTER_SECONDS

    def send(self, message: EmailMessage, *, handing_over: HandingOver) -> None:
        """Deliver the message, or say how far it came."""
        server = self._server()
        watch = threading.Timer(self.letter_seconds, _hang_up, [server])
        watch.daemon = True
        watch.start()
        try:
            self._greet(server)
            self._deliver(server, message, handing_over)
        finally:
            watch.cancel()
            server.close()

    def _server(self) -> smtplib.SMTP:
        if urlsplit(self.url).scheme == "smtps":
            return smtplib.SMTP_SSL(timeout=self.step_seconds, context=self.context())
        return smtplib.SMTP(timeout=self.step_seconds)

    def _greet(self, server: smtplib.SMTP) -> None:
        """Come as far as the server knows who writes. What fails here says nothing about the message."""
        parts = urlsplit(self.url)
        host, is_plain = parts.hostname or "localhost", parts.scheme != "smtps"
        try:
            # The name that the server's certificate must bear: smtplib takes it from here, and sets it only
            # where it connects before the watch is set.
            server._host = host  # type: ignore[attr-defined]  # noqa: SLF001
            code, words = server.connect(host, parts.port or (25 if is_plain else 465))
            _expect(code, words, READY)
            server.ehlo_or_helo_if_needed()
            if is_plain and (parts.username or not is_this_machine(host)):
                server.starttls(context=self.context())
                server.ehlo_or_helo_if_needed()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except (OSError, ValueError, smtplib.SMTPException) as error:
            raise NotTaken(_told(error)) from error

    def _deliver(self, server: smtplib.SMTP, message: EmailMessage, handing_over: HandingOver) -> None:
        try:
            _address(server, message)
            server.send(DOT_FIRST.sub(b"..", _bytes(message)))
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(_told(error)) from error
        handing_over()
        code, words = self._end(server)
        if code != MAILED:
            raise _no(code, words)

    def _end(self, server: smtplib.SMTP) -> tuple[int, bytes]:
        """Send the line that ends a message, and wait for the answer that makes it the server's."""
        try:
            if server.sock is not None:
                server.sock.settimeout(self.last_answer_seconds)
            server.send(b".\r\n")
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(_told(error)) from error  # it did not even leave this machine
        try:
            answer = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise Unsure(_told(error)) from error
        try:
            server.putcmd("quit")  # whoever does not answer this has taken the message all the same
        except (OSError, smtplib.SMTPException):
            return answer
        return answer


def is_this_machine(host: str) -> bool:
    """Say whether a name means this very machine, to which no letter travels in the open."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _address(server: smtplib.SMTP, message: EmailMessage) -> None:
    """Say from whom and to whom. Only this letter's reader and its words are held against the letter."""
    options = []
    if not _is_plain(message):
        if not server.has_extn("smtputf8"):
            raise Refused("The mail server takes no addresses with letters beyond a to z.")
        options = ["SMTPUTF8", "BODY=8BITMIME"]
    code, words = server.mail(_bare(message, "From"), options)
    if code != MAILED:
        raise NotTaken(_words(code, words))  # it is about us, and may be set right
    code, words = server.rcpt(_bare(message, "To"))
    if code not in RECEIVING:
        raise _no(code, words)
    code, words = server.docmd("DATA")
    if code != GO_ON:
        raise _no(code, words)


def _bare(message: EmailMessage, header: str) -> str:
    address: str = message[header].addresses[0].addr_spec
    return address


def _is_plain(message: EmailMessage) -> bool:
    return (_bare(message, "From") + _bare(message, "To")).isascii()


def _bytes(message: EmailMessage) -> bytes:
    written = message.as_bytes(policy=SMTP if _is_plain(message) else SMTP.clone(utf8=True))
    return written if written.endswith(b"\r\n") else written + b"\r\n"


def _no(code: int, words: bytes) -> NotTaken | Refused:
    """Tell a refusal for good from one for now: 5yz and 4yz of RFC 5321, section 4.2.1."""
    return (Refused if 500 <= code < 600 else NotTaken)(_words(code, words))


def _expect(code: int, words: bytes, wanted: int) -> None:
    if code != wanted:
        raise smtplib.SMTPResponseException(code, words)


def _words(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {' '.join(text.split())}"[:LONGEST_WORDS]


def _told(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    if isinstance(error, TimeoutError):
        return "The mail server did not answer in time."
    return f"{type(error).__name__}: {' '.join(str(error).split())}"[:LONGEST_WORDS]


def _hang_up(server: smtplib.SMTP) -> None:
    if server.sock is not None:
        try:
            socket.socket.shutdown(server.sock, socket.SHUT_RDWR)  # wakes whoever waits for its next letter
        except OSError:
            return


@dataclass(frozen=True, slots=True)
class FolderMailer:
    """Keeps mail in a folder and tells the terminal: for a machine that no mail leaves."""

    folder: Path
    tell: Callable[[str], None]

    def send(self, message: EmailMessage, *, handing_over: HandingOver) -> None:
        """Write the message as a file and say in the terminal what it is about."""
        handing_over()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            newest = max((int(path.stem) for path in self.folder.glob("*.eml") if path.stem.isdecimal()), default=0)
            with (self.folder / f"{newest + 1:05d}.eml").open("xb") as file:  # never over a letter that is there
                file.write(message.as_bytes())
        except OSError as error:
            raise NotTaken(_told(error)) from error
        self.tell(f"mail to {message['To']}: {message['Subject']}")
