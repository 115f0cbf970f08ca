"""The sections of an evidence pack: what each says of a course, in words, from values and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.awards.document import wording
from app.awards.document.dossier import FactRows, Grid, Heading, Listed, Part, Rich, Section, Words
from app.content import references, traceability, worked_sum
from app.content.course import Course
from app.content.scenario import Scenario
from app.content.traceability import Row, Tested
from app.content.worked_sum import Measured
from app.learning import evaluations
from app.records import checklist, post_test
from app.records.printing import printed

AREAS = {
    "A": "History and evolution of values and ethics",
    "B": "Ethical theories",
    "C": "Professional standards of practice",
    "D": "Legal and ethical requirements",
    "E": "Values and self-awareness",
    "F": "Critical thinking",
    "G": "Decision-making processes and dilemmas",
    "H": "Diversity and social justice",
}  # ASWB ACE, application for ethics credit
SCALE = "1 (not at all) to 5 (fully)"
SAMPLE_FILE = "sample-certificate.pdf"


@dataclass(frozen=True, slots=True)
class Signed:
    """One signature under the text."""

    name: str
    license: str
    on: date
    note: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A course and everything that is said of it, gathered from the records."""

    course: Course
    content_hash: str
    published_at: datetime | None  # None: a draft
    signatures: tuple[Signed, ...]
    review: str  # how it stands to a review, in words
    files: Mapping[str, str]  # every file of the source, and its SHA-256
    disclosed: tuple[tuple[str, str], ...]  # the rows of the public page
    policies: tuple[tuple[str, str], ...]  # label and words; empty words where nothing is stated
    approvals: tuple[str, ...]  # statements that hold on the day of the pack
    provider: tuple[tuple[str, str], ...]
    measured: Measured | None
    on: date

    @property
    def is_draft(self) -> bool:
        """Whether the text is not published."""
        return self.published_at is None


def all_of(subject: Subject) -> tuple[Section, ...]:
    """Give every section, in the order in which an application asks."""
    course = subject.course
    said: tuple[tuple[str, str, Iterator[Part]], ...] = (
        ("checklist", "What is asked for, and where it is", _checklist(subject)),
        ("course-page", "Course page", _course_page(subject)),
        ("outline", "Outline", _outline(course)),
        ("objectives-map", "Objectives map", _objectives_map(course)),
        ("post-test", "Post-test with key and rationale", post_test.parts(course)),
        ("references", "References and their ages", _references(course, subject.on)),
        ("instructors", "Instructors and disclosures", _instructors(course)),
        ("contact-hours", "How the contact hours were computed", contact_hours(course, subject.measured)),
        ("evaluation-form", "Evaluation form", _evaluation_form(course)),
        ("certificate", "Sample certificate", _certificate(course)),
        ("policies", "Policies and contact", _policies(subject)),
        ("review-and-edition", "Review, edition and source", _edition(subject)),
    )
    return tuple(Section(slug, title, tuple(parts)) for slug, title, parts in said)


def _checklist(subject: Subject) -> Iterator[Part]:
    course, numbers = subject.course, {slug: number for number, slug in enumerate(_SLUGS, 1)}
    points = checklist.of(
        course, policies=dict(subject.policies), signed=bool(subject.signatures), today=subject.on
    )  # fmt: skip
    yield Words(
        "Bodies change what they ask for: read the body’s own list first. This one follows NASW’s CE approval program "
        "and the documents that ASWB ACE asks for."
    )
    rows = (
        (one.asked, one.by, "Yes" if one.is_met else "Look here", one.standing, str(numbers[one.place]))
        for one in points
    )
    yield Grid("Asked for", ("What", "By", "Met", "How it stands", "Section"), tuple(rows), (36, 15, 12, 27, 10))
    yield Heading("To be added by hand")
    yield Words("These are about people and the organization. They are not kept here.")
    yield Listed(checklist.BY_HAND)


_SLUGS = (
    "checklist", "course-page", "outline", "objectives-map", "post-test", "references", "instructors",
    "contact-hours", "evaluation-form", "certificate", "policies", "review-and-edition",
)  # fmt: skip


def _course_page(subject: Subject) -> Iterator[Part]:
    course = subject.course
    yield FactRows((("Title", course.title), ("Summary", course.summary), *subject.disclosed))
    if course.description_html:
        yield Heading("Description")
        yield Rich(printed(course.description_html))
    yield Heading("What learners will be able to do")
    yield Listed(course.objectives, numbered=True)
    yield Heading("Approvals")
    if subject.approvals:
        yield Listed(subject.approvals)
    else:
        yield Words("Not approved by any board on the day of this pack. The course page says so in these words.")


def _outline(course: Course) -> Iterator[Part]:
    rows = tuple(
        (
            str(module.number),
            module.title,
            "\n".join(section.title for section in module.sections) or "–",
            f"{module.words:,}",
            str(module.minutes),
            str(sum(len(check.questions) for check in module.checks())),
            str(sum(isinstance(block, Scenario) for block in module.blocks)),
        )
        for module in course.modules
    )
    head = ("No.", "Module", "Sections", "Words", "Media minutes", "Check questions", "Scenarios")
    yield Grid("Modules, in the order in which they are read", head, rows, (6, 24, 29, 10, 10, 11, 10))
    if course.ethics_areas:
        shares = tuple((letter, AREAS[letter], f"{share}%") for letter, share in sorted(course.ethics_areas.items()))
        yield Grid(
            "Ethics: how the content divides over the areas of ASWB ACE",
            ("Letter", "Area", "Share"),
            shares,
            (12, 70, 18),
        )


def _objectives_map(course: Course) -> Iterator[Part]:
    found = traceability.of(course)
    rows = tuple(
        (f"{row.number}. {row.objective}", _taught(row), _tested(row), f"“Objective {row.number}”, {SCALE}")
        for row in found.rows
    )
    yield Grid(
        "Objective, where it is taught, what tests it, what evaluates it",
        ("Objective", "Taught in", "Tested by", "Evaluated by"),
        rows,
        (29, 25, 30, 16),
    )
    if found.gaps or found.loose:
        yield Heading("Gaps")
        yield Listed((*found.gaps, *found.loose))
    else:
        yield Words("Every objective is taught, is tested on every learner’s paper, and is evaluated.")


def _taught(row: Row) -> str:
    named = (f"{one.title}: {'; '.join(one.sections)}" if one.sections else one.title for one in row.taught)
    return "\n".join(named) or "Nowhere"


def _tested(row: Row) -> str:
    exam = [f"{_asked(one)}" for one in row.tested]
    checks = [f"{one.heading} (knowledge check)" for one in row.checks]
    sure = f"At least {row.surely_asked} on every paper" if any(one.drawn_from for one in row.tested) else ""
    return "\n".join(filter(None, (*exam, sure, *checks))) or "Nothing"


def _asked(one: Tested) -> str:
    return f"{one.heading} (drawn from “{one.drawn_from}”)" if one.drawn_from else one.heading


def _references(course: Course, on: date) -> Iterator[Part]:
    cited = {key for module in course.modules for key in module.cites}
    rows = tuple((one.text, *_age(one.text, on), "Yes" if one.key in cited else "No") for one in course.references)
    if rows:
        yield Grid("Sources, with their age today", ("Source", "Year", "Age", "Cited"), rows, (64, 11, 15, 10))
    else:
        yield Words("The course lists no references.")
    yield Words(f"NASW asks for references that are at most {references.YEARS_UNTIL_OLD} years old.")


def _age(text: str, on: date) -> tuple[str, str]:
    year = references.latest_year(text, until=on.year)
    if year is None:
        return "–", "No year given"
    age = on.year - year
    return str(year), f"{age} {'year' if age == 1 else 'years'}" + (
        ", old" if age > references.YEARS_UNTIL_OLD else ""
    )  # fmt: skip


def _instructors(course: Course) -> Iterator[Part]:
    for one in course.instructors:
        yield Heading(", ".join(filter(None, (one.name, one.credentials))))
        yield Words(one.bio or "No bio is given.")
        yield Words(one.disclosure, "Disclosure:")


def contact_hours(course: Course, measured: Measured | None) -> Iterator[Part]:
    """Write out the sum of the contact hours: the same in the Studio and in the pack."""
    worked = worked_sum.of(course)
    yield FactRows((("Method", worked.method), ("Source", worked.source)))
    inputs = tuple((one.module, f"{one.words:,}", str(one.minutes)) for one in worked.inputs)
    yield Grid("What each module brings", ("Module", "Words", "Minutes of media"), inputs, (60, 18, 22))
    lines = tuple((line.label, line.reckoning, line.gives) for line in worked.lines)
    yield Grid("The sum", ("Step", "How", "Gives"), lines, (24, 42, 34))
    if worked.notes:
        yield Listed(worked.notes)
    yield Words(worked_sum.drift(course.credit, measured).sentence, "Measured:")


def _evaluation_form(course: Course) -> Iterator[Part]:
    yield Words(
        "Asked of every learner before the certificate. What was said is kept apart from who said it. "
        f"A scale runs from {SCALE}."
    )
    rows = tuple(
        (item.asks, SCALE if item.is_scale else "In her own words", "Yes" if item.is_required else "No")
        for item in evaluations.items(course)
    )
    yield Grid("The form", ("Asks", "Answered", "Required"), rows, (62, 24, 14))


def _certificate(course: Course) -> Iterator[Part]:
    yield Words(
        f"{SAMPLE_FILE} shows what a learner receives the second she completes the course. It is marked as a sample, "
        "and its number is one that can never be issued."
    )
    hours = (wording.hours(amount, kind) for kind, amount in wording.in_order(_claimed(course)))
    yield FactRows(
        (
            ("Contact hours", "; ".join(hours)),
            ("In all", wording.total(course.credit.total)),
            ("Format", wording.delivery(course.format)),
            ("Presented by", "; ".join(f"{one.name}, {one.credentials}" for one in course.instructors)),
            ("To earn it", "Every module read, the exam passed, the evaluation sent, name and time zone confirmed"),
            ("To check it", "By its number at the provider’s public address, for as long as the provider runs it"),
        )
    )


def _claimed(course: Course) -> dict[str, str]:
    return {str(kind): str(hours) for kind, hours in course.credit.claimed.items() if hours}


def _policies(subject: Subject) -> Iterator[Part]:
    yield FactRows(subject.provider)
    yield FactRows(tuple((label, words or "Not stated yet") for label, words in subject.policies))


def _edition(subject: Subject) -> Iterator[Part]:
    course, published = subject.course, subject.published_at
    yield FactRows(
        (
            ("Content hash", subject.content_hash),
            ("Published", f"{wording.date_in_words(published.date())} (UTC)" if published else "Not yet: a draft"),
            ("Content reviewed", wording.date_in_words(course.reviewed_on)),
            ("Next review due", wording.date_in_words(course.review_due)),
            ("Review", subject.review),
        )
    )
    for one in subject.signatures:
        yield Heading(f"Signed by {one.name}")
        yield FactRows((("License", one.license), ("On", wording.date_in_words(one.on)), ("Note", one.note or "–")))
    yield Words(
        "The folder source/ beside this document holds the very files of this text. The content hash is the SHA-256 "
        "of a line for each file, in the order of their names: its SHA-256, two spaces, its name."
    )
    rows = tuple((name, digest) for name, digest in sorted(subject.files.items()))
    yield Grid("Files of the source", ("File", "SHA-256"), rows, (36, 64))
