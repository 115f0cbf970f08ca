"""GIFT out, as Moodle reads it: all texts are HTML, and what GIFT has no place for is said."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.content.course import Course, Kind, Option, Question
from app.content.exchange import categories, leaving, written
from app.content.exchange.leaving import Asked, Export, Sent
from app.content.passages import plain

_RESERVED = re.compile(r"[\\:#={}~]")


def write(course: Course) -> Export:
    """Write the exam of a course."""
    parts = [f"// {_comment(course.title)}\n"]
    sent: list[Sent] = []
    under: tuple[str, ...] = ()
    for asked in leaving.walk(course):
        question, lost = asked.question, tuple(_lost(asked.question))
        body = _answer(question)
        if body is None:
            sent.append(Sent(question.id, question.line, (_why_out(question),), out=True))
            continue
        if asked.under != under:
            under = asked.under
            parts.append(f"$CATEGORY: {categories.path(under)}\n")
        if asked.story:
            parts.append(f"::{_escape(under[-1])}::[html]{_escape(leaving.html(asked.story))}\n")
        parts.append(_block(asked, body))
        sent.append(Sent(question.id, question.line, lost))
    return Export("\n".join(parts), tuple(sent))


def _block(asked: Asked, body: str) -> str:
    question = asked.question
    tags = "".join(f" [tag:{_bracketed(tag)}]" for tag in leaving.tags(question))
    text = _question_text(question, body)
    return (
        f"// question: {_comment(question.id)} [id:{question.id}]{tags}\n::{_escape(question.heading)}::[html]{text}\n"
    )


def _question_text(question: Question, body: str) -> str:
    if question.kind is Kind.GAPS:
        text = leaving.asked_html(question, lambda _: "\ue002")
        before, _, after = text.partition("\ue002")
        return f"{_escape(before)}{{{body}}}{_escape(after)}"
    return f"{_escape(leaving.asked_html(question, str))}{{{body}}}"


def _answer(question: Question) -> str | None:
    """Write what stands in the braces; nothing if GIFT knows no such kind."""
    if question.kind is Kind.SCALE or len(question.gaps) > 1 or any("->" in text for text in _right_words(question)):
        return None
    writers = {
        Kind.CHOOSE_ONE: _options,
        Kind.TRUE_FALSE: _truth,
        Kind.CHOOSE_ALL: _options,
        Kind.MATCHING: _pairs,
        Kind.ORDERING: _steps,
        Kind.SHORT: _typed,
        Kind.GAPS: _typed,
        Kind.NUMBER: _number,
        Kind.FREE_TEXT: _nothing,
    }
    lines = writers[question.kind](question)
    rationale = _general(question)
    return f"{lines}{rationale}"


def _right_words(question: Question) -> tuple[str, ...]:
    return (*question.accepted, *(text for gap in question.gaps for text in gap))


def _general(question: Question) -> str:
    if not question.rationale_html or question.kind is Kind.ORDERING:
        return ""
    return f"####{_escape(leaving.html(question.rationale_html))}"


def _options(question: Question) -> str:
    right, wrong = leaving.shares(question)
    marks = {True: "=", False: "~"} if question.kind is Kind.CHOOSE_ONE else {True: f"~%{right}%", False: f"~%{wrong}%"}
    lines = [f"\t{marks[each.right]}{_escape(leaving.html(each.html))}{_feedback(each)}\n" for each in question.options]
    return "\n" + "".join(lines)


def _feedback(option: Option) -> str:
    return f"#{_escape(leaving.html(option.feedback_html))}" if option.feedback_html else ""


def _truth(question: Question) -> str:
    """Write T or F, then what is said to whoever answers wrong, then to whoever answers right."""
    right = next(option for option in question.options if option.right)
    wrong = next(option for option in question.options if not option.right)
    said = [_escape(leaving.html(option.feedback_html)) for option in (wrong, right)]
    feedback = f"#{said[0]}#{said[1]}" if said[1] else f"#{said[0]}" if said[0] else ""
    return ("TRUE" if plain(right.html).strip().casefold() == "true" else "FALSE") + feedback


def _pairs(question: Question) -> str:
    pairs = (f"\t={_escape(leaving.html(p.term_html))} -> {_escape(plain(p.meaning_html))}\n" for p in question.pairs)
    return "\n" + "".join(pairs)


def _steps(question: Question) -> str:
    rule = "RELATIVE_NEXT_EXCLUDE_LAST" if question.partial_credit else "ALL_OR_NOTHING"
    steps = "".join(f"{_escape(leaving.html(step.html))}\n" for step in question.items)
    return f">{len(question.items)} ALL VERTICAL {rule}\n{steps}"


def _nothing(_question: Question) -> str:
    return ""


def _typed(question: Question) -> str:
    texts = question.gaps[0] if question.gaps else question.accepted
    return "".join(f"={_escape(text.replace('*', chr(92) + '*'))} " for text in texts).rstrip()


def _number(question: Question) -> str:
    value = written.plain(question.number) if question.number is not None else "0"
    return f"#{value}:{written.plain(question.tolerance)}" if question.tolerance else f"#{value}"


def _lost(question: Question) -> Iterator[str]:
    yield from leaving.losses(question)
    if question.kind is not Kind.ORDERING:  # GIFT can say of an order that it is all or nothing
        yield from leaving.all_or_nothing(question)
    if question.hint_html:
        yield "GIFT has no hints."
    if question.kind is Kind.ORDERING and (question.rationale_html or any(s.feedback_html for s in question.items)):
        yield "GIFT has no rationale or feedback where things are put in order."


def _why_out(question: Question) -> str:
    if question.kind is Kind.SCALE:
        return "A scale has no right answer, and GIFT has no such question."
    if len(question.gaps) > 1:
        return "GIFT has no question with several gaps. Moodle XML has."
    return "GIFT takes the -> in its answer for a pair to be matched. Moodle XML does not."


def _escape(text: str) -> str:
    return _RESERVED.sub(r"\\\g<0>", text).replace("\n", "\\n")


def _comment(text: str) -> str:
    return " ".join(text.split()).replace("[", "(")


def _bracketed(text: str) -> str:
    return re.sub(r"[\\\]]", r"\\\g<0>", text)
