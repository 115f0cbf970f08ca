"""What boards want said about a course before somebody enrolls (ASWB ACE, NASW and state rules)."""

from __future__ import annotations

from app.awards.document import wording
from app.content.course import Course, CreditHours, Exam, Feedback
from app.learning import progress
from app.library.provider import Provider
from app.web.words import counted, hours_by_type, minutes_in_words

FEEDBACK = {
    Feedback.AFTER_SUBMIT: "right answers and reasons are shown when you submit",
    Feedback.AFTER_PASS: "right answers and reasons are shown once you have passed",
    Feedback.AFTER_EACH: "right answers and reasons are shown after each question",
}
INTERACTION = "Knowledge checks with feedback in the text; questions to the provider by e-mail."
UNSTATED = "The provider has not stated this policy yet. Write to the address on this page."
SYSTEM = "Any current web browser on a phone, tablet or computer. Nothing to install; works without scripts."


def rows(course: Course, offered_by: Provider) -> tuple[tuple[str, str], ...]:
    """Give the disclosure rows of a course: a label and its words."""
    told = [
        ("Contact hours", f"{hours_by_type(course.credit)} ({_method(course.credit)})"),
        ("Format", wording.delivery(course.format)),
        ("Level", course.level.capitalize()),
        ("Who it is for", course.audience),
        ("Time", _time(course)),
        ("Price", "Free"),
        ("To earn the certificate", _requirements(course)),
        ("Interaction", INTERACTION),
        ("What you need", SYSTEM),
        ("Last reviewed", f"{course.reviewed_on:%B} {course.reviewed_on.day}, {course.reviewed_on.year}"),
        ("Provider", offered_by.name),
        ("Questions, accommodations, grievances", offered_by.email or offered_by.phone or "See our policies."),
    ]
    return tuple((label, words) for label, words in told if words)


def _time(course: Course) -> str:
    reading = minutes_in_words(sum(progress.minutes(one) for one in course.modules))
    asked = f", which opens after {counted(course.minimum_minutes, 'minute')} with the text"
    exam = f", then the exam{asked if course.minimum_minutes else ''}" if course.exam else ""
    return f"{reading[0].upper()}{reading[1:]} of reading{exam}"


METHODS = {
    "nasw": "{words:,} words at the NASW rate of 10,000 words an hour; NASW approves courses from one hour",
    "ncbtmb": "{words:,} words at the NCBTMB rate of 12,000 words an hour",
    "nasba": "NASBA formula: {words:,} words, {minutes} media minutes, {questions} questions; 50-minute hours",
    "mergener": "Mergener formula: {words:,} words, {questions} questions",
    "pilot": "median time of a pilot group: {minutes} minutes",
    "clock": "clock hours: {minutes} minutes",
}


def _method(credit: CreditHours) -> str:
    minutes = int(credit.minutes)
    return METHODS[credit.method].format(words=credit.words, minutes=minutes, questions=credit.questions)


def _requirements(course: Course) -> str:
    exam = f"{_exam_rule(course.exam)}; " if course.exam else ""
    return f"Read every module; {exam}fill in the evaluation. The certificate is there at once."


def _exam_rule(exam: Exam) -> str:
    tries = "as many attempts as you need" if exam.attempts is None else f"at most {exam.attempts} attempts"
    return f"pass the exam with {exam.pass_mark}% ({tries}, no time limit; {FEEDBACK[exam.feedback]})"


def policies(offered_by: Provider) -> tuple[tuple[str, str], ...]:
    """Give the provider's policies: a label and its words."""
    rows = (
        (
            "Refunds and cancellation",
            offered_by.refund_policy or "Our courses are free, so there is nothing to refund.",
        ),
        ("Grievances", offered_by.grievance_policy),
        ("Accommodations", offered_by.accommodations_policy),
        ("Privacy", offered_by.privacy_policy),
    )
    return tuple((label, words) for label, words in rows if words)
