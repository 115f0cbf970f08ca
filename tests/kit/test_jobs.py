"""Jobs: asked for in the act's own transaction, done once, retried until they are, taken over when a worker dies."""

from __future__ import annotations

import json
import threading
from datetime import timedelta

import pytest
from cast import NOON
from conftest import StillClock
from sqlmodel import Session, select

from app.kit import jobs
from app.kit.database import Database
from app.kit.jobs import Job, Payload, Worker

ENOUGH_SECONDS = 20.0  # nothing waits this long unless it is broken


def ask(db: Session, number: int, *, kind: str = "count", minutes: int = 0) -> None:
    due_at = NOON + timedelta(minutes=minutes)
    jobs.queue(db, kind=kind, key=f"{kind}:{number}", payload={"number": number}, now=due_at)


def asked(database: Database, *numbers: int) -> None:
    with database.write() as db:
        for number in numbers:
            ask(db, number)


def one_job(database: Database) -> Job:
    with database.read() as db:
        return db.exec(select(Job)).one()


@pytest.fixture
def done() -> list[int]:
    """The numbers of the jobs that were done, in the order they were."""
    return []


@pytest.fixture
def worker(database: Database, clock: StillClock, done: list[int]) -> Worker:
    return Worker(database, clock, {"count": lambda payload: done.append(payload["number"])})


# --- asking ------------------------------------------------------------------------------------------------------


def test_asking_again_for_what_is_queued_changes_nothing(database: Database, worker: Worker, done: list[int]) -> None:
    asked(database, 1, 1)
    asked(database, 1)
    while worker.run_once():
        pass
    assert done == [1]


def test_asking_again_for_what_is_done_changes_nothing(database: Database, worker: Worker, done: list[int]) -> None:
    asked(database, 1)
    worker.run_once()
    asked(database, 1)
    assert not worker.run_once()
    assert done == [1]


def test_an_act_that_fails_asks_for_nothing(database: Database, worker: Worker) -> None:
    with database.write() as db:
        ask(db, 1)
        db.rollback()
    assert not worker.run_once()


# --- taking ------------------------------------------------------------------------------------------------------


def test_what_has_been_due_longest_is_done_first(database: Database, worker: Worker, done: list[int]) -> None:
    with database.write() as db:
        ask(db, 2, minutes=-1)
        ask(db, 3, minutes=-1)
        ask(db, 1, minutes=-2)
    while worker.run_once():
        pass
    assert done == [1, 2, 3]


def test_what_is_not_due_yet_waits(database: Database, worker: Worker, clock: StillClock, done: list[int]) -> None:
    with database.write() as db:
        ask(db, 1, minutes=5)
    assert not worker.run_once()
    clock.pass_time(minutes=5)
    assert worker.run_once()
    assert done == [1]


def test_a_worker_leaves_the_kinds_it_does_not_know(database: Database, worker: Worker) -> None:
    with database.write() as db:
        ask(db, 1, kind="somebody-elses")
    assert not worker.run_once()
    assert one_job(database).tries == 0


def test_a_job_in_one_workers_hands_is_in_no_others(database: Database, worker: Worker) -> None:
    asked(database, 1)
    with database.write() as db:
        assert jobs.claim(db, kinds=("count",), now=NOON) is not None
    assert not worker.run_once()


def test_control_without_a_lease_a_job_is_taken_twice(
    database: Database, worker: Worker, done: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "LEASE", timedelta(seconds=-1))
    asked(database, 1)
    with database.write() as db:
        jobs.claim(db, kinds=("count",), now=NOON)
    assert worker.run_once()
    assert done == [1]


def test_the_job_of_a_worker_that_died_is_taken_over(
    database: Database, worker: Worker, clock: StillClock, done: list[int]
) -> None:
    asked(database, 1)
    with database.write() as db:
        jobs.claim(db, kinds=("count",), now=NOON)
    clock.now += jobs.LEASE + timedelta(seconds=1)
    assert worker.run_once()
    assert done == [1]
    assert one_job(database).tries == 2


def test_while_one_worker_takes_a_job_another_takes_the_next_without_waiting(postgres_database: Database) -> None:
    asked(postgres_database, 1, 2)
    with postgres_database.write() as one, postgres_database.write() as other:
        first = jobs.claim(one, kinds=("count",), now=NOON)
        second = jobs.claim(other, kinds=("count",), now=NOON)
    assert first is not None
    assert second is not None
    assert [first.payload, second.payload] == [{"number": 1}, {"number": 2}]


# --- failing -----------------------------------------------------------------------------------------------------


def test_a_job_that_failed_is_tried_again_later_and_later_up_to_an_hour(database: Database, clock: StillClock) -> None:
    def fail(_payload: Payload) -> None:
        raise ConnectionRefusedError("no server there")

    worker = Worker(database, clock, {"count": fail})
    asked(database, 1)
    waits = []
    for _ in range(12):
        assert worker.run_once()
        assert not worker.run_once()
        waits.append(int((one_job(database).due_at - clock()).total_seconds()))
        clock.now = one_job(database).due_at
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600]
    assert one_job(database).last_error == "ConnectionRefusedError: no server there"
    assert one_job(database).done_at is None


def test_a_job_that_failed_is_done_when_it_works_again(database: Database, clock: StillClock) -> None:
    moods = [TimeoutError("slow"), None]

    def work(_payload: Payload) -> None:
        if mood := moods.pop(0):
            raise mood

    worker = Worker(database, clock, {"count": work})
    asked(database, 1)
    worker.run_once()
    clock.pass_time(seconds=5)
    assert worker.run_once()
    job = one_job(database)
    assert (job.done_at, job.last_error, job.lease_until) == (clock(), "", None)


def test_one_job_that_fails_does_not_stop_the_others(database: Database, clock: StillClock, done: list[int]) -> None:
    def work(payload: Payload) -> None:
        if payload["number"] == 1:
            raise ValueError("not this one")
        done.append(payload["number"])

    worker = Worker(database, clock, {"count": work})
    asked(database, 1, 2, 3)
    while worker.run_once():
        pass
    assert done == [2, 3]


# --- in the background -------------------------------------------------------------------------------------------


def test_three_workers_do_each_of_sixty_jobs_once(database: Database, clock: StillClock) -> None:
    done, finished = [], threading.Event()

    def work(payload: Payload) -> None:
        done.append(payload["number"])
        if len(done) >= 60:
            finished.set()

    asked(database, *range(60))
    workers = [Worker(database, clock, {"count": work}) for _ in range(3)]
    for worker in workers:
        worker.start()
    assert finished.wait(ENOUGH_SECONDS)
    for worker in workers:
        worker.stop()
    assert sorted(done) == list(range(60))
    with database.read() as db:
        assert {job.tries for job in db.exec(select(Job))} == {1}


def test_a_worker_that_is_woken_does_not_wait_for_its_next_look(
    database: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "POLL_SECONDS", 10 * ENOUGH_SECONDS)
    worked = threading.Event()
    worker = Worker(database, clock, {"count": lambda _payload: worked.set()})
    worker.start()
    asked(database, 1)
    worker.wake()
    assert worked.wait(ENOUGH_SECONDS)
    worker.stop()


def test_a_worker_that_cannot_read_its_list_tries_again(
    database: Database, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "POLL_SECONDS", 0.01)
    worked, claim, calls = threading.Event(), jobs.claim, iter([OSError("the disk is away")])

    def claim_at_second_try(*about: object, **more: object) -> object:
        for trouble in calls:
            raise trouble
        return claim(*about, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(jobs, "claim", claim_at_second_try)
    asked(database, 1)
    worker = Worker(database, clock, {"count": lambda _payload: worked.set()})
    worker.start()
    assert worked.wait(ENOUGH_SECONDS)
    worker.stop()


def test_a_payload_is_plain_json(database: Database) -> None:
    asked(database, 7)
    assert json.loads(one_job(database).payload) == {"number": 7}
