"""exam.md and evaluation.md: the final exam with its rules, and the questions added to the evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from app.content import course_settings, fields, outline, plain_values, settings
from app.content.course import Exam, Feedback, Question, Shuffle
from app.content.course_settings import CourseSettings
from app.content.desk import Desk
from app.content.fields import Fields
from app.content.findings import Findings
from app.content.folder import EVALUATION, EXAM
from app.content.markdown import Scribe
from app.content.outline import Outline
from app.content.settings import Block

KNOWN = ("title", "pass", "attempts", "feedback", "shuffle", "time_limit", "waive")
TITLE = "Final exam"
LONGEST_EXAM = 24 * 60  # minutes


@dataclass(frozen=True, slots=True)
class ExamDraft:
    """The exam as read, and its outline, which knows where everything stands."""

    exam: Exam
    outline: Outline
    findings: Findings


def read(desk: Desk, course: CourseSettings) -> ExamDraft | None:
    """Read exam.md; nothing if it is not there or cannot be read."""
    source = desk.source(EXAM)
    if not source.readable:
        return None
    block = settings.split(list(source.written), source.findings, texts=plain_values.PART)
    if block.unclosed:
        return None
    found = _Settings(block, source.findings, course)
    scribe = Scribe(desk, source.findings)
    questions = outline.read(source.body(block.body_from), scribe, level=2)
    exam = Exam(
        title=found.title or questions.title or TITLE,
        pass_mark=found.pass_mark,
        attempts=found.attempts,
        feedback=found.feedback,
        shuffle=found.shuffle,
        time_limit=found.time_limit,
        intro_html=scribe.blocks(questions.intro),
        items=questions.finished(),
    )
    return ExamDraft(exam, questions, source.findings)


class _Settings:
    """The settings of exam.md; what it does not say, course.md says."""

    def __init__(self, block: Block, findings: Findings, course: CourseSettings) -> None:
        get = Fields(block.root, findings, known=KNOWN, missing_at=block.closing)
        fields.waive(get, findings)
        self.title = get.text(get.entry("title"))
        self.feedback = get.choice(get.entry("feedback"), Feedback) or Feedback.AFTER_SUBMIT
        self.shuffle = get.choice(get.entry("shuffle"), Shuffle) or Shuffle.OPTIONS
        self.time_limit = get.whole(get.entry("time_limit"), least=1, most=LONGEST_EXAM)
        self.pass_mark = self._pass_mark(get, course)
        self.attempts = self._attempts(get, course)

    def _pass_mark(self, get: Fields, course: CourseSettings) -> int:
        mark = get.whole(get.entry("pass"), least=1, most=100)
        self._agree(get, "pass", mark, course.pass_mark, said=mark is not None and course.pass_mark is not None)
        return mark or course.pass_mark or 100

    def _attempts(self, get: Fields, course: CourseSettings) -> int | None:
        entry = get.entry("attempts")
        if entry is None:
            return course.attempts
        number = course_settings.attempts(get, entry)
        unreadable = number is None and entry.value.text != course_settings.UNLIMITED
        self._agree(get, "attempts", number, course.attempts, said="attempts" in course.sets and not unreadable)
        return number

    def _agree(self, get: Fields, name: str, here: int | None, there: int | None, *, said: bool) -> None:
        entry = get.entry(name)
        if entry and said and here != there:
            get.bad(
                entry.value.place,
                f"“{name}” is {here or 'unlimited'} here and {there or 'unlimited'} in course.md.",
                "Say it once, or say the same.",
            )


def read_evaluation(desk: Desk) -> tuple[tuple[Question, ...], Outline | None]:
    """Read the questions that a course adds to the standard evaluation. None of them is graded."""
    source = desk.source(EVALUATION)
    if not source.readable:
        return (), None
    block = settings.split(list(source.written), source.findings, texts=plain_values.PART)
    if block.unclosed:
        return (), None
    get = Fields(block.root, source.findings, known=("title", "waive"), missing_at=block.closing)
    fields.waive(get, source.findings)
    found = outline.read(source.body(block.body_from), Scribe(desk, source.findings), level=2, graded=False)
    return tuple(draft.question for draft in found.drafts()), found
