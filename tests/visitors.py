"""Browsers at the door of a house with one course on its shelf. Ask for them with `pytest_plugins = ["visitors"]`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import steps
from conftest import PUBLIC, SignIn
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.content.course import Course


@pytest.fixture
def course(house: FastAPI) -> Course:
    """The small course, on the shelf."""
    return steps.publish(house)


@pytest.fixture
def hers(sign_in_as: SignIn, course: Course) -> TestClient:
    """Ana's browser, signed in."""
    return sign_in_as("ana")


@pytest.fixture
def his(sign_in_as: SignIn, course: Course) -> TestClient:
    """Ben's browser, signed in."""
    return sign_in_as("ben")


@pytest.fixture
def stranger(house: FastAPI, course: Course) -> Iterator[TestClient]:
    """A browser in which nobody is signed in, before a house in which no job runs by itself."""
    client = TestClient(house, base_url=PUBLIC, follow_redirects=False)
    yield client
    client.close()
