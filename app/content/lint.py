"""What makes a question fair and a course creditable, beyond its being well formed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from app.content import asked, credit_hours, giveaways
from app.content.course import CreditHours, Exam, Kind, Method, Question
from app.content.exam import ExamDraft
from app.content.findings import Findings, Place
from app.content.questions import Draft

LONGEST_AT_LEAST, LONGEST_SHARE = 5, Fraction(60, 100)
POSITION_AT_LEAST, POSITION_SHARE = 8, Fraction(50, 100)
_BOLD = re.compile(r"\*\*.+?\*\*|(?<!_)__(?!_).+?(?<!_)__(?!_)", re.DOTALL)
_CODE = re.compile(r"(?<!`)(`+)(?!`).*?(?<!`)\1(?!`)", re.DOTALL)
_NEGATIVE = re.compile(r"(?<![\w’'-])(not|no|never|except|least)(?![\w’'-])", re.IGNORECASE)
_REFERS = re.compile(r"\b(?:all|none) (?:of )?the above\b")


def questions(drafts: Iterable[Draft], findings: Findings) -> None:
    """Judge each question by itself."""
    for draft in drafts:
        if draft.question.graded:
            _explained(draft, findings)
            _plain_stem(draft, findings)
        _self_contained(draft, findings)


def _explained(draft: Draft, findings: Findings) -> None:
    question = draft.question
    feedback = any(option.feedback_html for option in (*question.options, *question.items))
    if not (draft.explained or feedback or _unanswered(draft)):
        findings.add(
            "missing-rationale",
            draft.heading.place,
            "This question does not explain its answer.",
            "Add a line “Rationale: …” after the options, or feedback under them.",
        )


def _unanswered(draft: Draft) -> bool:
    """Say whether a question has no answer yet: that is reported, and there is nothing to explain."""
    return draft.broken and not draft.places


def _plain_stem(draft: Draft, findings: Findings) -> None:
    found = _NEGATIVE.search(_BOLD.sub(" ", _CODE.sub(" ", draft.stem)))
    if found:
        word = found.group()
        findings.add(
            "negative-stem",
            draft.heading.place,
            f"“{word}” turns this question around and is easily missed.",
            f"Ask it the other way, or write **{word}**.",
        )


def _self_contained(draft: Draft, findings: Findings) -> None:
    for text, place in zip(draft.texts, draft.places, strict=False):
        if _REFERS.search(text) and draft.question.kind in {Kind.CHOOSE_ONE, Kind.CHOOSE_ALL}:
            findings.add(
                "all-of-the-above",
                place,
                "This option refers to the others.",
                "Write it out, or let the learner choose all that apply with [ ].",
            )


def exam(draft: ExamDraft) -> None:
    """Judge the exam as a whole: patterns that give answers away."""
    plain = [each.question for each in draft.outline.drafts() if giveaways.has_one_key(each.question)]
    _longest(plain, draft.findings)
    _positions(plain, draft.exam, draft.findings)


def _longest(plain: Sequence[Question], findings: Findings) -> None:
    longest = sum(map(giveaways.key_is_longest, plain))
    if len(plain) >= LONGEST_AT_LEAST and longest > LONGEST_SHARE * len(plain):
        findings.add(
            "longest-is-key",
            Place(),
            f"The right answer is the longest in {longest} of {len(plain)} questions.",
            "Shorten some right answers, or write fuller wrong ones.",
        )


def _positions(plain: Sequence[Question], exam: Exam, findings: Findings) -> None:
    fixed = [question for question in plain if not giveaways.is_shuffled(question, exam)]
    if len(fixed) < POSITION_AT_LEAST:
        return
    places = [giveaways.place_of_key(question) for question in fixed]
    common = max(set(places), key=lambda place: (places.count(place), -place))
    if places.count(common) > POSITION_SHARE * len(fixed):
        findings.add(
            "key-position",
            Place(),
            f"The right answer is number {common + 1} in {places.count(common)} of {len(fixed)} questions.",
            "Move some of them, or set “shuffle: options”.",
        )


def credit(draft: ExamDraft, hours: CreditHours | None) -> None:
    """Judge whether the post-test is what the hours claimed call for."""
    uncertain = _uncertain(draft)
    if ungraded(draft):
        draft.findings.add(
            "too-few-questions", Place(), "This exam has no graded question.", "Add questions with a right answer."
        )
        return
    if hours is not None and hours.method is Method.NASW and hours.claimed:
        _enough(draft, hours, uncertain)
    _few_true_false(draft)


def ungraded(draft: ExamDraft) -> bool:
    """Say whether nothing in an exam counts: it is not finished, and that is told once."""
    uncertain = _uncertain(draft)
    return not asked.most(draft.exam, lambda each: each.graded or each.id in uncertain)


def _uncertain(draft: ExamDraft) -> set[str]:
    return {each.question.id for each in draft.outline.drafts() if each.broken}


def _enough(draft: ExamDraft, hours: CreditHours, uncertain: set[str]) -> None:
    needed = credit_hours.questions_needed(hours.total)
    have = asked.fewest(draft.exam, lambda each: each.id in uncertain or _is_multiple_choice(each))
    if have < needed:
        draft.findings.add(
            "too-few-questions",
            Place(),
            f"A learner is asked {have} multiple-choice questions; {hours.total} hours call for {needed}.",
            "Add questions, or claim fewer hours.",
        )


def _is_multiple_choice(question: Question) -> bool:
    return question.graded and question.kind in asked.MULTIPLE_CHOICE


def _few_true_false(draft: ExamDraft) -> None:
    asked_for = asked.graded(draft.exam)
    true_false = asked.most(draft.exam, lambda each: each.graded and each.kind is Kind.TRUE_FALSE)
    if true_false > credit_hours.TRUE_FALSE_SHARE * asked_for:
        draft.findings.add(
            "too-many-true-false",
            Place(),
            f"{true_false} of {asked_for} graded questions are true or false; one in ten may be.",
            "Turn some into questions with several options.",
        )


def untested(objectives: int, exam: Exam, drafts: Iterable[Draft]) -> Iterator[int]:
    """Give the objectives that some learner may not be tested on; a question that is not finished may yet test one."""
    written = list(drafts)
    if any(_objective_uncertain(draft, objectives) for draft in written):
        return iter(())
    sure = asked.sure_objectives(exam) | {each.question.objective for each in written if each.broken}
    return (number for number in range(1, objectives + 1) if number not in sure)


def _objective_uncertain(draft: Draft, objectives: int) -> bool:
    """Say whether a question names an objective that cannot be told: it may be the very one that is missing."""
    number = draft.question.objective
    return "objective" in draft.named and (number is None or not 1 <= number <= objectives)
