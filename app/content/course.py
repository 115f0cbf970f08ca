"""The nouns of a course as its author wrote it: frozen, complete, and free of any learner.

`reader.read` alone makes a `Course`. It holds sanitized HTML and keys: templates for learners are never handed one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from app.content.scenario import Scenario
from app.content.waiver import Waiver


class Kind(StrEnum):
    """What shape an answer has. The shape an author types decides the kind; she never names it."""

    CHOOSE_ONE = "choose-one"
    TRUE_FALSE = "true-false"
    CHOOSE_ALL = "choose-all"
    MATCHING = "matching"
    ORDERING = "ordering"
    SHORT = "short"
    NUMBER = "number"
    GAPS = "gaps"
    FREE_TEXT = "free-text"
    SCALE = "scale"


class HourType(StrEnum):
    """What a contact hour counts as. A closed list, documented in docs/authoring.md; types do not overlap."""

    GENERAL = "general"
    CLINICAL = "clinical"
    ETHICS = "ethics"
    CULTURAL_COMPETENCE = "cultural-competence"
    SUPERVISION = "supervision"


class Delivery(StrEnum):
    """The delivery format. Boards approve formats one by one, so it is never free text."""

    READING = "reading"
    RECORDED = "recorded"
    LIVE_WEBINAR = "live-webinar"
    IN_PERSON = "in-person"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a choose-one, true/false or choose-all question, or one step of a scale."""

    text: str  # as written, with its marks: what `continua grade` compares
    html: str
    right: bool = False
    feedback_html: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A term and its meaning; a pair without a term is an extra meaning that matches nothing."""

    term: str
    meaning: str
    term_html: str = ""
    meaning_html: str = ""


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference key and, if given, the place in it: `nasw-code, 1.07(r)`."""

    key: str
    locator: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """One question, its key included. Exactly the fields that its kind needs are filled.

    `items` stand in the right order; `accepted` holds the alternatives of a short answer, `gaps` of each gap.
    """

    id: str
    kind: Kind
    heading: str  # plain text
    heading_html: str
    prompt_html: str = ""
    options: tuple[Option, ...] = ()
    pairs: tuple[Pair, ...] = ()
    items: tuple[Option, ...] = ()
    accepted: tuple[str, ...] = ()
    gaps: tuple[tuple[str, ...], ...] = ()
    number: Decimal | None = None
    tolerance: Decimal = Decimal(0)  # either way, edges included
    points: Fraction = Fraction(1)
    partial_credit: bool = False
    graded: bool = True  # free text, scales and reflections count neither way
    objective: int | None = None  # counts from 1, as authors write it
    source: Citation | None = None
    shuffle: bool | None = None  # None: as the exam says
    hint_html: str = ""
    rationale_html: str = ""
    private: bool = False
    words: tuple[int, int] | None = None  # fewest and most words of a free text
    match_capitals: bool = False
    line: int = 1

    def key_texts(self) -> tuple[str, ...]:
        """Give every text that only the key holds: what may not leave the server too early."""
        rights = (option.text for option in self.options if option.right)
        return (*rights, *self.accepted, *(text for gap in self.gaps for text in gap))


@dataclass(frozen=True, slots=True)
class Case:
    """A story and the questions that share it."""

    id: str
    title: str
    story_html: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Pool:
    """More questions than one learner is asked. `draw` counts items, or items per objective."""

    id: str
    title: str
    items: tuple[Question | Case, ...]
    draw: int
    per_objective: bool = False


class Feedback(StrEnum):
    """When a learner may see right answers and rationales."""

    AFTER_SUBMIT = "after-submit"
    AFTER_PASS = "after-pass"  # noqa: S105 - a pass mark, not a password
    AFTER_EACH = "after-each"


class Shuffle(StrEnum):
    """What an exam paper shuffles unless a question says otherwise."""

    OPTIONS = "options"
    QUESTIONS = "questions"
    BOTH = "both"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Exam:
    """The final exam: its rules and its items in the order they were written."""

    title: str
    pass_mark: int  # percent
    attempts: int | None  # None: unlimited
    feedback: Feedback = Feedback.AFTER_SUBMIT
    shuffle: Shuffle = Shuffle.OPTIONS
    time_limit: int | None = None  # minutes
    intro_html: str = ""
    items: tuple[Question | Case | Pool, ...] = ()

    def questions(self) -> Iterator[Question]:
        """Walk every question of the exam, drawn or not, in the order written."""
        for item in self.items:
            yield from _questions_in(item)


def _questions_in(item: Question | Case | Pool) -> Iterator[Question]:
    if isinstance(item, Question):
        yield item
    else:
        for inner in item.questions if isinstance(item, Case) else item.items:
            yield from _questions_in(inner)


@dataclass(frozen=True, slots=True)
class Section:
    """A `##` heading of a module: an address to resume at."""

    id: str
    title: str


@dataclass(frozen=True, slots=True)
class Prose:
    """A stretch of sanitized HTML. Its top-level blocks carry ids (`b1`, `b2` …) to resume at."""

    html: str


@dataclass(frozen=True, slots=True)
class Check:
    """A knowledge check: it teaches, with feedback at once, and no score is kept."""

    id: str
    title: str
    intro_html: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Module:
    """One module: prose with knowledge checks and scenarios in its flow."""

    slug: str  # the file name after its number: the module's address
    number: int
    title: str
    blocks: tuple[Prose | Check | Scenario, ...]
    sections: tuple[Section, ...] = ()
    objectives: tuple[int, ...] = ()
    minutes: int = 0  # audio and video
    words: int = 0
    cites: tuple[str, ...] = ()  # reference keys in order of first use

    def checks(self) -> Iterator[Check]:
        """Walk the module's knowledge checks."""
        return (block for block in self.blocks if isinstance(block, Check))


@dataclass(frozen=True, slots=True)
class Instructor:
    """Who presents the course, with what boards ask to be disclosed."""

    name: str
    credentials: str
    disclosure: str
    bio: str = ""


class Method(StrEnum):
    """How contact hours are computed (facts in docs/authoring.md, with their sources)."""

    NASW = "nasw"
    NCBTMB = "ncbtmb"
    MERGENER = "mergener"
    NASBA = "nasba"
    PILOT = "pilot"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class CreditHours:
    """What is claimed, by type, and everything the claim was computed from."""

    method: Method
    claimed: dict[HourType, Decimal]
    words: int
    minutes: Fraction  # of media, or clock or pilot minutes
    questions: int  # graded ones that one learner is asked
    computed: Fraction  # hours the method gives, before rounding
    claimable: Decimal  # the same, rounded down to the step (halves)
    difficulty: int | None = None

    @property
    def total(self) -> Decimal:
        """Contact hours claimed in all: types do not overlap, so their sum."""
        return sum(self.claimed.values(), Decimal(0))


@dataclass(frozen=True, slots=True)
class Reference:
    """A source of the course. In a page's list of references it has the id `ref-<key>`."""

    key: str
    text: str
    html: str
    label: str = ""  # as a citation names it: Reamer, 2023


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file of the course's media folder, named by what it holds."""

    name: str  # media/consent-flow.svg
    sha256: str


@dataclass(frozen=True, slots=True)
class Course:
    """A whole course as published: what learners read, what grades them, what boards ask for."""

    code: str
    title: str
    summary: str
    level: str  # beginning | intermediate | advanced
    format: Delivery
    language: str
    audience: str
    objectives: tuple[str, ...]
    credit: CreditHours
    instructors: tuple[Instructor, ...]
    reviewed_on: date
    review_due: date
    modules: tuple[Module, ...]
    exam: Exam | None = None
    evaluation: tuple[Question, ...] = ()
    description_html: str = ""
    references: tuple[Reference, ...] = ()
    ethics_areas: dict[str, int] = field(default_factory=dict)
    minimum_minutes: int = 0
    media: tuple[MediaFile, ...] = ()
    waivers: tuple[Waiver, ...] = ()

    @property
    def words(self) -> int:
        """Words of all modules, as the credit rules count them."""
        return sum(module.words for module in self.modules)

    def module(self, slug: str) -> Module | None:
        """Find a module by its address."""
        return next((module for module in self.modules if module.slug == slug), None)


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A mistake an author made: where she must type, what is wrong, what to do. Lines count from 1."""

    path: str
    line: int
    column: int
    level: str  # error | warning
    rule: str
    message: str
    remedy: str

    def __str__(self) -> str:
        """Give the line that `continua check`, the browser and CI all print."""
        return f"{self.path}:{self.line}:{self.column}: {self.level} {self.rule}: {self.message} {self.remedy}".rstrip()


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a folder gave: a course unless an error stands in the way, and every problem, sorted."""

    course: Course | None
    problems: tuple[Problem, ...]
    code: str = ""  # as course.md says it, even where no course came of it

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep the course from being published."""
        return tuple(each for each in self.problems if each.level == "error")
