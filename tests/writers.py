"""Authors at work in the Studio. Ask for them with `pytest_plugins = ["writers"]`; what they do is in `writing`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from conftest import PUBLIC, SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient
from writing import Writer, account, begins

from app.identity import sign_in
from app.identity.people import Role
from app.identity.sign_in import Proof


@pytest.fixture
def writer(sign_in_as: SignIn) -> Writer:
    """Ines, with a new course open."""
    return begins(sign_in_as("ines"))


@pytest.fixture
def other(house: FastAPI) -> Iterator[TestClient]:
    """The browser of another instructor, who writes nothing yet."""
    yield from _browser(house, "ola@example.org", Role.INSTRUCTOR)


@pytest.fixture
def reviewer(house: FastAPI) -> Iterator[TestClient]:
    """The browser of somebody who reviews and does not write."""
    yield from _browser(house, "rhea@example.org", Role.REVIEWER)


def _browser(house: FastAPI, email: str, role: Role) -> Iterator[TestClient]:
    wiring = house.state.wiring
    with wiring.database.write() as db:
        token = sign_in.begin(db, account(db, email, role), proof=Proof.PASSKEY, now=wiring.clock())
    with TestClient(house, base_url=PUBLIC, follow_redirects=False) as client:
        client.cookies.set("__Host-continua", token, domain="ce.example.org")
        yield client
