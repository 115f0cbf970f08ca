"""The sum behind the contact hours, written out: every input, every step, the source of the rule, and what is claimed.

The Studio, the evidence pack and the command line print these same lines, so that an author, an approving body and
a board's auditor read one sum. Its figures are those that `continua check --format json` gives.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from app.content import credit_hours
from app.content.course import Course, CreditHours, Method

PLACES = Decimal("0.0001")  # how far a figure is written out that has no end

# Names and sources of the methods, as an application cites them.
NAMES = {
    Method.NASW: "NASW word rate",
    Method.NCBTMB: "NCBTMB word rate",
    Method.MERGENER: "Mergener formula",
    Method.NASBA: "NASBA word-count formula",
    Method.PILOT: "Pilot group",
    Method.CLOCK: "Clock hours",
}
SOURCES = {
    Method.NASW: (
        "NASW CE Approval Program, “Apply” and the application checklist (socialworkers.org): 10,000 words of text are "
        "one contact hour; contact hours in whole and half hours; programs of at least one hour."
    ),
    Method.NCBTMB: (
        "NCBTMB, “What is a CE hour?” (ncbtmb.org/faq): 12,000 words of text are one contact hour; audio and video "
        "count one to one."
    ),
    Method.MERGENER: (
        "The Mergener formula as BOC (bocatc.org/mergener-formula) and CCCEP (cccep.ca) print it: minutes = 0.9 × "
        "(−22.3 + 0.00209 × words + 2.78 × questions + 15.5 × difficulty)."
    ),
    Method.NASBA: (
        "The NASBA word-count formula: (words ÷ 140 + minutes of audio and video + 1.85 × questions) ÷ 50, in hours of "
        "50 minutes."
    ),
    Method.PILOT: (
        "The median time that a pilot group took, as bodies that accept pilot testing ask for it (for one, 21 NCAC "
        "18B .1105). Keep the record of the pilot with this pack."
    ),
    Method.CLOCK: "Instruction by the clock: 60 minutes are one contact hour, without breaks and registration.",
}
HOURS_OF_60, HOURS_OF_50 = 60, 50

WORDS_RULE = (
    "Words are those of the modules: text, headings, tables, boxes, knowledge checks, scenarios and footnotes. Titles, "
    "the author’s particulars, references, captions, transcripts and the exam are not counted."
)
QUESTIONS_RULE = "Questions are the graded ones of the exam that one learner is asked."


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the sum: what it is, how it is reckoned, and what that gives."""

    label: str
    reckoning: str
    gives: str


@dataclass(frozen=True, slots=True)
class Input:
    """What one module brings to the sum."""

    module: str
    words: int
    minutes: int  # audio and video


@dataclass(frozen=True, slots=True)
class WorkedSum:
    """The whole sum, ready to be read."""

    method: str
    source: str
    inputs: tuple[Input, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]


def of(course: Course, *, step: Decimal = credit_hours.HALF) -> WorkedSum:
    """Write out how the contact hours of a course were computed, and what of them is claimed."""
    credit = course.credit
    return WorkedSum(
        method=NAMES[credit.method],
        source=SOURCES[credit.method],
        inputs=tuple(Input(module.title, module.words, module.minutes) for module in course.modules),
        lines=(*_RECKONINGS[credit.method](credit), *_claim(credit, step)),
        notes=tuple(_notes(course)),
    )


def _by_word_rate(credit: CreditHours, rate: int) -> Iterator[Line]:
    words, media = Fraction(credit.words, rate), credit.minutes / credit_hours.MINUTES_PER_HOUR
    yield Line("Text", f"{credit.words:,} words ÷ {rate:,} words an hour", _hours(words))
    yield Line("Audio and video", f"{figure(credit.minutes)} minutes ÷ 60", _hours(media))
    yield Line("Computed", f"{figure(words)} + {figure(media)}", _whole(credit.computed))


def _nasw(credit: CreditHours) -> Iterator[Line]:
    return _by_word_rate(credit, credit_hours.NASW_WORDS_PER_HOUR)


def _ncbtmb(credit: CreditHours) -> Iterator[Line]:
    return _by_word_rate(credit, credit_hours.NCBTMB_WORDS_PER_HOUR)


def _nasba(credit: CreditHours) -> Iterator[Line]:
    text = Fraction(credit.words, credit_hours.NASBA_WORDS_PER_MINUTE)
    questions = credit_hours.NASBA_MINUTES_PER_QUESTION * credit.questions
    minutes = text + credit.minutes + questions
    yield Line("Text", f"{credit.words:,} words ÷ 140 words a minute", _minutes(text))
    yield Line("Audio and video", "minute for minute", _minutes(credit.minutes))
    yield Line("Questions", f"{credit.questions} × 1.85 minutes", _minutes(questions))
    yield Line("Together", f"{figure(text)} + {figure(credit.minutes)} + {figure(questions)}", _minutes(minutes))
    yield Line("Computed", f"{figure(minutes)} minutes ÷ 50 minutes an hour", _whole(credit.computed))


def _mergener(credit: CreditHours) -> Iterator[Line]:
    difficulty = credit.difficulty or credit_hours.EASIEST
    parts = (
        ("Constant", "of the formula", credit_hours.MERGENER_CONSTANT),
        ("Text", f"0.00209 × {credit.words:,} words", credit_hours.MERGENER_PER_WORD * credit.words),
        ("Questions", f"2.78 × {credit.questions} questions", credit_hours.MERGENER_PER_QUESTION * credit.questions),
        (
            "Difficulty",
            f"15.5 × {difficulty}, on a scale from 1 to 5",
            credit_hours.MERGENER_PER_DIFFICULTY * difficulty,
        ),
    )
    for label, reckoning, amount in parts:
        yield Line(label, reckoning, figure(amount))
    together = sum((amount for _, _, amount in parts), Fraction(0))
    minutes = credit_hours.MERGENER_FACTOR * together
    whole = credit.computed * credit_hours.MINUTES_PER_HOUR
    yield Line("Together", " + ".join(figure(amount) for _, _, amount in parts), figure(together))
    yield Line("Times 0.9", f"0.9 × {figure(together)}", _minutes(minutes))
    yield Line("Whole minutes", "rounded down, and never below 0", _minutes(whole))
    yield Line("Computed", f"{figure(whole)} minutes ÷ 60", _whole(credit.computed))


def _pilot(credit: CreditHours) -> Iterator[Line]:
    yield Line("Computed", f"{figure(credit.minutes)} minutes, as the pilot group took ÷ 60", _whole(credit.computed))


def _clock(credit: CreditHours) -> Iterator[Line]:
    yield Line("Computed", f"{figure(credit.minutes)} minutes by the clock ÷ 60", _whole(credit.computed))


_RECKONINGS: dict[Method, Callable[[CreditHours], Iterator[Line]]] = {
    Method.NASW: _nasw,
    Method.NCBTMB: _ncbtmb,
    Method.NASBA: _nasba,
    Method.MERGENER: _mergener,
    Method.PILOT: _pilot,
    Method.CLOCK: _clock,
}


def _claim(credit: CreditHours, step: Decimal) -> Iterator[Line]:
    """Round down to the step, and set what is claimed beside it."""
    steps = "the half hour" if step == credit_hours.HALF else f"steps of {step} hours"
    claimable = Fraction(credit.claimable)
    yield Line("May be claimed", f"rounded down to {steps}", _hours(claimable))
    by_type = " + ".join(f"{figure(Fraction(hours))} {kind}" for kind, hours in credit.claimed.items() if hours)
    yield Line("Claimed", by_type or "nothing", _hours(Fraction(credit.total)))
    if left := claimable - Fraction(credit.total):
        yield Line("Left unclaimed", f"{figure(claimable)} − {figure(Fraction(credit.total))}", _hours(left))


def _notes(course: Course) -> Iterator[str]:
    credit = course.credit
    if credit.method not in {Method.PILOT, Method.CLOCK}:
        yield WORDS_RULE
    if credit.method in {Method.NASBA, Method.MERGENER}:
        yield QUESTIONS_RULE
    if credit.minutes != sum(module.minutes for module in course.modules):
        yield f"The {figure(credit.minutes)} minutes are those that course.md gives for the course as a whole."
    if credit.method is Method.NASBA:
        yield "An hour of this method has 50 minutes. Boards of social work count hours of 60, or of 50 to 60, minutes."
    if credit.method is Method.MERGENER and credit.minutes:
        yield "The formula does not count the minutes of audio and video."
    if credit.method is Method.NASW and credit.total < 1:
        yield "NASW approves programs of one contact hour and more; this course claims less than that."


# --- the drift ----------------------------------------------------------------------------------------------------

FEWEST_COMPLETERS = 5  # below that a median says little, and may say whose it is
FITS = (Fraction(3, 4), Fraction(3, 2))  # of the minutes claimed; ours: a drift beyond it is worth looking into


@dataclass(frozen=True, slots=True)
class Measured:
    """How long those who completed an edition were really at it."""

    median_minutes: Fraction  # of active time
    completers: int


@dataclass(frozen=True, slots=True)
class Drift:
    """How the hours claimed and the time measured stand to each other."""

    sentence: str
    is_alarm: bool = False


def drift(credit: CreditHours, measured: Measured | None) -> Drift:
    """Hold the hours claimed against the active time of real completers, or say honestly that nobody knows yet."""
    if measured is None or not measured.completers:
        return Drift("Not measured yet: nobody’s active time in this edition has been recorded.")
    if measured.completers < FEWEST_COMPLETERS:
        return Drift(
            f"Not measured yet: a median is told from {FEWEST_COMPLETERS} completers on, and so far there "
            f"{'is 1' if measured.completers == 1 else f'are {measured.completers}'}."
        )
    return _told(Fraction(credit.total) * minutes_an_hour(credit.method), measured)


def minutes_an_hour(method: Method) -> int:
    """Say how many minutes an hour of a method has."""
    return HOURS_OF_50 if method is Method.NASBA else HOURS_OF_60


def _told(claimed: Fraction, measured: Measured) -> Drift:
    share = measured.median_minutes / claimed if claimed else FITS[1]
    told = (
        f"The median active time of {measured.completers:,} people who completed this edition is "
        f"{round(measured.median_minutes)} minutes; {round(claimed)} minutes are claimed ({round(share * 100)}%)."
    )
    if share < FITS[0]:
        return Drift(f"{told} They need much less: claim fewer hours, or find out what they skip.", is_alarm=True)
    if share > FITS[1]:
        return Drift(f"{told} They need much more: the course may be worth more hours, or too hard.", is_alarm=True)
    return Drift(f"{told} The claim fits.")


# --- figures ------------------------------------------------------------------------------------------------------


def figure(amount: Fraction) -> str:
    """Write an amount out: 0.8389; one without an end is rounded and says so: ≈ 0.6991."""
    exact = Decimal(amount.numerator) / Decimal(amount.denominator)
    rounded = exact.quantize(PLACES, rounding=ROUND_HALF_EVEN)
    plain = f"{abs(rounded).normalize():,f}"
    sign = "−" if rounded < 0 else ""
    return f"{sign}{plain}" if Fraction(rounded) == amount else f"≈ {sign}{plain}"


def _whole(hours: Fraction) -> str:
    """Give the hours computed; where their figure is rounded, also the exact fraction."""
    told = _hours(hours)
    return f"{told}, exactly {hours.numerator}/{hours.denominator}" if told.startswith("≈") else told


def _hours(amount: Fraction) -> str:
    return f"{figure(amount)} {'hour' if amount == 1 else 'hours'}"


def _minutes(amount: Fraction) -> str:
    return f"{figure(amount)} {'minute' if amount == 1 else 'minutes'}"
