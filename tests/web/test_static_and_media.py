"""What pages are made with: everything under static/ and media/, and nothing else on the machine."""

from __future__ import annotations

import hashlib

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from app.kit.templates import STATIC, asset

OUTSIDE = (
    "/static/x//etc/passwd",
    "/static/x/%2Fetc/passwd",
    "/static/x/%2e%2e/pyproject.toml",
    "/static/x/css/%2e%2e/%2e%2e/app/main.py",
    "/static/x/..%2f..%2f..%2f..%2fetc%2fpasswd",
    "/static/x/css/%2e/app.css",
    "/static/x/css//app.css",
    "/static/x/css/../css/app.css%00",
    "/static/x/css",
    "/static/x/" + "a" * 5000,
    "/media/%2e%2e%2fcontinua.db",
    "/media/..%2f..%2fetc%2fpasswd",
    "/media//etc/passwd",
    "/media/" + "a" * 64 + ".svg",
    "/media/%00.svg",
)


@pytest.mark.parametrize("address", OUTSIDE)
def test_nothing_outside_the_shelves_is_served(browser: TestClient, address: str) -> None:
    answer = browser.get(address)
    assert answer.status_code == 404
    assert "root:" not in answer.text
    assert "[project]" not in answer.text


def test_every_file_of_the_house_is_served_under_a_name_that_changes_with_it(browser: TestClient) -> None:
    for path in STATIC.rglob("*.*"):
        answer = browser.get(asset(path.relative_to(STATIC).as_posix()))
        assert answer.status_code == 200, path
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_a_file_asked_for_under_its_old_name_is_not_kept_by_the_browser(browser: TestClient) -> None:
    answer = browser.get("/static/000000000000/css/app.css")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


def test_media_are_served_in_a_sandbox_so_that_a_drawing_runs_no_script(house: FastAPI, browser: TestClient) -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    name = f"{hashlib.sha256(drawing).hexdigest()}.svg"
    house.state.wiring.files.keep(name, drawing)
    answer = browser.get(f"/media/{name}")
    assert answer.content == drawing
    assert answer.headers["content-type"].startswith("image/svg+xml")
    policy = answer.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script-src" not in policy
