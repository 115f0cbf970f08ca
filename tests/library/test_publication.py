"""Publication: two doors to one shelf, and nobody's work undone in silence."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
import small_folder
from cast import NOON
from makers import make_edition
from small_folder import COURSE, EXAM, MODULE
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from app import audit
from app.audit import Actor, AuditLine
from app.content import reader
from app.kit.database import Database
from app.kit.errors import Invalid, Refusal
from app.kit.files import Files
from app.learning import publishing
from app.library import editions, folders, publication, reviews, sources
from app.library.editions import Edition, NoSuchCourse, NoSuchEdition, Offering, Retired
from app.library.publication import (
    CurrentAlready,
    HasErrors,
    NotRetired,
    Overtaken,
    PublishedBefore,
    RetiredAlready,
)
from app.library.reviews import Signature
from app.library.sources import ChangedWhileRead, SourceLost

INES = Actor(id=7, label="ines@example.org")
BETTER = MODULE.replace("two rules.", "two rules, and a third.")
OTHER_KEY = EXAM.replace("- (x) The first\n- ( ) The second", "- ( ) The first\n- (x) The second")
BROKEN = COURSE.replace("level: beginning", "level: easy")


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "kept")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_folder.write(tmp_path / "courses" / "small-course")


def publish(db: Session, folder: Path, files: Files, *, over: Edition | None, days: int = 0) -> Edition:
    """Publish as the Studio does: no folder is known to the shelf."""
    now = NOON + timedelta(days=days)
    still = sources.still(folder)
    reading = reader.read(still, today=now.date())
    named = over.content_hash if over else None
    return publishing.publish(db, still, reading, by=INES, files=files, over=named, now=now)


def at_start(db: Session, folder: Path, files: Files, *, days: int = 0) -> Offering:
    now = NOON + timedelta(days=days)
    return publishing.publish_new(db, folder, files=files, today=now.date(), now=now)


def editions_of(db: Session) -> list[Edition]:
    return list(db.exec(select(Edition).order_by(Edition.id)))


def acts(db: Session) -> list[tuple[str, str]]:
    return [(line.act, line.actor_label) for line in db.exec(select(AuditLine).order_by(AuditLine.id))]


# --- once, whole, or not at all ----------------------------------------------------------------------------------


def test_publishing_twice_is_publishing_once(db: Session, folder: Path, files: Files) -> None:
    """A double click."""
    first = publish(db, folder, files, over=None)
    assert publish(db, folder, files, over=None, days=1).id == first.id
    assert len(editions_of(db)) == 1
    assert acts(db) == [("edition.published", "ines@example.org")]


def test_an_edition_says_what_it_is_to_the_one_before_and_who_published_it(
    db: Session, folder: Path, files: Files
) -> None:
    first = publish(db, folder, files, over=None)
    small_folder.write(folder, module=BETTER)
    minor = publish(db, folder, files, over=first)
    small_folder.write(folder, module=BETTER, exam=OTHER_KEY)
    major = publish(db, folder, files, over=minor)
    assert [(one.kind, one.published_by) for one in (first, minor, major)] == [
        ("major", "ines@example.org"),
        ("minor", "ines@example.org"),
        ("major", "ines@example.org"),
    ]
    assert (first.descends_from, minor.descends_from, major.descends_from) == (None, first.id, minor.id)
    said = [json.loads(line.detail)["review"] for line in db.exec(select(AuditLine).order_by(AuditLine.id))]
    assert said == ["No review on record", "Minor change, not reviewed again", "No review on record"]


def test_a_text_with_errors_is_never_published(db: Session, folder: Path, files: Files) -> None:
    good = publish(db, folder, files, over=None)
    small_folder.write(folder, course=BROKEN)
    with pytest.raises(HasErrors, match="an error"):
        publish(db, folder, files, over=good)
    assert editions.current(db, "small-course").id == good.id
    assert len(editions_of(db)) == 1


def test_a_picture_that_changes_while_it_is_published_stops_the_publication(
    db: Session, folder: Path, files: Files
) -> None:
    still = sources.still(folder)
    reading = reader.read(still, today=NOON.date())
    small_folder.write(folder, picture=small_folder.PICTURE.replace("2", "3"))
    with pytest.raises(ChangedWhileRead, match=r"media/rules\.svg"):
        sources.keep_media(still, {"media/rules.svg": "0" * 64}, (), files)
    assert reading.course is not None


def test_texts_are_held_still_while_they_are_published(db: Session, folder: Path, files: Files) -> None:
    still = sources.still(folder)
    fingerprint = reader.content_hash(folder)
    small_folder.write(folder, module=BETTER)
    assert reader.content_hash(still) == fingerprint != reader.content_hash(folder)


def test_what_is_no_part_of_a_course_is_reported_also_when_it_is_held_still(folder: Path) -> None:
    (folder / "notes.txt").touch()
    (folder / "02-linked.md").symlink_to(folder / "01-rules.md")
    assert reader.read(sources.still(folder), today=NOON.date()) == reader.read(folder, today=NOON.date(), label="")


# --- two doors ---------------------------------------------------------------------------------------------------


def test_of_two_who_publish_over_the_same_edition_one_wins_and_the_other_is_told(
    db: Session, folder: Path, files: Files
) -> None:
    first = publish(db, folder, files, over=None)
    small_folder.write(folder, module=BETTER)
    winner = publish(db, folder, files, over=first, days=1)
    small_folder.write(folder, exam=OTHER_KEY)
    with pytest.raises(Overtaken, match=r"was published on November 21, 2026 by ines@example\.org") as refused:
        publish(db, folder, files, over=first, days=1)
    assert refused.value.current == winner
    assert publish(db, folder, files, over=winner, days=1).descends_from == winner.id, "over it, by an explicit act"


def test_a_first_edition_is_not_published_over_one_that_appeared_meanwhile(
    db: Session, folder: Path, files: Files
) -> None:
    publish(db, folder, files, over=None)
    small_folder.write(folder, module=BETTER)
    with pytest.raises(Overtaken):
        publish(db, folder, files, over=None)


def test_a_text_that_was_replaced_comes_back_by_a_roll_back_and_not_as_new(
    db: Session, folder: Path, files: Files
) -> None:
    first = publish(db, folder, files, over=None)
    small_folder.write(folder, module=BETTER)
    second = publish(db, folder, files, over=first)
    small_folder.write(folder)
    with pytest.raises(PublishedBefore, match="Roll back"):
        publish(db, folder, files, over=second)


def test_a_folder_is_a_conflict_once_the_studio_has_published(
    db: Session, folder: Path, tmp_path: Path, files: Files
) -> None:
    at_start(db, folder, files)
    elsewhere = small_folder.write(tmp_path / "studio", module=BETTER)
    studios = publish(db, elsewhere, files, over=editions.newest(db, "small-course"))
    for changed in (MODULE, MODULE.replace("two", "five")):
        small_folder.write(folder, module=changed)
        offering = at_start(db, folder, files, days=1)
        assert (offering.edition_id, offering.conflict) == (studios.id, publication.behind(studios))
        assert folders.state(offering).startswith("not published")
    assert len(editions_of(db)) == 2


def test_the_conflict_is_shown_as_soon_as_the_studio_publishes(
    db: Session, folder: Path, tmp_path: Path, files: Files
) -> None:
    at_start(db, folder, files)
    elsewhere = small_folder.write(tmp_path / "studio", module=BETTER)
    publish(db, elsewhere, files, over=editions.newest(db, "small-course"))
    assert editions.offering(db, "small-course").conflict


def test_the_conflict_ends_when_the_folder_holds_what_the_studio_published(
    db: Session, folder: Path, tmp_path: Path, files: Files
) -> None:
    at_start(db, folder, files)
    elsewhere = small_folder.write(tmp_path / "studio", module=BETTER)
    publish(db, elsewhere, files, over=editions.newest(db, "small-course"))
    small_folder.write(folder, module=BETTER)
    assert folders.state(at_start(db, folder, files)) == "served"
    small_folder.write(folder, module=BETTER.replace("third", "fourth"))
    assert folders.state(at_start(db, folder, files)) == "served", "and from there on the folder goes on"
    assert len(editions_of(db)) == 3


def test_a_folder_that_appears_beside_a_course_of_the_studio_is_a_conflict(
    db: Session, folder: Path, tmp_path: Path, files: Files
) -> None:
    studios = publish(db, small_folder.write(tmp_path / "studio", module=BETTER), files, over=None)
    assert at_start(db, folder, files).conflict
    assert editions.current(db, "small-course").id == studios.id


def test_a_folder_is_published_over_the_studios_text_by_an_explicit_act(
    db: Session, folder: Path, tmp_path: Path, files: Files
) -> None:
    at_start(db, folder, files)
    studios = publish(
        db, small_folder.write(tmp_path / "studio", module=BETTER), files, over=editions.newest(db, "small-course")
    )
    small_folder.write(folder, exam=OTHER_KEY)
    still = sources.still(folder)
    reading = reader.read(still, today=NOON.date())
    offering = publishing.publish_folder(
        db, still, reading, by=audit.OPERATOR, files=files, over=studios.content_hash, now=NOON
    )
    assert (folders.state(offering), editions.newest(db, "small-course")) == ("served", editions_of(db)[-1])


# --- at once -----------------------------------------------------------------------------------------------------


def _race(database: Database, acts: list[object]) -> list[object]:
    """Let several act at the same instant; give what came of each."""
    barrier, came = Barrier(len(acts)), [None] * len(acts)

    def run(number: int, act: object) -> None:
        barrier.wait()
        try:
            with database.write() as db:
                came[number] = act(db)  # type: ignore[operator]
        except Refusal as refusal:
            came[number] = refusal

    threads = [Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


def test_two_servers_that_start_at_once_publish_once(database: Database, folder: Path, files: Files) -> None:
    broken = small_folder.write(folder.parent / "broken", course=BROKEN)

    def start(db: Session) -> int | None:
        at_start(db, broken, files)
        return at_start(db, folder, files).edition_id

    came = _race(database, [start] * 4)
    with database.read() as db:
        (edition,) = editions_of(db)
        assert came == [edition.id] * 4
        assert sorted(one.course_code for one in editions.shelf(db)) == ["broken", "small-course"]


def test_of_people_who_publish_at_once_one_wins(database: Database, tmp_path: Path, files: Files) -> None:
    texts = [small_folder.write(tmp_path / f"text-{number}", module=f"{MODULE}\nText {number}.") for number in range(4)]
    came = _race(database, [lambda db, text=text: publish(db, text, files, over=None) for text in texts])
    assert sorted(type(one).__name__ for one in came) == ["Edition", "Overtaken", "Overtaken", "Overtaken"]
    with database.read() as db:
        assert len(editions_of(db)) == 1


# --- back and away -----------------------------------------------------------------------------------------------


@pytest.fixture
def two(db: Session, folder: Path, files: Files) -> tuple[Edition, Edition]:
    old = publish(db, folder, files, over=None)
    small_folder.write(folder, module=BETTER)
    return old, publish(db, folder, files, over=old)


def test_an_earlier_edition_comes_back_by_an_act_on_record(db: Session, two: tuple[Edition, Edition]) -> None:
    publication.roll_back(db, two[0], by=audit.OPERATOR, reason="A paragraph is missing.", now=NOON)
    assert editions.current(db, "small-course").id == two[0].id
    assert acts(db)[-1] == ("edition.rolled_back", "operator")
    with pytest.raises(CurrentAlready):
        publication.roll_back(db, two[0], by=audit.OPERATOR, reason="Again.", now=NOON)


def test_after_a_roll_back_a_text_is_made_from_what_is_served(
    db: Session, folder: Path, files: Files, two: tuple[Edition, Edition]
) -> None:
    publication.roll_back(db, two[0], by=audit.OPERATOR, reason="Better so.", now=NOON)
    small_folder.write(folder, module=BETTER.replace("third", "fourth"))
    with pytest.raises(Overtaken):
        publish(db, folder, files, over=two[1])
    assert publish(db, folder, files, over=two[0]).descends_from == two[0].id


def test_a_retired_course_is_not_offered_and_comes_back(db: Session, two: tuple[Edition, Edition]) -> None:
    offering = publication.retire(db, "small-course", by=INES, reason="The law has changed.", now=NOON)
    assert folders.state(offering) == "retired: no new learners"
    assert editions.on_offer(db) == []
    with pytest.raises(Retired):
        editions.current(db, "small-course")
    assert editions.newest(db, "small-course") == two[1], "authors go on from it"
    with pytest.raises(RetiredAlready):
        publication.retire(db, "small-course", by=INES, reason="Again.", now=NOON)
    publication.offer_again(db, "small-course", by=INES, now=NOON)
    assert editions.current(db, "small-course") == two[1]
    assert [act for act, _ in acts(db)][-2:] == ["course.retired", "course.offered_again"]
    with pytest.raises(NotRetired):
        publication.offer_again(db, "small-course", by=INES, now=NOON)


def test_what_ends_or_undoes_needs_a_reason_and_a_course(db: Session, two: tuple[Edition, Edition]) -> None:
    with pytest.raises(Invalid):
        publication.retire(db, "small-course", by=INES, reason=" ", now=NOON)
    with pytest.raises(Invalid):
        publication.roll_back(db, two[0], by=INES, reason="", now=NOON)
    for verb in (publication.retire, publication.offer_again):
        more = {"reason": "Why not?"} if verb is publication.retire else {}
        with pytest.raises(NoSuchCourse):
            verb(db, "no-such-course", by=INES, now=NOON, **more)  # type: ignore[operator]


# --- the source --------------------------------------------------------------------------------------------------


def test_the_very_folder_of_an_edition_can_be_written_again(
    db: Session, folder: Path, tmp_path: Path, files: Files
) -> None:
    (folder / "media" / "unused.pdf").write_bytes(b"%PDF-1.7 a handout")
    (folder / "media" / "rules.md").write_text("A long description.\r\n", encoding="utf-8")
    (folder / "notes.txt").write_text("No part of the course.")
    edition = publish(db, folder, files, over=None)
    sources.write(editions.source(edition, files), tmp_path / "again")
    assert reader.content_hash(tmp_path / "again") == edition.content_hash
    assert not (tmp_path / "again" / "notes.txt").exists()
    assert reader.content_hash(editions.source(edition, files)) == edition.content_hash


def test_an_edition_from_before_files_were_listed_is_opened_all_the_same(
    db: Session, folder: Path, files: Files
) -> None:
    edition = publish(db, folder, files, over=None)
    older = Edition(**edition.model_dump(exclude={"files", "id"}))
    assert reader.content_hash(editions.source(older, files)) == edition.content_hash


def test_a_source_that_lost_a_picture_is_not_written_in_part(
    db: Session, folder: Path, tmp_path: Path, files: Files
) -> None:
    edition = publish(db, folder, files, over=None)
    for kept in files.root.iterdir():
        kept.unlink()
    with pytest.raises(SourceLost, match=r"media/rules\.svg"):
        sources.write(editions.source(edition, files), tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_an_edition_is_found_by_the_beginning_of_its_hash(db: Session) -> None:
    edition = make_edition(db)
    assert editions.by_hash(db, edition.short.upper()) == edition
    for typed in ("", "abc", "zzzz", f"{edition.content_hash}0", "%%%%"):
        with pytest.raises(NoSuchEdition):
            editions.by_hash(db, typed)


def test_an_edition_says_who_reviewed_it_or_that_nobody_did(db: Session, folder: Path, files: Files) -> None:
    edition = publish(db, folder, files, over=None)
    assert editions.review_state(edition, reviews.of_text(db, edition.content_hash)) == "No review on record"
    typed = Signature("Ben Okafor", "NY LCSW 4711")
    reviews.vouch(db, typed, course_code="small-course", content_hash=edition.content_hash, by=audit.OPERATOR, now=NOON)
    said = editions.review_state(edition, reviews.of_text(db, edition.content_hash))
    assert said == "Reviewed by Ben Okafor, NY LCSW 4711, on November 20, 2026"


@pytest.mark.parametrize("column", ["kind", "published_by", "files"])
def test_what_an_edition_says_of_itself_is_never_rewritten(
    database: Database, folder: Path, files: Files, column: str
) -> None:
    with database.write() as db:
        publish(db, folder, files, over=None)
    with pytest.raises(DBAPIError, match=r"never (deleted or )?rewritten"), database.writing.begin() as connection:
        connection.execute(text(f"UPDATE edition SET {column} = 'minor'"))
