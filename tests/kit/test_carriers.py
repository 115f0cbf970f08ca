"""Carriers: against servers that refuse, hang, drop the line or are somebody else, and what the outbox says of each."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from time import monotonic
from typing import Any

import post_offices
import pytest
from aiosmtpd.controller import Controller
from cast import NOON
from conftest import PUBLIC, Pencil, StillClock
from fastapi.testclient import TestClient
from makers import SIGNER
from post_offices import DROP, HANG, PostOffice
from sqlmodel import col, select

from app.kit import carriers, jobs, mail
from app.kit.carriers import NotTaken, SmtpMailer
from app.kit.database import Database
from app.kit.jobs import Job, Worker
from app.kit.mail import Letter, Mail, State
from app.main import create_app
from app.settings import Settings

LETTER = Letter(subject="Your certificate", text="It is here.\n.\n..and here\n", html="<p>It is here.</p>")
QUICK = 0.3  # seconds that a server which does not answer is waited for here


def mailer(office: PostOffice, **more: Any) -> SmtpMailer:
    return SmtpMailer(office.url, step_seconds=QUICK, last_answer_seconds=QUICK, **more)


def postman(database: Database, carrier: carriers.Mailer, clock: StillClock) -> Worker:
    send = mail.sender(database, carrier, from_address=lambda: "ce@example.org", clock=clock)
    return Worker(database, clock, {"mail": send})


def write(database: Database, *readers: str) -> list[int]:
    with database.write() as db:
        return [mail.queue(db, to=one, message=LETTER, now=NOON).id for one in readers or ("ana@example.org",)]


def kept(database: Database) -> list[Mail]:
    with database.read() as db:
        return list(db.exec(select(Mail).order_by(col(Mail.id))))


def empty(worker: Worker) -> None:
    while worker.run_once():
        pass


def wait_out(worker: Worker, database: Database, clock: StillClock, *, hours: float) -> int:
    """Let time pass from try to try; say how many there were."""
    tries, end = 0, clock() + timedelta(hours=hours)
    while clock() <= end:
        tries += worker.run_once()
        with database.read() as db:
            job = db.exec(select(Job).where(col(Job.done_at).is_(None))).first()
        if job is None:
            return tries
        clock.now = max(clock.now, job.due_at)
    return tries


# --- what is tried again ---------------------------------------------------------------------------------------------

FOR_NOW = {
    "greylisted": {"rcpt": "451 4.7.1 try again later"},
    "busy at the door": {"greet": "421 too many callers"},
    "shut at the door": {"greet": "554 no service"},  # it says nothing about this letter
    "does not like us": {"mail": "550 who are you"},
    "full": {"end": "452 out of room"},
    "hangs at the door": {"greet": HANG},
    "hangs at a reader": {"rcpt": HANG},
    "ends at the door": {"greet": DROP},
    "ends at a reader": {"rcpt": DROP},
}


@pytest.mark.parametrize("how", FOR_NOW)
def test_what_was_not_taken_waits_says_why_and_leaves_once_when_it_can(
    sqlite_database: Database, clock: StillClock, how: str
) -> None:
    with post_offices.opened(**FOR_NOW[how]) as office:
        write(sqlite_database)
        worker = postman(sqlite_database, mailer(office), clock)
        empty(worker)
        (letter,) = kept(sqlite_database)
        assert (letter.state, letter.tries, bool(letter.last_error)) == (State.WAITING, 1, True)
        office.answers.clear()
        office.taken.clear()  # a server that is full has read it all the same
        clock.pass_time(seconds=5)
        empty(worker)
        (letter,) = kept(sqlite_database)
        assert (letter.state, letter.tries, letter.last_error) == (State.SENT, 2, "")
        assert len(office.taken) == 1


def test_the_outbox_keeps_the_servers_own_words(sqlite_database: Database, clock: StillClock) -> None:
    with post_offices.opened(rcpt="451 4.7.1 Greylisted, come back") as office:
        write(sqlite_database)
        empty(postman(sqlite_database, mailer(office), clock))
    assert kept(sqlite_database)[0].last_error == "451 4.7.1 Greylisted, come back"


def test_nothing_is_tried_for_longer_than_two_days(sqlite_database: Database, clock: StillClock) -> None:
    with post_offices.opened(rcpt="451 not now") as office:
        write(sqlite_database)
        tries = wait_out(postman(sqlite_database, mailer(office), clock), sqlite_database, clock, hours=100)
    (letter,) = kept(sqlite_database)
    assert (letter.state, letter.last_error) == (State.FAILED, "451 not now")
    assert letter.failed_at is not None
    assert timedelta(hours=48) <= letter.failed_at - NOON <= timedelta(hours=49)
    assert 50 <= tries == office.calls <= 65, "the pauses grow to an hour"


# --- what is not -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", ["rcpt", "data", "end"])
def test_what_is_refused_for_good_is_tried_once_and_shown(
    sqlite_database: Database, clock: StillClock, step: str
) -> None:
    with post_offices.opened(**{step: "550 5.1.1 no such user"}) as office:
        write(sqlite_database)
        wait_out(postman(sqlite_database, mailer(office), clock), sqlite_database, clock, hours=100)
        (letter,) = kept(sqlite_database)
        assert (letter.state, letter.last_error, office.calls) == (State.FAILED, "550 5.1.1 no such user", 1)


def test_a_refused_reader_harms_no_other_letter(sqlite_database: Database, clock: StillClock) -> None:
    with post_offices.opened() as office:
        office.refused["gone@example.org"] = "550 no such user"
        write(sqlite_database, "ana@example.org", "gone@example.org", "ben@example.org")
        empty(postman(sqlite_database, mailer(office), clock))
        assert [one.state for one in kept(sqlite_database)] == [State.SENT, State.FAILED, State.SENT]
        assert len(office.taken) == 2


# --- nobody can say --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", [HANG, DROP])
def test_where_the_answer_to_the_last_line_never_comes_the_letter_is_marked_and_not_sent_twice(
    sqlite_database: Database, clock: StillClock, how: str
) -> None:
    with post_offices.opened(end=how) as office:
        write(sqlite_database)
        worker = postman(sqlite_database, mailer(office), clock)
        wait_out(worker, sqlite_database, clock, hours=100)
        (letter,) = kept(sqlite_database)
        assert (letter.state, len(office.taken), office.calls) == (State.UNSURE, 1, 1)
        assert letter.last_error


def test_a_letter_that_is_cut_short_is_never_called_sent(sqlite_database: Database, clock: StillClock) -> None:
    """What the other machine had taken when the line ended is not always known here: then it is marked."""
    with post_offices.opened(body=DROP) as office:
        write(sqlite_database)
        empty(postman(sqlite_database, mailer(office), clock))
        assert office.taken == []
    assert kept(sqlite_database)[0].state in {State.UNSURE, State.WAITING}


def test_where_this_machine_dies_while_handing_over_the_letter_is_marked(
    sqlite_database: Database, clock: StillClock
) -> None:
    class Killed(BaseException):
        """What no handler of ours catches."""

    class Dies:
        def send(self, _message: EmailMessage, *, handing_over: carriers.HandingOver) -> None:
            handing_over()
            raise Killed

    write(sqlite_database)
    with pytest.raises(Killed):
        postman(sqlite_database, Dies(), clock).run_once()
    clock.now += jobs.LEASE + timedelta(seconds=1)
    with post_offices.opened() as office:
        empty(postman(sqlite_database, mailer(office), clock))
        assert office.taken == []
    (letter,) = kept(sqlite_database)
    assert (letter.state, letter.last_error) == (State.UNSURE, mail.DIED)


def test_control_without_the_mark_a_letter_is_sent_twice(
    sqlite_database: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carriers, "Unsure", NotTaken)
    with post_offices.opened(end=DROP) as office:
        write(sqlite_database)
        worker = postman(sqlite_database, mailer(office), clock)
        empty(worker)
        clock.pass_time(seconds=5)
        empty(worker)
        assert len(office.taken) == 2


def test_a_letter_has_one_message_id_at_every_try_and_when_it_may_have_come(
    sqlite_database: Database, clock: StillClock
) -> None:
    with post_offices.opened(end="452 out of room") as office:
        (number,) = write(sqlite_database)
        worker = postman(sqlite_database, mailer(office), clock)
        empty(worker)
        office.answers["end"] = DROP
        clock.pass_time(seconds=5)
        empty(worker)
        office.answers.clear()
        with sqlite_database.write() as db:
            mail.send_again(db, db.get_one(Mail, number), now=clock())
        empty(worker)
    names = {message_from_bytes(one, policy=SMTP)["Message-ID"] for one in office.taken}
    assert (len(office.taken), len(names)) == (3, 1)
    assert [one.state for one in kept(sqlite_database)] == [State.UNSURE, State.SENT]


def test_a_letter_comes_as_it_was_written_with_its_lone_dots(sqlite_database: Database, clock: StillClock) -> None:
    with post_offices.opened() as office:
        write(sqlite_database)
        empty(postman(sqlite_database, mailer(office), clock))
        raw = office.taken[0].replace(b"\r\n..", b"\r\n.")  # as a server undoes it
    plain = message_from_bytes(raw, policy=SMTP).get_body(("plain",))
    assert plain is not None
    assert plain.get_content().replace("\r\n", "\n") == LETTER.text


# --- whose server it is ----------------------------------------------------------------------------------------------


class Keeps:
    """What an aiosmtpd server takes."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802 - its protocol
        self.taken.append(envelope.content)
        return "250 OK"


@pytest.fixture
def own(tmp_path: Path) -> tuple[Path, Path]:
    return post_offices.certificate(tmp_path)


@pytest.fixture
def encrypted(own: tuple[Path, Path]) -> Iterator[tuple[Controller, Keeps]]:
    keeps = Keeps()
    controller = Controller(
        keeps, hostname="127.0.0.1", port=free_port(), tls_context=post_offices.served_with(own), require_starttls=True
    )
    controller.start()
    yield controller, keeps
    controller.stop()


def free_port() -> int:
    with post_offices.opened() as office:
        return office.port


def told(database: Database, clock: StillClock, carrier: SmtpMailer) -> tuple[State, str]:
    write(database)
    empty(postman(database, carrier, clock))
    (letter,) = kept(database)
    return letter.state, letter.last_error


def test_with_starttls_a_letter_reaches_the_server_whose_certificate_is_trusted(
    sqlite_database: Database, clock: StillClock, encrypted: tuple[Controller, Keeps], own: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(carriers, "is_this_machine", lambda _host: False)
    controller, keeps = encrypted
    carrier = SmtpMailer(f"smtp://127.0.0.1:{controller.port}", context=lambda: post_offices.trusting(own[0]))
    assert told(sqlite_database, clock, carrier) == (State.SENT, "")
    assert len(keeps.taken) == 1


@pytest.mark.parametrize("why", ["nobody vouches for it", "it bears another name"])
def test_no_letter_goes_to_a_server_with_a_wrong_certificate(
    sqlite_database: Database, clock: StillClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    monkeypatch.setattr(carriers, "is_this_machine", lambda _host: False)
    paths = post_offices.certificate(tmp_path, host="mail.example.org")
    keeps = Keeps()
    tls = post_offices.served_with(paths)
    controller = Controller(keeps, hostname="127.0.0.1", port=free_port(), tls_context=tls)
    controller.start()
    trusted = why == "it bears another name"
    context = (lambda: post_offices.trusting(paths[0])) if trusted else ssl.create_default_context
    state, words = told(sqlite_database, clock, SmtpMailer(f"smtp://127.0.0.1:{controller.port}", context=context))
    controller.stop()
    assert (state, keeps.taken) == (State.WAITING, [])
    assert "CERTIFICATE_VERIFY_FAILED" in words


def test_smtps_checks_the_certificate_too(sqlite_database: Database, clock: StillClock, own: tuple[Path, Path]) -> None:
    keeps = Keeps()
    tls = post_offices.served_with(own)
    controller = Controller(keeps, hostname="127.0.0.1", port=free_port(), ssl_context=tls)
    controller.start()
    url = f"smtps://127.0.0.1:{controller.port}"
    state, words = told(sqlite_database, clock, SmtpMailer(url))
    assert (state, "CERTIFICATE_VERIFY_FAILED" in words) == (State.WAITING, True)
    SmtpMailer(url, context=lambda: post_offices.trusting(own[0])).send(note(), handing_over=lambda: None)
    controller.stop()
    assert len(keeps.taken) == 1


def note() -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "ce@example.org", "ana@example.org"
    message.set_content("…")
    return message


def test_no_letter_travels_in_the_open_to_another_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with post_offices.opened() as office:
        SmtpMailer(office.url).send(note(), handing_over=lambda: None)  # the control: to this machine it does
        assert len(office.taken) == 1
        monkeypatch.setattr(carriers, "is_this_machine", lambda _host: False)
        with pytest.raises(NotTaken, match="STARTTLS"):
            SmtpMailer(office.url).send(note(), handing_over=lambda: None)
        assert len(office.taken) == 1


@pytest.mark.parametrize(
    ("host", "here"),
    [("localhost", True), ("127.0.0.1", True), ("::1", True), ("127.1.2.3", True), ("10.0.0.5", False),
     ("mail.example.org", False), ("localhost.example.org", False), ("127.0.0.1.example.org", False)],
)  # fmt: skip
def test_this_machine_is_known_by_its_own_names_only(host: str, here: bool) -> None:  # noqa: FBT001
    assert carriers.is_this_machine(host) is here


# --- nobody waits for a slow server ----------------------------------------------------------------------------------


def test_a_server_that_never_ends_its_answer_is_left_after_a_while() -> None:
    with post_offices.opened(greet=HANG) as office:
        began = monotonic()
        with pytest.raises(NotTaken):
            SmtpMailer(office.url, step_seconds=20, letter_seconds=QUICK).send(note(), handing_over=lambda: None)
        assert monotonic() - began < 5


def test_a_letter_is_over_before_another_worker_may_begin_it() -> None:
    assert timedelta(seconds=carriers.LETTER_SECONDS + carriers.STEP_SECONDS) < jobs.LEASE


def test_while_mail_hangs_other_work_goes_on(sqlite_database: Database, clock: StillClock) -> None:
    worked = threading.Event()
    with post_offices.opened(rcpt=HANG) as office:
        send = mail.sender(sqlite_database, SmtpMailer(office.url), from_address=lambda: "ce@example.org", clock=clock)
        work = {"mail": send, "other": lambda _payload: worked.set()}
        write(sqlite_database)
        with sqlite_database.write() as db:
            jobs.queue(db, kind="other", key="other", payload={}, now=NOON)
        worker = Worker(sqlite_database, clock, work, apart=frozenset({"mail"}))
        worker.start()
        assert worked.wait(5)
        assert kept(sqlite_database)[0].state == State.WAITING
        office.released.set()
        worker.stop()


def test_control_in_one_thread_other_work_waits_for_the_mail(sqlite_database: Database, clock: StillClock) -> None:
    worked = threading.Event()
    with post_offices.opened(rcpt=HANG) as office:
        send = mail.sender(sqlite_database, SmtpMailer(office.url), from_address=lambda: "ce@example.org", clock=clock)
        write(sqlite_database)
        with sqlite_database.write() as db:
            jobs.queue(db, kind="other", key="other", payload={}, now=NOON + timedelta(seconds=0))
        worker = Worker(sqlite_database, clock, {"mail": send, "other": lambda _payload: worked.set()})
        worker.start()
        assert not worked.wait(1)
        office.released.set()
        worker.stop()


def test_a_page_is_answered_at_once_while_the_mail_server_hangs(settings: Settings) -> None:
    with post_offices.opened(greet=HANG) as office:
        app = create_app(settings.model_copy(update={"smtp_url": office.url}), draws=Pencil(), signer=SIGNER)
        with TestClient(app, base_url=PUBLIC, follow_redirects=False) as browser:
            slowest = 0.0
            for number in range(8):
                began = monotonic()
                answer = browser.post(
                    "/sign-in",
                    files={"email": (None, f"ana{number}@example.org")},
                    headers={"sec-fetch-site": "same-origin"},
                )
                slowest = max(slowest, monotonic() - began)
                assert answer.status_code < 400
            assert slowest < 3
            office.released.set()
