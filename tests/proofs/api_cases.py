"""Cases made from the description of the API, and of every page: nothing breaks, and no answer has another shape.

Schemathesis writes the cases, good and bad ones, from the OpenAPI that the house serves; for pages it is given a
description made from the routes, with the names of all form fields. The house runs in this process, and each case is
sent as one of the cast. What breaks is told with the request that broke it.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import cast as the_cast
import hypothesis
import requests
import steps
from conftest import Pencil, Postbox
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx2 import InvalidURL
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as some
from makers import SIGNER, make_certificate

from app import counter
from app.identity import sign_in
from app.identity.sign_in import Proof
from app.kit.allowance import Allowance
from app.main import ROUTERS, create_app
from app.settings import Settings
from app.web.costs import Measured

PUBLIC = "https://ce.example.org"
ANYBODY = "nobody"
ROLES = (ANYBODY, "ana", "ines", "ada")  # anonymous, learner, instructor, admin
MODES = ("positive", "negative")
PLACE = re.compile(r"\{(\w+)(?::\w+)?\}")
FIELD = re.compile(r'name="([a-z][\w.-]{0,40})"')
TEMPLATES = Path(__file__).parents[2] / "templates"
FORM = "application/x-www-form-urlencoded"
LET_PASS = {"/sign-out": "it would end the sign-in that every further case is sent with"}
KNOWN = ["1", "2", steps.CODE, "first", "question-1", "course.md"]
SHOWN = 5
FAULT = 500


@dataclass(slots=True)
class Outcome:
    """What came of a run."""

    cases: int = 0
    operations: int = 0
    statuses: Counter[str] = field(default_factory=Counter)
    senders: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """How often something broke."""
        return len(self.broken)

    def told(self) -> dict[str, Any]:
        """Give what evidence says."""
        return {
            "cases": self.cases,
            "operations": self.operations,
            "statuses": dict(sorted(self.statuses.items())),
            "senders": dict(sorted(self.senders.items())),
            "broken": self.broken[:SHOWN],
        }


@contextmanager
def opened(url: str, folder: Path) -> Iterator[tuple[FastAPI, dict[str, TestClient]]]:
    """Open a house with a course and a certificate, and a browser for each of the roles. Nobody is asked to wait."""
    kept = Settings(_env_file=None, data=folder, database_url=url, public_url=PUBLIC, smtp_url="smtp://127.0.0.1:9")  # type: ignore[call-arg]
    clock = lambda: the_cast.NOON  # noqa: E731 - it stands still
    with mock.patch("app.main.Measured", partial(Measured, dear=())), ExitStack() as stack:
        house = create_app(kept, clock=clock, mailer=Postbox(), draws=Pencil(), signer=SIGNER)
        house.state.wiring = _patient(house)
        browsers = {}
        for name in ROLES:
            client = TestClient(house, base_url=PUBLIC, follow_redirects=False, raise_server_exceptions=False)
            stack.callback(client.close)
            browsers[name] = client
            if name != ANYBODY:
                client.cookies.set("__Host-continua", _token(house, name))
        try:
            yield house, browsers
        finally:
            house.state.wiring.checks.room.close()
            house.state.wiring.database.close()


def _patient(house: FastAPI) -> Any:
    return replace(house.state.wiring, checks_allowed=Allowance(per_minute=10**9, burst=10**9))


def _token(house: FastAPI, name: str) -> str:
    with house.state.wiring.database.write() as db:
        person = the_cast.join(db, name)
        if name == "ana":
            make_certificate(db, person)
        return sign_in.begin(db, person, proof=Proof.PASSKEY, now=the_cast.NOON)


# --- descriptions ------------------------------------------------------------------------------------------------


def of_api(browser: TestClient) -> dict[str, Any]:
    """Give the description that the house serves."""
    told: dict[str, Any] = browser.get("/api/v1/openapi.json").json()
    return told | {"servers": [{"url": PUBLIC}]}


def of_pages() -> dict[str, Any]:
    """Describe every way into the house that is no API: what it takes, and that it answers anything but a fault."""
    fields = sorted({name for path in TEMPLATES.rglob("*.html") for name in FIELD.findall(path.read_text())})
    paths: dict[str, Any] = {}
    for router in ROUTERS:
        for route in router.routes:
            plain = PLACE.sub(r"{\1}", route.path)
            if route.path.startswith("/api/") or plain in LET_PASS:
                continue
            for method in route.methods:
                paths.setdefault(plain, {})[method.lower()] = _operation(method, PLACE.findall(route.path), fields)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pages", "version": "1"},
        "servers": [{"url": PUBLIC}],
        "paths": paths,
    }


def _operation(method: str, places: list[str], fields: list[str]) -> dict[str, Any]:
    anything = {"anyOf": [{"enum": KNOWN}, {"type": "string", "minLength": 1}]}
    told: dict[str, Any] = {
        "parameters": [
            *({"name": place, "in": "path", "required": True, "schema": anything} for place in places),
            *({"name": name, "in": "query", "schema": anything} for name in ("q", "page", "sort", "next", "number")),
        ],
        "responses": {"default": {"description": "Anything but a fault."}},
    }
    if method != "GET":
        form = {
            "type": "object",
            "properties": {"field": {"type": "string"}},
            "propertyNames": {"anyOf": [{"enum": fields}, {"type": "string"}]},
            "additionalProperties": anything,
        }
        told["requestBody"] = {"content": {FORM: {"schema": form}}}
    return told


# --- and cases ---------------------------------------------------------------------------------------------------


def prove(browsers: dict[str, TestClient], described: dict[str, Any], *, n: int, seed_: int) -> Outcome:
    """Send `n` cases of a description or some more, good and bad, each operation about as often as any other."""
    from schemathesis import GenerationMode, openapi

    outcome = Outcome()
    operations = [one.ok() for one in openapi.from_dict(described).get_all_operations()]
    outcome.operations = len(operations)
    rounds = 0
    while outcome.cases < n:  # what takes nothing cannot be asked for wrongly: what it leaves is sent to the others
        sent = outcome.cases
        each = max(1, -(-(n - sent) // (len(operations) * len(MODES))))
        for number, operation in enumerate(operations):
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                with suppress(hypothesis.errors.Unsatisfiable, hypothesis.errors.InvalidArgument):
                    cases = operation.as_strategy(generation_mode=mode)
                    _send_all(cases, browsers, outcome, each=each, seed_=seed_ + number + rounds * len(operations))
        if outcome.cases == sent:
            break
        rounds += 1
    return outcome


def _send_all(cases: Any, browsers: dict[str, TestClient], outcome: Outcome, *, each: int, seed_: int) -> None:
    @seed(seed_)
    @settings(
        max_examples=each,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, name=some.sampled_from(ROLES))
    def send(case: Any, name: str) -> None:
        outcome.cases += 1
        outcome.senders[name] += 1
        outcome.broken += _send(case, browsers[name], outcome)

    with warnings.catch_warnings(action="ignore"):  # what the writer of cases remarks on is no fault of the house
        send()


def _send(case: Any, browser: TestClient, outcome: Outcome) -> list[str]:
    """Send a case, and say what is wrong with its answer."""
    sent = case.as_transport_kwargs(base_url=PUBLIC)
    try:
        written = _written(sent)
        answer = browser.request(**written)
    except (ValueError, TypeError, AttributeError, InvalidURL, requests.RequestException):
        outcome.statuses["never left"] += 1  # no program could put it on the wire
        return []
    outcome.statuses[str(answer.status_code)] += 1
    what = f"{case.method} {sent['url']} → {answer.status_code}"
    if answer.status_code >= FAULT and answer.status_code != 503:
        return [what]
    return [f"{what}: {wrong}" for wrong in _breaches(case, answer)]


def _breaches(case: Any, answer: Any) -> list[str]:
    from schemathesis import checks  # noqa: F401 - it registers what is checked
    from schemathesis.core.failures import FailureGroup
    from schemathesis.specs.openapi.checks import (
        content_type_conformance,
        response_schema_conformance,
        status_code_conformance,
    )

    try:
        case.validate_response(
            answer, checks=[status_code_conformance, content_type_conformance, response_schema_conformance]
        )
    except FailureGroup as group:
        return [str(one).splitlines()[0] for one in group.exceptions]
    return []


def _written(sent: dict[str, Any]) -> dict[str, Any]:
    """Write a case out, to the byte, as a program puts it on the wire."""
    kept = {name: sent.get(name) for name in ("method", "url", "params", "headers", "json", "data", "files")}
    whole = requests.Request(**kept).prepare()
    body = whole.body or b""
    headers = {name: value for name, value in whole.headers.items() if name.lower() not in {"user-agent", "cookie"}}
    return {
        "method": whole.method,
        "url": whole.url,
        "headers": headers,
        "content": body.encode() if isinstance(body, str) else bytes(body),
    }


# --- what a run must find ----------------------------------------------------------------------------------------


@contextmanager
def planted_fault() -> Iterator[None]:
    """Break where a number holds a letter beyond ASCII, as programs that were never asked do."""
    of_number = counter.of_number

    def careless(house: Any, typed: str) -> Any:
        typed.encode("ascii")
        return of_number(house, typed)

    with mock.patch.object(counter, "of_number", careless):
        yield


@contextmanager
def planted_shape() -> Iterator[None]:
    """Answer in another shape than the one that is described."""
    of_number = counter.of_number

    def other(house: Any, typed: str) -> Any:
        return of_number(house, typed) | {"ok": "perhaps"}

    with mock.patch.object(counter, "of_number", other):
        yield
