"""An answer costs what it must: few statements, always as many, and nothing read that it has no use for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import anyio.to_thread
import pytest
import steps
from fastapi import FastAPI
from fastapi.testclient import TestClient
from makers import make_course, make_question
from ways import counted

pytest_plugins = ["visitors"]

# Who she is · the attempt, if it is hers · its course · the attempt, held · is it known · what else was answered · keep
STATEMENTS = 7
TRIPS = 3  # to a thread and back: who she is, the handler, the commit
LONG, QUESTIONS = "long-course", 40
JSON = {"accept": "application/json", "sec-fetch-site": "same-origin"}


@pytest.fixture
def sitting(house: FastAPI, hers: TestClient) -> TestClient:
    """Ana, before an exam of many questions."""
    questions = tuple(replace(make_question(one), id=f"question-{one}") for one in range(1, QUESTIONS + 1))
    steps.publish(house, make_course(LONG, questions=questions))
    assert steps.start_exam(hers, LONG).url.path == "/attempts/1"
    return hers


def answer(client: TestClient, sequence: int, *, question: int = 1) -> None:
    """Answer as the script does."""
    name = f"question-{question}"
    sent = {"question": name, f"q.{name}": "1", "sequence": str(sequence), "key": f"key-of-answer-{sequence}"}
    said = client.post("/attempts/1/answers", data=sent, headers=JSON)
    assert said.status_code == 200, said.text
    assert said.json()["counts"]


def test_an_answer_takes_seven_statements_however_many_went_before_it(house: FastAPI, sitting: TestClient) -> None:
    for sequence in range(1, QUESTIONS):
        with counted(house) as statements:
            answer(sitting, sequence, question=1 + sequence % 3)
        assert len(statements) == STATEMENTS, statements


def test_an_answer_reads_no_source_of_a_course(house: FastAPI, sitting: TestClient) -> None:
    with counted(house) as statements:
        answer(sitting, 1)
    assert not [one for one in statements if "edition.source" in one]
    with counted(house) as statements:
        sitting.get("/attempts/1/review")
    assert [one for one in statements if "edition.source" in one], "the control: it would be noticed"


def test_a_whole_page_of_answers_costs_four_statements_for_each(house: FastAPI, sitting: TestClient) -> None:
    page = {f"q.question-{number}": "1" for number in range(1, QUESTIONS + 1)}
    with counted(house) as statements:
        assert sitting.post("/attempts/1/answers", data=page, headers=JSON).status_code == 303
    assert 4 * QUESTIONS < len(statements) < 4 * QUESTIONS + STATEMENTS


def test_an_answer_goes_to_a_thread_for_nothing_but_the_database(
    sitting: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    trips, real = [], anyio.to_thread.run_sync

    async def noted(work: Any, *args: Any, **more: Any) -> Any:
        trips.append(work)
        return await real(work, *args, **more)

    monkeypatch.setattr(anyio.to_thread, "run_sync", noted)
    answer(sitting, 1)
    assert len(trips) == TRIPS, trips
