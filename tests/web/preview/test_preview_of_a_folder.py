"""A folder on view follows what is saved in it: mistakes the last good page, new modules, a folder that is gone."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from on_view import COURSES, Viewer
from typer.testing import CliRunner

from app.cli import commands
from app.web.preview import alone

pytest_plugins = ["viewers"]

TYPO = ("level: beginning", "level: begining")


def desk(viewer: Viewer, **asked: str) -> str:
    answer = viewer.client.get("/", params=asked)
    assert answer.status_code == 200
    return answer.text


def told_by_check(folder: Path) -> list[str]:
    """Give what `continua check` says, line by line."""
    told = CliRunner().invoke(commands.app, ["check", "--today", "2026-11-20", str(folder)])
    return told.output.splitlines()


def test_a_mistake_leaves_the_last_good_page_and_is_told_as_check_tells_it(viewer: Viewer) -> None:
    before = viewer.see(f"/courses/{viewer.code}")
    viewer.change("course.md", *TYPO)
    assert viewer.see(f"/courses/{viewer.code}") == before
    page = desk(viewer)
    assert "the last version without errors" in page
    lines = told_by_check(viewer.folder)
    assert lines
    for line in lines:
        place, _, says = line.partition(": ")
        name, number = place.removeprefix(f"{viewer.folder}/").split(":")[:2]
        assert f'<a href="/source/{name}#L{number}" target="page">{place}</a>' in page
        assert says.replace("'", "&#39;") in page
    viewer.change("course.md", *TYPO[::-1])
    assert "No problems" in desk(viewer)


def test_the_source_marks_the_line_with_what_is_wrong(viewer: Viewer) -> None:
    viewer.change("course.md", *TYPO)
    problem = viewer.watched.view().reading.errors[0]
    page = viewer.client.get("/source/course.md").text
    assert f'<li id="L{problem.line}" class="tone tone-attention">' in page
    assert problem.message in page
    assert viewer.client.get("/source/course.md").text.count('class="tone') == 1
    assert viewer.client.get("/source/../course.md").status_code == 404
    assert viewer.client.get("/source/media/nothing.md").status_code == 404


def test_a_course_that_was_never_sound_says_what_keeps_it(viewer: Viewer) -> None:
    viewer.change("course.md", *TYPO)
    fresh = alone.Watched(viewer.folder, clock=lambda: viewer.watched.view().now)
    client = TestClient(alone.app_of(fresh), base_url="http://127.0.0.1")
    assert "keep the course from being shown" in client.get("/").text
    answer = client.get("/page/courses/any")
    assert answer.status_code == 409
    assert "There is nothing to show yet" in answer.text


def test_a_new_module_appears(viewer: Viewer) -> None:
    first = next(viewer.folder.glob("01-*.md")).read_text(encoding="utf-8")
    (viewer.folder / "03-one-more.md").write_text("---\nobjectives: [1]\n---\n# One more\n\nA short module.\n")
    assert first
    assert "3. One more" in desk(viewer)
    assert "A short module." in viewer.see(f"/courses/{viewer.code}/modules/one-more")


def test_a_folder_that_is_gone_is_a_sentence_and_comes_back(viewer: Viewer) -> None:
    desk(viewer)
    shutil.move(viewer.folder, viewer.folder.with_name("elsewhere"))
    assert "is not there any more" in desk(viewer)
    viewer.see(f"/courses/{viewer.code}")
    shutil.move(viewer.folder.with_name("elsewhere"), viewer.folder)
    assert "is not there any more" not in desk(viewer)


def test_pictures_come_from_the_folder_and_films_in_parts(every: Viewer) -> None:
    for media in every.watched.view().shown.media:
        ending = media.name.rpartition(".")[2]
        address = f"/page/media/{media.sha256}.{ending}"
        whole = every.client.get(address)
        assert whole.content == (COURSES["every"] / media.name).read_bytes()
        assert "sandbox" in whole.headers["content-security-policy"]
        part = every.client.get(address, headers={"Range": "bytes=10-19"})
        assert (part.status_code, part.content) == (206, whole.content[10:20])
        assert part.headers["content-range"] == f"bytes 10-19/{len(whole.content)}"
    assert every.client.get(f"/page/media/{'0' * 64}.svg").status_code == 404


@pytest.mark.parametrize("seed", [1, 2, 7, 999_999_999])
def test_a_seed_lays_out_its_paper_every_time(every: Viewer, seed: int) -> None:
    page = every.see(f"/attempts/{seed}")
    assert page == every.see(f"/attempts/{seed}")
    assert f"/page/attempts/{seed}/answers" in page
    beside = desk(every, seed=str(seed))
    assert f'src="/page/attempts/{seed}"' in beside
    assert "drawn</p>" in beside, "what the pools gave"


def test_seeds_draw_different_papers(every: Viewer) -> None:
    assert len({every.see(f"/attempts/{seed}").replace(f"/{seed}/", "/x/") for seed in range(1, 9)}) > 1


def test_any_other_seed_is_a_small_number(every: Viewer) -> None:
    answer = every.client.get("/", params={"seed": "any", "width": "phone"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/?at=/attempts/")
    assert "width=phone" in answer.headers["location"]


@pytest.mark.parametrize("seed", ["0", "-1", "x", "9" * 40, "1.5", "٣"])
def test_what_is_no_seed_changes_nothing(every: Viewer, seed: str) -> None:
    assert f'src="/page/courses/{every.code}"' in desk(every, seed=seed)


def test_the_key_shows_what_is_right_and_says_that_it_is_the_key(every: Viewer) -> None:
    exam, key = every.see("/attempts/3"), every.see("/attempts/3/key")
    assert "no learner ever does" in key
    course = every.watched.view().shown
    assert course.exam
    rationales = [one.rationale_html for one in course.exam.questions() if one.rationale_html]
    assert any(words in key for words in rationales)
    assert not any(words in exam for words in rationales)
    assert "exam.md, line" in key
    assert "Right answer" in key
    assert "Your answer" not in key


def test_only_this_machine_by_its_own_name_may_look(viewer: Viewer) -> None:
    assert viewer.client.get("/", headers={"Host": "rebound.example"}).status_code == 400


def test_the_line_for_news_tells_of_a_saved_file(viewer: Viewer) -> None:
    async def listen() -> list[str]:
        news = alone._news(viewer.watched)
        heard = [await anext(news)]
        viewer.change("course.md", "title: ", "title: New ")
        heard.append(await asyncio.wait_for(anext(news), 10))
        return heard

    assert asyncio.run(listen()) == ["retry: 1000\n\n", "data: changed\n\n"]


def test_check_and_preview_agree_on_every_problem_of_a_broken_course(viewer: Viewer) -> None:
    viewer.change("course.md", *TYPO)
    viewer.change("exam.md", "- (x)", "- ( )")
    (viewer.folder / "notes.txt").write_text("mine", encoding="utf-8")
    problems = [str(one) for one in viewer.watched.view().reading.problems]
    assert problems == told_by_check(viewer.folder)
    assert len(problems) > 2
    assert json.dumps(problems)
