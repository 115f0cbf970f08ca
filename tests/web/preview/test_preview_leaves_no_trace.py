"""Whoever previews a course takes all of it, its exam too, and leaves no trace: not a row, not a file, not a byte."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import steps
from cast import NOON
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from forms import follow, send
from on_view import COURSES, Viewer
from sqlalchemy import inspect, text

from app import request
from app.content.folder import OnDisk
from app.library.provider import Provider
from app.request import Db, Now, Reviewer
from app.web import preview
from app.web.preview import carried

pytest_plugins = ["viewers"]

PREFIX = "/looks/{draft_id}/preview"  # beside the Studio’s own
AT = "/looks/1/preview"
TOUCHED = {"sign_in"}  # that she is still here is written whatever she does


def found(draft_id: int, person: Reviewer, db: Db, now: Now) -> preview.OnView:
    return preview.look(OnDisk(COURSES["every"]), at=AT, provider=Provider(), now=now)


@pytest.fixture
def author(house: FastAPI, sign_in_as) -> TestClient:  # type: ignore[no-untyped-def]
    """Ines, in a house whose Studio has a preview of a course that holds every construct."""
    house.include_router(preview.router(found, prefix=PREFIX))
    return sign_in_as("ines")


def rows(house: FastAPI) -> dict[str, list[Any]]:
    """Give everything that is in the database."""
    with house.state.wiring.database.read() as db:
        tables = set(inspect(db.connection()).get_table_names()) - TOUCHED
        return {table: db.execute(text(f"SELECT * FROM {table}")).all() for table in sorted(tables)}


def bytes_below(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("continua.db"))
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def takes_the_exam(client: TestClient, at: str) -> str:
    """Read, answer, review, submit, evaluate; give the last page."""
    page = client.get(f"{at}/page/courses/every-construct")
    for _ in range(2):
        page = follow(client, send(client, _next_module(client, page), "/done"))
    exam = follow(client, send(client, page, "/exam"))
    fields = set(re.findall(r'name="(q\.[\w-]+)" value="(p\d)"', exam.text))
    answers = dict(sorted(fields))
    review = follow(client, send(client, exam, "/answers", then="review", **{_field(n): v for n, v in answers.items()}))
    assert "Not answered" in review.text
    result = follow(client, client.post(_submit_href(review.text)))
    assert "By objective" in result.text
    evaluation = client.get(f"{at}/page/evaluation")
    filled = steps.fill_evaluation(evaluation) | dict.fromkeys(re.findall(r'name="(own-[\w-]+)"', evaluation.text), "5")
    certificate = follow(client, client.post(f"{at}/page/evaluation", data=filled))
    return certificate.text


def _submit_href(page: str) -> str:
    found = re.search(r'action="([^"]*/submit[^"]*)"', page)
    assert found
    return unescape(found[1])


def _field(name: str) -> str:
    return name.replace(".", "__", 1)


def _next_module(client: TestClient, page: Any) -> Any:
    if "/modules/" in page.url.path:
        return page
    found = re.search(r'href="([^"]*/modules/[^"]*)"', page.text)
    assert found
    return client.get(found[1])


def test_taking_a_whole_course_in_the_studio_writes_no_row(house: FastAPI, author: TestClient, tmp_path: Path) -> None:
    before, files = rows(house), bytes_below(tmp_path)
    assert "Sample: not a certificate" in takes_the_exam(author, AT)
    assert rows(house) == before
    assert bytes_below(tmp_path) == files


def test_taking_it_on_the_site_does(house: FastAPI, sign_in_as) -> None:  # type: ignore[no-untyped-def]
    steps.publish(house)
    ana, before = sign_in_as("ana"), rows(house)
    steps.earn(ana)
    assert len([table for table, found in rows(house).items() if found != before[table]]) > 5


def test_taking_it_alone_changes_no_file(every: Viewer, tmp_path: Path) -> None:
    before = bytes_below(tmp_path)
    assert "Sample: not a certificate" in takes_the_exam(every.client, "")
    assert bytes_below(tmp_path) == before


def test_answers_come_back_as_they_were_given(every: Viewer) -> None:
    exam = every.client.get("/page/attempts/5")
    review = follow(every.client, send(every.client, exam, "/answers", then="review"))
    name, value = re.findall(r'name="(q\.[\w-]+)" value="(p2)"', exam.text)[0]
    page = follow(every.client, send(every.client, exam, "/answers", then="stay", **{_field(name): value}))
    assert re.search(rf'name="{re.escape(name)}" value="{value}"[^>]* checked', page.text)
    assert not re.search(rf'name="{re.escape(name)}" value="{value}"[^>]* checked', review.text)
    assert parse_qs(urlsplit(str(page.url)).query)["given"]


def test_an_address_that_somebody_has_changed_holds_no_answers(every: Viewer) -> None:
    for word in ("", "x", "%00", "eJw" * 50, "ñ", "A" * 9_000):
        assert ">0</span> of" in every.client.get("/page/attempts/5", params={"given": word}).text


def test_answers_too_long_for_an_address_are_told_so(every: Viewer) -> None:
    exam = every.client.get("/page/attempts/5")
    long = "".join(hashlib.sha256(str(one).encode()).hexdigest() for one in range(300))
    answer = every.client.post("/page/attempts/5/answers", data={"q.any": long, "then": "review"})
    assert exam.status_code == 200
    assert answer.status_code == carried.TooMuchToCarry.status
    assert carried.TooMuchToCarry.message.split(".")[0] in answer.text


def calls(needs: Dependant) -> Iterator[object]:
    yield needs.call
    for one in needs.dependencies:
        yield from calls(one)


def test_each_route_of_a_preview_asks_whom_its_studio_lets_in() -> None:
    routes = [route for route in preview.router(found, prefix=PREFIX).routes if isinstance(route, APIRoute)]
    assert len(routes) > 10
    assert all(request.reviewer in calls(route.dependant) and route.path.startswith(PREFIX) for route in routes)


def test_somebody_who_may_not_look_is_told_nothing(author: TestClient, sign_in_as, browser: TestClient) -> None:  # type: ignore[no-untyped-def]
    assert author.get(f"{AT}/").status_code == 200
    for path in ("/", "/page/", "/page/attempts/1/key", "/source/exam.md"):
        assert sign_in_as("ben").get(f"{AT}{path}").status_code == 403
        assert browser.get(f"{AT}{path}").status_code == 303


def links(page: str) -> Iterator[str]:
    yield from re.findall(r'(?:href|action|src|data-place)="([^"]*)"', page)


def test_every_address_of_every_page_stays_in_the_preview(author: TestClient) -> None:
    inside = f"{AT}/page"
    waiting, seen = [f"{inside}/"], set()
    while waiting:
        address = waiting.pop()
        seen.add(address)
        answer = author.get(address)
        assert "frame-ancestors 'self'" in answer.headers["content-security-policy"] or "/media/" in address
        if "html" not in answer.headers["content-type"]:
            assert answer.headers["cache-control"].startswith("private"), f"{address}: nothing of a draft is published"
            continue
        for link in links(answer.text):
            path = link.partition("#")[0]
            # A grievance is for the provider, whoever sees it: there is no sample of one.
            outside = (
                path.startswith(("/grievances", "/static/", "/theme", "https://", "http://", "mailto:", "tel:", "?"))
                or not path
            )
            assert outside or path.startswith((inside, f"{AT}/source/")), f"{address} leads to {link}"
            if path.startswith(inside) and path not in seen and "/answers" not in path:
                waiting.append(path)
    assert len(seen) > 10
    assert any("/media/" in address for address in seen)


def test_pages_of_learners_are_still_framed_by_nobody(house: FastAPI, author: TestClient) -> None:
    steps.publish(house)
    assert "frame-ancestors 'none'" in author.get("/").headers["content-security-policy"]
    desk = author.get(f"{AT}/").headers["content-security-policy"]
    assert "frame-src 'self'" in desk
    assert "frame-ancestors 'none'" in desk, "the desk holds a page, and nothing holds the desk"
    assert "frame-ancestors 'self'" in author.get(f"{AT}/source/exam.md").headers["content-security-policy"]
    assert "script-src 'self';" in desk


def test_a_preview_is_read_again_only_when_its_text_has_changed() -> None:
    one, other = (
        preview.look(OnDisk(COURSES["every"]), at=AT, provider=Provider(), now=NOON).reading for _ in range(2)
    )
    assert one is other
    assert preview.look(OnDisk(COURSES["every"]), at="/else", provider=Provider(), now=NOON).reading is not one
