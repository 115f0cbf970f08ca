"""Browsers of the staff, and a certificate of Ana’s: `pytest_plugins = ["visitors", "colleagues"]` asks for them."""

from __future__ import annotations

import cast as the_cast
import pytest
import steps
from conftest import SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.identity.people import Role
from app.request import Wiring


@pytest.fixture
def wired(house: FastAPI) -> Wiring:
    """What the house is wired with."""
    found: Wiring = house.state.wiring
    return found


@pytest.fixture
def number(hers: TestClient) -> str:
    """The number of the certificate that Ana has earned."""
    return steps.earn(hers)


@pytest.fixture
def ada_browser(sign_in_as: SignIn) -> TestClient:
    """Ada's browser: an administrator."""
    return sign_in_as("ada")


@pytest.fixture
def olu_browser(sign_in_as: SignIn) -> TestClient:
    """Olu's browser: licensing staff."""
    return sign_in_as("olu")


@pytest.fixture
def second(house: FastAPI, sign_in_as: SignIn) -> TestClient:
    """The browser of a second administrator: Ines, who is one in these tests."""
    browser = sign_in_as("ines")
    with house.state.wiring.database.write() as db:
        ines = the_cast.join(db, "ines")
        ines.role = Role.ADMIN
        db.add(ines)
    return browser
