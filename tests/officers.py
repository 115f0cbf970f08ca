"""An officer before a house whose checks answer by a script. Ask for her with `pytest_plugins = ["officers"]`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from conftest import PUBLIC
from fastapi import FastAPI
from fastapi.testclient import TestClient
from scripted_checks import ScriptedChecks, ScriptedHand


@pytest.fixture
def checks(house: FastAPI) -> ScriptedChecks:
    """What answers, from now on."""
    scripted = ScriptedChecks()
    house.state.wiring = replace(house.state.wiring, checks=scripted, attests=ScriptedHand())
    return scripted


@pytest.fixture
def officer(house: FastAPI, checks: ScriptedChecks) -> Iterator[TestClient]:
    """Olu's browser. She is not signed in, for she need not be."""
    client = TestClient(house, base_url=PUBLIC, follow_redirects=False)
    yield client
    client.close()
