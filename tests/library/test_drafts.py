"""Drafts: nothing saved is lost, nobody's work is overwritten unseen, and a draft is read as a folder is."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest
import small_folder
from cast import NOON, join
from makers import make_draft, make_edition
from small_folder import COURSE, EXAM, MODULE
from sqlmodel import Session, select

from app import audit
from app.audit import AuditLine
from app.content import reader
from app.content.folder import OnDisk
from app.identity.people import Person
from app.kit.database import Database
from app.kit.files import Files
from app.library import authors, drafts, limits, names, publication
from app.library.drafts import (
    ChangedMeanwhile,
    CodeTaken,
    Discarded,
    Draft,
    NoSuchFile,
    NotHers,
    ReplacedMeanwhile,
    comparison,
    writing,
)
from app.library.drafts.comparison import Side
from app.library.drafts.revisions import DraftRevision, DraftText
from app.library.limits import CourseTooLarge, TextTooLarge, TooManyFiles
from app.library.names import NameTaken, NotAName

LATER = NOON + timedelta(hours=1)


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return Files(tmp_path / "kept")


@pytest.fixture
def draft(db: Session, ines: Person) -> Draft:
    return make_draft(db, ines, code="small-course")


def save(db: Session, draft: Draft, text: str, *, by: Person, name: str = "exam.md", now: datetime = LATER) -> None:
    """Save a text over whatever stands."""
    over = {file.name: file.revision for file in drafts.files_of(db, draft)}.get(name, 0)
    drafts.write(db, draft, name, text, over=over, by=by, now=now)


def text(db: Session, draft: Draft, name: str = "exam.md") -> str:
    return drafts.read(db, draft, name).text


def acts(db: Session) -> list[str]:
    return list(db.exec(select(AuditLine.act).order_by(AuditLine.id)))


# --- begun -------------------------------------------------------------------------------------------------------


def test_a_course_begins_with_the_sample_and_without_a_problem(db: Session, ines: Person, files: Files) -> None:
    draft = drafts.begin(db, title="Boundaries Online", code="boundaries-online", by=ines, files=files, now=NOON)
    reading = drafts.reading(db, draft, files, today=NOON.date())
    assert reading.problems == ()
    assert reading.course is not None
    assert (reading.course.code, reading.course.title) == ("boundaries-online", "Boundaries Online")
    assert authors.of(db, "boundaries-online") == [ines]
    assert acts(db) == ["draft.begun", "course.author_added"]


def test_one_course_has_one_open_draft(db: Session, draft: Draft, ines: Person, ada: Person, files: Files) -> None:
    with pytest.raises(CodeTaken, match="small-course"):
        drafts.begin(db, title="Another", code="small-course", by=ada, files=files, now=NOON)
    assert drafts.of_author(db, ines) == [draft]


def test_a_published_course_is_not_begun_anew(db: Session, ines: Person, files: Files) -> None:
    make_edition(db)
    with pytest.raises(CodeTaken):
        drafts.begin(db, title="Another", code="small-course", by=ines, files=files, now=NOON)


def test_two_who_begin_one_course_at_once_do_not_both(database: Database, tmp_path: Path) -> None:
    outcomes: list[str] = []
    together = Barrier(2)
    with database.write() as db:
        people = [join(db, "ines"), join(db, "ada")]

    def begin(person: Person) -> None:
        together.wait()
        try:
            with database.write() as db:
                drafts.begin(db, title="One", code="one-course", by=person, files=Files(tmp_path), now=NOON)
            outcomes.append("begun")
        except CodeTaken:
            outcomes.append("taken")

    threads = [Thread(target=begin, args=[person]) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["begun", "taken"]


def test_what_was_published_is_opened_byte_for_byte(db: Session, ada: Person, files: Files, tmp_path: Path) -> None:
    shelf = OnDisk(small_folder.write(tmp_path / "course"))
    reading = reader.read(shelf, today=NOON.date())
    edition = publication.publish(db, shelf, reading, by=audit.OPERATOR, files=files, over=None, now=NOON)
    draft = drafts.from_edition(db, edition, by=ada, files=files, now=NOON)
    assert drafts.content_hash(db, draft, files) == edition.content_hash == draft.based_on
    assert drafts.from_edition(db, edition, by=ada, files=files, now=NOON) == draft


# --- whose it is -------------------------------------------------------------------------------------------------


def test_a_draft_is_its_authors_and_nobody_elses(
    db: Session, draft: Draft, ines: Person, ben: Person, olu: Person, ada: Person
) -> None:
    assert drafts.of(db, ines, draft.id) == drafts.of(db, ada, draft.id) == draft
    for other in (ben, olu):
        with pytest.raises(NotHers):
            drafts.of(db, other, draft.id)
        assert drafts.of_author(db, other) == []
    with pytest.raises(NotHers):
        drafts.of(db, ines, draft.id + 1)


def test_another_instructor_may_read_a_draft_to_review_it_and_not_write_it(
    db: Session, draft: Draft, ben: Person
) -> None:
    with pytest.raises(NotHers):
        drafts.for_review(db, ben, draft.id)
    ben.role = "instructor"
    assert drafts.for_review(db, ben, draft.id) == draft
    with pytest.raises(NotHers):
        drafts.of(db, ben, draft.id)


# --- saved -------------------------------------------------------------------------------------------------------


def test_a_text_is_kept_as_it_was_typed(db: Session, draft: Draft, ines: Person) -> None:
    save(db, draft, "# Exam\r\n\r\nNaïve — “quoted” 漢字\0\r\n", by=ines)
    assert text(db, draft) == "# Exam\n\nNaïve — “quoted” 漢字\0\n"


def test_saving_the_same_text_twice_is_one_version(db: Session, draft: Draft, ines: Person) -> None:
    opened = drafts.read(db, draft, "exam.md")
    first = drafts.write(db, draft, "exam.md", "# New\n", over=opened.over, by=ines, now=LATER)
    again = drafts.write(db, draft, "exam.md", "# New\n", over=opened.over, by=ines, now=LATER)
    assert first.revision == again.revision == opened.over + 1


def test_who_saves_over_somebody_elses_text_is_told_and_loses_nothing(
    db: Session, draft: Draft, ines: Person, ada: Person
) -> None:
    over = drafts.read(db, draft, "exam.md").over
    drafts.write(db, draft, "exam.md", EXAM + "Ada's\n", over=over, by=ada, now=LATER)
    for _ in range(2):
        with pytest.raises(ChangedMeanwhile) as refused:
            drafts.write(db, draft, "exam.md", EXAM + "Ines's\n", over=over, by=ines, now=LATER)
    assert "ada@example.org changed exam.md while you were writing." in refused.value.message
    assert text(db, draft).endswith("Ada's\n")
    assert drafts.text_of(db, refused.value.hers).endswith("Ines's\n")
    (row,) = [row for row in refused.value.comparison.rows if row.side != Side.BOTH]
    assert (row.hers, row.theirs) == ("Ines's", "Ada's")
    assert [step.revision.how[:5] for step in drafts.history(db, draft, "exam.md")] == ["kept ", "saved", "begun"]


def test_after_comparing_she_saves_over_what_she_has_seen(db: Session, draft: Draft, ines: Person, ada: Person) -> None:
    over = drafts.read(db, draft, "exam.md").over
    drafts.write(db, draft, "exam.md", "# Ada's\n", over=over, by=ada, now=LATER)
    with pytest.raises(ChangedMeanwhile) as refused:
        drafts.write(db, draft, "exam.md", "# Ines's\n", over=over, by=ines, now=LATER)
    theirs = refused.value.theirs
    assert theirs is not None
    drafts.write(db, draft, "exam.md", "# Both\n", over=theirs.over, by=ines, now=LATER)
    assert text(db, draft) == "# Both\n"


def test_a_file_that_was_removed_meanwhile_is_not_brought_back_unseen(
    db: Session, draft: Draft, ines: Person, ada: Person
) -> None:
    over = drafts.read(db, draft, "exam.md").over
    drafts.remove(db, draft, "exam.md", over=over, by=ada, now=LATER)
    with pytest.raises(ChangedMeanwhile, match=r"ada@example\.org removed exam\.md"):
        drafts.write(db, draft, "exam.md", "# Mine\n", over=over, by=ines, now=LATER)
    with pytest.raises(NoSuchFile):
        drafts.read(db, draft, "exam.md")


def test_two_who_add_a_file_of_one_name_are_told(db: Session, draft: Draft, ines: Person, ada: Person) -> None:
    save(db, draft, "# One\n", by=ada, name="02-more.md")
    with pytest.raises(ChangedMeanwhile):
        drafts.write(db, draft, "02-more.md", "# Other\n", over=0, by=ines, now=LATER)


def test_of_two_who_save_at_once_one_is_told(database: Database) -> None:
    with database.write() as db:
        writers = [join(db, "ines"), join(db, "ada")]
        draft = make_draft(db, writers[0])
        over = drafts.read(db, draft, "exam.md").over
    together, outcomes = Barrier(2), list[str]()

    def write(person: Person) -> None:
        together.wait()
        with database.write() as db:
            try:
                drafts.write(db, draft, "exam.md", f"# {person.email}\n", over=over, by=person, now=LATER)
                outcomes.append("saved")
            except ChangedMeanwhile:
                outcomes.append("told")

    threads = [Thread(target=write, args=[person]) for person in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]
    with database.read() as db:
        kept = {drafts.text_of(db, step.revision) for step in drafts.history(db, draft, "exam.md")}
    assert {"# ines@example.org\n", "# ada@example.org\n"} < kept


def test_control_without_the_question_the_second_save_overwrites(
    db: Session, draft: Draft, ines: Person, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "_refuse", lambda *_, **__: None)
    drafts.write(db, draft, "exam.md", "# Ada's\n", over=1, by=ada, now=LATER)
    drafts.write(db, draft, "exam.md", "# Ines's\n", over=1, by=ines, now=LATER)
    assert text(db, draft) == "# Ines's\n"


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("exam", "exam.md"),
        ("Course.md", "course.md"),
        ("2 More rules.md", "2-more-rules.md"),
        ("02-More.md", "02-more.md"),
        ("picture.png", "media/picture.png"),
        ("media/a/b.png", "media/b.png"),
        ("../exam.md", "exam.md"),
        ("media/x\\y.png", "media/y.png"),
        ("media/.hidden.png", "media/hidden.png"),
        ("media/a#b.png", "media/"),
        ("media/a%2fb.png", "media/"),
        (f"media/{'x' * 200}.png", "media/"),
    ],
)
def test_a_name_that_no_course_has_is_refused_with_one_that_would_do(
    db: Session, draft: Draft, ines: Person, name: str, meant: str
) -> None:
    with pytest.raises(NotAName) as refused:
        drafts.write(db, draft, name, "x", over=0, by=ines, now=LATER)
    assert f"Did you mean “{meant}" in refused.value.message
    suggested = refused.value.message.partition("Did you mean “")[2].partition("”")[0]
    assert names.is_one(suggested)


def test_a_picture_is_not_written_as_text(db: Session, draft: Draft, ines: Person) -> None:
    with pytest.raises(NotAName):
        drafts.write(db, draft, "media/x.svg", "<svg/>", over=0, by=ines, now=LATER)


def test_capitals_alone_do_not_make_another_name(db: Session, draft: Draft, ines: Person) -> None:
    save(db, draft, "x", by=ines, name="media/talk.md")
    with pytest.raises(NameTaken, match=r"media/talk\.md"):
        save(db, draft, "x", by=ines, name="media/Talk.md")


def test_what_a_course_may_hold_has_an_end(
    db: Session, draft: Draft, ines: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(TextTooLarge):
        save(db, draft, "x" * (limits.TEXT_LARGEST + 1), by=ines)
    monkeypatch.setattr(limits, "TEXTS_LARGEST", 10_000)
    with pytest.raises(CourseTooLarge):
        save(db, draft, "x" * 10_000, by=ines)
    monkeypatch.setattr(limits, "MOST_FILES", 3)
    with pytest.raises(TooManyFiles):
        save(db, draft, "x", by=ines, name="02-more.md")
    save(db, draft, "x", by=ines)


# --- history -----------------------------------------------------------------------------------------------------


def test_what_is_typed_in_one_go_is_one_step_and_every_version_of_it_is_there(
    db: Session, draft: Draft, ines: Person, ada: Person
) -> None:
    def type_on(words: str, *, by: Person, minutes: float) -> None:
        over = drafts.read(db, draft, "exam.md").over
        drafts.autosave(db, draft, "exam.md", words, over=over, by=by, now=LATER + timedelta(minutes=minutes))

    for second, words in enumerate(("W", "Wh", "Who", "Who is")):
        type_on(words, by=ines, minutes=second / 60)
    type_on("Who is it", by=ada, minutes=1)
    type_on("Who is it?", by=ines, minutes=2)
    type_on("Who is it? Me", by=ines, minutes=30)
    steps = drafts.history(db, draft, "exam.md")
    assert [drafts.text_of(db, step.revision) for step in steps[:-1]] == [
        "Who is it? Me",
        "Who is it?",
        "Who is it",
        "Who is",
    ]
    assert [step.who[:3] for step in steps] == ["ine", "ine", "ada", "ine", "ine"]
    assert [drafts.text_of(db, one) for one in steps[3].folded] == ["Who", "Wh", "W"]


def test_an_earlier_version_is_restored_and_the_later_one_stays(db: Session, draft: Draft, ines: Person) -> None:
    save(db, draft, "# Gone\n", by=ines)
    begun = drafts.history(db, draft, "exam.md")[-1].revision
    drafts.restore(db, draft, begun, by=ines, now=LATER)
    assert text(db, draft) == EXAM
    assert "# Gone\n" in {drafts.text_of(db, step.revision) for step in drafts.history(db, draft, "exam.md")}
    assert acts(db)[-1] == "draft.restored"


def test_a_removed_file_is_restored_from_its_history(db: Session, draft: Draft, ines: Person) -> None:
    drafts.remove(db, draft, "exam.md", over=1, by=ines, now=LATER)
    assert "exam.md" not in {file.name for file in drafts.files_of(db, draft)}
    removed, begun = (step.revision for step in drafts.history(db, draft, "exam.md"))
    with pytest.raises(drafts.NothingToRestore):
        drafts.restore(db, draft, removed, by=ines, now=LATER)
    drafts.restore(db, draft, begun, by=ines, now=LATER)
    assert text(db, draft) == EXAM
    assert drafts.read(db, draft, "exam.md").over == 3


def test_a_renamed_file_keeps_its_history(db: Session, draft: Draft, ines: Person) -> None:
    save(db, draft, "# Rules, mended\n", by=ines, name="01-rules.md")
    drafts.rename(db, draft, "01-rules.md", to="02-the-rules.md", over=2, by=ines, now=LATER)
    drafts.rename(db, draft, "02-the-rules.md", to="03-rules.md", over=1, by=ines, now=LATER)
    texts = {drafts.text_of(db, step.revision) for step in drafts.history(db, draft, "03-rules.md")}
    assert "# Rules, mended\n" in texts
    assert any("There are two rules." in each for each in texts)
    assert [file.name for file in drafts.files_of(db, draft)] == ["03-rules.md", "course.md", "exam.md"]


def test_a_file_is_renamed_to_a_free_name_of_its_kind(db: Session, draft: Draft, ines: Person) -> None:
    save(db, draft, "# More\n", by=ines, name="02-more.md")
    for to, refusal in (("exam.md", NameTaken), ("media/x.md", drafts.OtherKind), ("more.md", NotAName)):
        with pytest.raises(refusal):
            drafts.rename(db, draft, "02-more.md", to=to, over=1, by=ines, now=LATER)


def test_what_changed_since_its_page_was_made_is_neither_removed_nor_renamed(
    db: Session, draft: Draft, ines: Person, ada: Person
) -> None:
    save(db, draft, "# Ada's\n", by=ada)
    with pytest.raises(ReplacedMeanwhile, match=r"exam\.md"):
        drafts.remove(db, draft, "exam.md", over=1, by=ines, now=LATER)
    with pytest.raises(ReplacedMeanwhile):
        drafts.rename(db, draft, "exam.md", to="02-exam.md", over=1, by=ines, now=LATER)


def test_a_version_of_another_draft_is_not_there(db: Session, draft: Draft, ines: Person) -> None:
    other = make_draft(db, ines, code="another")
    version = drafts.history(db, other, "exam.md")[0].revision
    with pytest.raises(drafts.NoSuchRevision):
        drafts.revision(db, draft, version.id)


def test_many_seconds_of_typing_take_little_room(db: Session, draft: Draft, ines: Person) -> None:
    long = MODULE * 100
    for second in range(20):
        save(db, draft, long + "x" * second, by=ines, name="01-rules.md")
    kept = sum(len(row.packed) for row in db.exec(select(DraftText)))
    assert kept < len(long) * 2


# --- title and address -------------------------------------------------------------------------------------------


def test_a_draft_is_called_what_its_course_md_says(db: Session, draft: Draft, ines: Person) -> None:
    save(db, draft, COURSE.replace("A Small Course", "A Better Title"), by=ines, name="course.md")
    assert draft.title == "A Better Title"
    save(db, draft, "no settings at all", by=ines, name="course.md")
    assert (draft.title, draft.course_code) == ("A Better Title", "small-course")


def test_before_it_is_published_a_course_may_change_its_address_and_keeps_its_authors(
    db: Session, draft: Draft, ines: Person, files: Files
) -> None:
    save(db, draft, COURSE.replace("small-course", "better-course"), by=ines, name="course.md")
    assert draft.course_code == "better-course"
    assert drafts.of(db, ines, draft.id) == draft
    assert authors.of(db, "small-course") == []
    assert drafts.reading(db, draft, files, today=NOON.date()).errors == ()


def test_an_address_that_is_anothers_is_a_problem_at_its_line(
    db: Session, draft: Draft, ines: Person, files: Files
) -> None:
    make_draft(db, ines, code="another")
    save(db, draft, COURSE.replace("small-course", "another"), by=ines, name="course.md")
    assert draft.course_code == "small-course"
    (problem,) = drafts.reading(db, draft, files, today=NOON.date()).errors
    assert (problem.path, problem.line, problem.rule) == ("course.md", 2, "duplicate-code")


def test_a_published_course_keeps_its_address(db: Session, draft: Draft, ines: Person, files: Files) -> None:
    draft.based_on = "0" * 64
    save(db, draft, COURSE.replace("small-course", "better-course"), by=ines, name="course.md")
    assert draft.course_code == "small-course"
    (problem,) = drafts.reading(db, draft, files, today=NOON.date()).errors
    assert (problem.line, problem.rule, problem.remedy[:18]) == (2, "bad-setting", "Write code: small-")


# --- read, and ended ---------------------------------------------------------------------------------------------


def test_a_draft_is_read_as_the_same_folder_is(
    db: Session, draft: Draft, ines: Person, files: Files, tmp_path: Path
) -> None:
    save(db, draft, EXAM.replace("- (x) The first\n", "- ( ) The first\n"), by=ines)
    for file in drafts.files_of(db, draft):
        (tmp_path / file.name).write_text(text(db, draft, file.name), encoding="utf-8")
    held = drafts.reading(db, draft, files, today=NOON.date())
    assert held.problems == reader.read(tmp_path, today=NOON.date(), label="").problems
    assert [problem.rule for problem in held.errors] == ["no-right-answer"]
    assert drafts.content_hash(db, draft, files) == reader.content_hash(tmp_path)


def test_a_discarded_draft_opens_no_more_and_is_kept(db: Session, draft: Draft, ines: Person, files: Files) -> None:
    versions = len(db.exec(select(DraftRevision)).all())
    drafts.discard(db, draft, by=ines, now=LATER)
    with pytest.raises(Discarded):
        drafts.write(db, draft, "exam.md", "x", over=1, by=ines, now=LATER)
    assert drafts.of_author(db, ines) == []
    assert len(db.exec(select(DraftRevision)).all()) == versions
    assert acts(db)[-1] == "draft.discarded"
    assert drafts.begin(db, title="Anew", code="small-course", by=ines, files=files, now=LATER).id != draft.id


def test_what_is_not_utf8_is_opened_as_windows_text(db: Session, draft: Draft) -> None:
    from app.library.drafts import revisions

    assert revisions.decoded(b"caf\xe9") == ("café", False)
    assert revisions.decoded("café".encode("utf-8-sig")) == ("café", True)


def test_texts_that_nobody_could_compare_by_lines_are_not_compared() -> None:
    compared = drafts.compare("a\n" * (comparison.MOST_LINES + 1), "b\n")
    assert (compared.too_long, compared.rows) == (True, ())


def test_a_comparison_shows_every_line_of_both_texts_in_their_order() -> None:
    compared = drafts.compare("one\ntwo\nthree\n", "one\n2\nthree\nfour\n")
    assert [(row.side, row.hers_number, row.theirs_number) for row in compared.rows] == [
        (Side.BOTH, 1, 1), (Side.CHANGED, 2, 2), (Side.BOTH, 3, 3), (Side.THEIRS, None, 4),
    ]  # fmt: skip
    assert compared.differs == 2
