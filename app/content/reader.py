"""Reading a course: a folder becomes a Course, or a list of problems at their places. Nothing here raises."""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from app.content import asked, course_settings, credit_hours, exam, folder, lint, modules, references, strays
from app.content.course import Course, CreditHours, Delivery, Exam, Problem, Question, Reading, Reference
from app.content.course_settings import CourseSettings, Listed
from app.content.desk import Desk
from app.content.exam import ExamDraft
from app.content.findings import Findings, Line
from app.content.folder import COURSE, EVALUATION, EXAM, Folder, Shelf, content_hash
from app.content.markdown import Scribe
from app.content.media import Library
from app.content.modules import ModuleDraft
from app.content.spelling import did_you_mean

__all__ = ["content_hash", "read", "read_exam"]

NO_MODULE = "01-….md"


def read(
    where: Path | Shelf,
    *,
    today: date,
    label: str | None = None,
    step: Decimal = credit_hours.HALF,
    site: str = "",
    taken: Container[str] = (),
) -> Reading:
    """Read a course folder. `label` is the folder as typed, the beginning of every problem's path.

    A course that is held elsewhere has no folder to name: its problems name their file alone. `site` stands before
    every address that its texts lead to and show pictures from: a preview has a place of its own. `taken` are the
    codes of other courses.
    """
    reader = _Reader(where, today=today, step=step, site=site)
    reader.read()
    if reader.code in taken:
        reader.refuse_code()
    return reader.reading(label if label is not None else f"{where}" if isinstance(where, Path) else "")


def read_exam(path: Path, *, today: date) -> tuple[Exam | None, tuple[Problem, ...]]:
    """Read one exam, alone or beside its course.md, and give it with the errors of its own file."""
    shelf = folder.Beside.of(path)
    reader = _Reader(shelf, today=today, step=credit_hours.HALF, site="")
    return reader.exam(), tuple(replace(problem, path=f"{path}") for problem in reader.errors_of(EXAM))


def _once(problems: Iterable[Problem]) -> Iterable[Problem]:
    """Give each problem once; a file that two modules show is missing once."""
    return {(p.path, p.line, p.column, p.rule, p.rule == "missing-media" or p.message): p for p in problems}.values()


def _under(typed: str, problem: Problem) -> Problem:
    return replace(problem, path=f"{typed.rstrip('/')}/{problem.path}") if typed else problem


@dataclass(slots=True)
class _Parts:
    """What has been read so far."""

    settings: CourseSettings = field(default_factory=CourseSettings)
    known: bool = False  # course.md could be read
    description: str = ""
    modules: list[ModuleDraft] = field(default_factory=list)
    complete: bool = True  # every module could be read
    exam: ExamDraft | None = None
    evaluation: tuple[Question, ...] = ()
    hours: CreditHours | None = None


class _Reader:
    """Reads the files of one course in order: each needs what the ones before it say."""

    def __init__(self, where: Path | Shelf, *, today: date, step: Decimal, site: str) -> None:
        self._folder: Folder = folder.look_into(where)
        self._library = Library(self._folder, site=site)
        self._desk = Desk(self._folder, self._library, today, site=site)
        self._folder_findings = Findings(COURSE)
        self._step = step
        self._parts = _Parts()

    def read(self) -> None:
        self._read_folder()
        self._read_settings()
        self._read_modules()
        self._read_exam()
        self._read_evaluation()
        self._judge()

    def reading(self, typed: str) -> Reading:
        """Give what came of it; paths begin with the folder as typed."""
        problems = tuple(sorted(_under(typed, problem) for problem in self.problems()))
        wrong = any(problem.level == "error" for problem in problems)
        return Reading(None if wrong else self.course(), problems, self.code)

    @property
    def code(self) -> str:
        """Give the course's code, if course.md says one."""
        return self._parts.settings.code

    def refuse_code(self) -> None:
        """Report that another course has this code."""
        self._course_findings().add(
            "duplicate-code",
            self._parts.settings.code_place,
            f"Another course has the code “{self.code}”.",
            "Give this one a code of its own.",
        )

    def exam(self) -> Exam | None:
        """Read the exam and nothing that it does not need."""
        self._read_settings()
        self._read_exam()
        return self._parts.exam.exam if self._parts.exam else None

    def errors_of(self, name: str) -> list[Problem]:
        """Give the errors of one file."""
        findings = self._desk.source(name).findings
        return [each for each in findings.unwaived() if each.path == name and each.level == "error"]

    def problems(self) -> list[Problem]:
        """Give what was found in every file, without what its author has waived."""
        sources = [source.findings for source in self._desk.sources.values()]
        found = [p for each in (*sources, *self._library.findings, self._folder_findings) for p in each.unwaived()]
        waived = {waiver.rule for waiver in self._course_findings().waivers}
        return [p for p in _once(found) if not (p.rule == "unknown-file" and p.rule in waived)]

    def _course_findings(self) -> Findings:
        source = self._desk.sources.get(COURSE)
        return source.findings if source else self._folder_findings

    def _read_folder(self) -> None:
        add = self._folder_findings.add_file
        if COURSE not in self._folder.names:
            add(COURSE, "missing-file", "This folder has no course.md.", "Add it: it says what the course is.")
        if not self._folder.modules:
            add(NO_MODULE, "missing-file", "This course has no module.", "Add one, named like 01-first-steps.md.")
        expected = [COURSE, EXAM, EVALUATION, f"{folder.MEDIA}/", "01-a-module.md"]
        for name in self._folder.unknown:
            add(name, "unknown-file", "This is no part of a course.", did_you_mean(name, expected))
        for name, other in self._library.doubles():
            add(
                name, "unknown-file", f"{other} has the same name but for its ending.", "Give one of them another name."
            )
        self._number_modules()

    def _number_modules(self) -> None:
        numbers: dict[int, str] = {}
        slugs: dict[str, str] = {}
        for module in self._folder.modules:
            other = numbers.get(module.number) or slugs.get(module.slug)
            if other:
                what = "number" if module.number in numbers else "address"
                self._folder_findings.add_file(
                    module.name,
                    "duplicate-module-number",
                    f"{other} has the same {what}.",
                    f"Give this file another {what}.",
                )
            numbers.setdefault(module.number, module.name)
            slugs.setdefault(module.slug, module.name)

    def _read_settings(self) -> None:
        if COURSE not in self._folder.names:
            return
        source = self._desk.source(COURSE)
        if not source.readable:
            return
        lines, today = list(source.written), self._desk.today
        self._parts.settings, block = course_settings.read(lines, source.findings, today=today, step=self._step)
        self._parts.known = not block.broken and block.present
        if not self._parts.known:
            return
        settings = self._parts.settings
        self._desk.code = settings.code
        self._desk.language = settings.language
        self._desk.objectives = len(settings.objectives) if settings.objectives is not None else None
        if settings.references is not None:
            self._desk.references = {each.name: self._reference(each) for each in settings.references}
        scribe = Scribe(self._desk, source.findings, cites_here=True)
        description = source.body(block.body_from)
        self._parts.description = scribe.blocks(description)
        strays.report(description, source.findings, "Put questions into exam.md, or into a check of a module.")

    def _reference(self, listed: Listed) -> Reference:
        scribe = Scribe(self._desk, Findings(COURSE))
        html = scribe.inline([Line(1, 1, listed.text)]).html
        return Reference(listed.name, listed.text, html, references.label(listed.text))

    def _read_modules(self) -> None:
        for file in self._folder.modules:
            draft = modules.read(self._desk, file)
            if draft is None:
                self._parts.complete = False
            else:
                self._parts.modules.append(draft)
                lint.questions(draft.drafts, draft.findings)

    def _read_exam(self) -> None:
        optional = {Delivery.LIVE_WEBINAR, Delivery.IN_PERSON}
        settings = self._parts.settings
        if EXAM in self._folder.names:
            self._parts.exam = exam.read(self._desk, settings)
        elif self._parts.known and settings.format and settings.format not in optional:
            self._folder_findings.add_file(
                EXAM,
                "missing-file",
                "This course has no exam.md.",
                "Add it: whoever reads or watches a course is examined on it.",
            )

    def _read_evaluation(self) -> None:
        if EVALUATION in self._folder.names:
            self._parts.evaluation, _ = exam.read_evaluation(self._desk)

    def _judge(self) -> None:
        """Apply the rules that need the whole course."""
        parts = self._parts
        parts.hours = self._hours()
        if parts.exam:
            lint.questions(parts.exam.outline.drafts(), parts.exam.findings)
            lint.exam(parts.exam)
            lint.credit(parts.exam, parts.hours)
        if parts.known:
            self._judge_hours()
            self._judge_objectives()
            self._judge_references()
        self._desk.check_headings()

    def _hours(self) -> CreditHours | None:
        credit = self._parts.settings.credit
        if credit.method is None:
            return None
        drafts = [draft.module for draft in self._parts.modules]
        words = sum(module.words for module in drafts)
        minutes = credit.minutes if credit.minutes is not None else Fraction(sum(each.minutes for each in drafts))
        questions = asked.graded(self._parts.exam.exam) if self._parts.exam else 0
        hours = credit_hours.compute(
            credit.method, words=words, minutes=minutes, questions=questions, difficulty=credit.difficulty
        )
        return CreditHours(
            credit.method,
            credit.hours,
            words,
            minutes,
            questions,
            hours,
            credit_hours.claimable(hours, step=self._step),
            credit.difficulty,
        )

    def _judge_hours(self) -> None:
        hours, place = self._parts.hours, self._parts.settings.credit.hours_place
        countable = self._parts.complete and bool(self._parts.modules) and not self._exam_unread()
        if hours and place and countable and hours.total > hours.claimable:
            self._course_findings().add(
                "hours-exceed-method",
                place,
                f"{hours.total} hours are claimed; by the method {hours.method} it is {hours.claimable}.",
                "Claim that, or add to the course.",
            )

    def _exam_unread(self) -> bool:
        """Say whether the exam cannot be counted yet, so that hours are not judged by it."""
        draft = self._parts.exam
        broken = draft is not None and any(each.broken for each in draft.outline.drafts())
        return broken or (draft is None and EXAM in self._folder.names)

    def _judge_objectives(self) -> None:
        parts, objectives = self._parts, self._parts.settings.objectives or ()
        taught = {number for draft in parts.modules for number in draft.module.objectives}
        known = parts.complete and all(draft.settled for draft in parts.modules)
        for number, objective in enumerate(objectives, 1):
            if number not in taught and known:
                self._course_findings().add(
                    "objective-untaught",
                    objective.place,
                    f"No module teaches objective {number}.",
                    f"Add it to a module’s settings: objectives: [{number}]",
                )
        if parts.exam and not lint.ungraded(parts.exam):
            for number in lint.untested(len(objectives), parts.exam.exam, parts.exam.outline.drafts()):
                self._course_findings().add(
                    "objective-untested",
                    objectives[number - 1].place,
                    f"Not every learner is tested on objective {number}.",
                    f"Add a line “Objective: {number}” to a question in exam.md.",
                )

    def _judge_references(self) -> None:
        unread = self._parts.exam is None and EXAM in self._folder.names
        if unread or not self._parts.complete:
            return
        for listed in self._parts.settings.references or ():
            if listed.name not in self._desk.cited:
                self._course_findings().add(
                    "unused-reference",
                    listed.place,
                    f"Nothing cites “{listed.name}”.",
                    f"Cite it with [@{listed.name}], or delete it.",
                )

    def course(self) -> Course:
        """Give the course, once it is known that nothing stands in its way."""
        parts, settings = self._parts, self._parts.settings
        if parts.hours is None or settings.format is None or not settings.reviewed_on or not settings.review_due:
            message = "a course without problems has all its settings"
            raise AssertionError(message)
        return Course(
            code=settings.code,
            title=settings.title,
            summary=settings.summary,
            level=settings.level,
            format=settings.format,
            language=settings.language,
            audience=settings.audience,
            objectives=tuple(each.text for each in settings.objectives or ()),
            credit=parts.hours,
            instructors=settings.instructors,
            reviewed_on=settings.reviewed_on,
            review_due=settings.review_due,
            modules=tuple(draft.module for draft in parts.modules),
            exam=parts.exam.exam if parts.exam else None,
            evaluation=parts.evaluation,
            description_html=parts.description,
            references=tuple((self._desk.references or {}).values()),
            ethics_areas=settings.ethics_areas,
            minimum_minutes=settings.minimum_minutes,
            media=self._library.used,
            waivers=tuple(each for source in self._desk.sources.values() for each in source.findings.waivers),
        )
