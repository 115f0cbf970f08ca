"""A course in figures, for a program: what `describe` prints, with every fraction exact."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from app.cli import check
from app.content import traceability
from app.content.inventory import ExamCount, Inventory, ModuleCount, Told
from app.content.readability import Readability
from app.records.evidence_sections import AREAS

Plain = dict[str, Any]


def of(found: Inventory) -> Plain:
    """Give a course as names and values."""
    course, traced = found.course, traceability.of(found.course)
    return {
        "code": course.code,
        "title": course.title,
        "language": course.language,
        "words": course.words,
        "credit": check.credit(course.credit),
        "reading": _level(found.read),
        "modules": [_module(one) for one in found.modules],
        "exam": _exam(found.exam) if found.exam else None,
        "objectives": [asdict(row) for row in traced.rows],
        "loose": list(traced.loose),
        "ethics_areas": [
            {"letter": letter, "area": AREAS[letter], "percent": share}
            for letter, share in sorted(course.ethics_areas.items())
        ],
    }


def _module(one: ModuleCount) -> Plain:
    module = one.module
    return {
        "number": module.number,
        "slug": module.slug,
        "title": module.title,
        "words": module.words,
        "minutes": module.minutes,
        "objectives": list(module.objectives),
        "reading": _level(one.read),
        "checks": one.checks,
        "check_questions": one.check_questions,
        "scenarios": [asdict(story) for story in one.stories],
        "reflections": one.reflections,
        "pictures": one.pictures,
        "feedback": _told(one.told),
    }


def _level(read: Readability | None) -> Plain | None:
    return {**asdict(read), "grade": read.grade, "ease": read.ease} if read else None


def _exam(exam: ExamCount) -> Plain:
    return {
        "questions": exam.questions,
        "graded": exam.graded,
        "asked": asdict(exam.asked),
        "pools": [asdict(pool) for pool in exam.pools],
        "by_objective": [asdict(one) for one in exam.objectives],
        "kinds": {str(kind): count for kind, count in exam.kinds.items()},
        "right_answers": {
            "questions": exam.one_key,
            "places": list(exam.places),
            "in_this_order": exam.fixed,
            "longest": exam.longest,
        },
        "feedback": _told(exam.told),
    }


def _told(told: Told) -> Plain:
    return {
        "options": told.options,
        "without": told.without_feedback,
        "questions": [asdict(one) for one in told.silent],
    }
