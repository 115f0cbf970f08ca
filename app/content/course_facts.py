"""What a course says of itself, setting by setting, and what a module says, paragraph by paragraph."""

from __future__ import annotations

from collections.abc import Iterator

from app.content import question_facts
from app.content.course import Case, Check, Course, Exam, Module, Pool, Prose, Question
from app.content.passages import Paragraph, paragraphs, plain
from app.content.scenario import Scenario


def settings(course: Course) -> dict[str, str]:
    """Give the settings of a course, in the order an author writes them; silent ones left out."""
    told = {
        "Title": course.title,
        "Summary": course.summary,
        "Level": course.level,
        "Format": str(course.format),
        "Language": course.language,
        "Audience": course.audience,
        **{f"Objective {number}": words for number, words in enumerate(course.objectives, 1)},
        **_credit(course),
        "Minimum minutes": str(course.minimum_minutes or ""),
        **{f"Instructor {number}": _instructor(course, number) for number in range(1, len(course.instructors) + 1)},
        "Ethics areas": ", ".join(f"{area} {share}%" for area, share in sorted(course.ethics_areas.items())),
        **{f"Reference {one.key}": one.text for one in course.references},
        "Reviewed on": course.reviewed_on.isoformat(),
        "Review due": course.review_due.isoformat(),
        "Description": plain(course.description_html),
        **{f"Waived in {one.path}: {one.rule}": one.reason for one in course.waivers},
    }
    return {label: words for label, words in told.items() if words}


def _credit(course: Course) -> dict[str, str]:
    credit = course.credit
    return {
        "Contact hours": hours(course),
        "Hours by method": f"{credit.method}: {credit.words:,} words, {credit.minutes} minutes, "
        f"{credit.questions} questions give {credit.claimable}",
        "Difficulty": str(credit.difficulty or ""),
    }


def hours(course: Course) -> str:
    """Say what a course claims: 0.5 (0.5 ethics)."""
    kinds = ", ".join(f"{amount} {kind}" for kind, amount in sorted(course.credit.claimed.items()) if amount)
    return f"{course.credit.total} ({kinds})" if kinds else str(course.credit.total)


def _instructor(course: Course, number: int) -> str:
    one = course.instructors[number - 1]
    return " · ".join(filter(None, (one.name, one.credentials, one.disclosure, one.bio)))


def rules(exam: Exam | None) -> dict[str, str]:
    """Give the rules of an exam, and what its pools draw."""
    if exam is None:
        return {}
    told = {
        "Title": exam.title,
        "Pass mark": f"{exam.pass_mark}%",
        "Attempts": "unlimited" if exam.attempts is None else str(exam.attempts),
        "Answers shown": str(exam.feedback),
        "Shuffled": str(exam.shuffle),
        "Time limit": f"{exam.time_limit} minutes" if exam.time_limit else "none",
        "Introduction": plain(exam.intro_html),
    }
    return {label: words for label, words in {**told, **_groups(exam)}.items() if words}


def _groups(exam: Exam) -> dict[str, str]:
    told = {}
    for item in exam.items:
        if isinstance(item, Pool):
            each = " per objective" if item.per_objective else ""
            told[f"Pool “{item.title}”"] = f"draws {item.draw}{each} of {len(item.items)}"
        for case in item.items if isinstance(item, Pool) else (item,):
            if isinstance(case, Case):
                told[f"Case “{case.title}”"] = plain(case.story_html)
    return told


def questions(exam: Exam | None) -> dict[str, Question]:
    """Give the questions of an exam by their ids."""
    return {question.id: question for question in exam.questions()} if exam else {}


def about(module: Module) -> dict[str, str]:
    """Give what the settings of a module say."""
    told = {
        "Title": module.title,
        "Place": str(module.number),
        "Objectives": ", ".join(str(number) for number in module.objectives),
        "Minutes of media": str(module.minutes or ""),
    }
    return {label: words for label, words in told.items() if words}


def text(module: Module) -> tuple[Paragraph, ...]:
    """Give what there is to read in a module, its checks and scenarios in their places."""
    return tuple(paragraph for block in module.blocks for paragraph in _block(block))


def _block(block: Prose | Check | Scenario) -> Iterator[Paragraph]:
    if isinstance(block, Prose):
        yield from paragraphs(block.html)
    elif isinstance(block, Check):
        yield _said(f"Check: {block.title}")
        yield from paragraphs(block.intro_html)
        for question in block.questions:
            yield from (_said(f"{label}: {words}") for label, words in question_facts.of(question).items())
    else:
        yield from _scenario(block)


def _scenario(scenario: Scenario) -> Iterator[Paragraph]:
    yield _said(f"Scenario: {scenario.title}")
    yield from paragraphs(scenario.intro_html)
    for step in scenario.steps:
        yield _said(f"Step: {step.title}")
        yield from paragraphs(step.html)
        for choice in step.choices:
            yield _said(f"Choice: {choice.text} → {choice.step}")
            yield from paragraphs(choice.feedback_html)


def _said(words: str) -> Paragraph:
    return Paragraph(words, words)
