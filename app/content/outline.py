"""The outline of questions: which belong to a case, which to a pool, and which stand alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from app.content import headings, questions, strays
from app.content.course import Case, Pool, Question
from app.content.findings import Line
from app.content.headings import Heading
from app.content.markdown import Scribe
from app.content.questions import Draft
from app.content.shapes import is_asked
from app.content.spelling import slug

_CASE = re.compile(r"case\s*:\s*(?P<title>.*)", re.IGNORECASE)
_POOL = re.compile(r"pool\s*:\s*(?P<title>.*)", re.IGNORECASE)
_DRAW = re.compile(
    r"(?P<title>(?:.*?\S)??)\s*+\(\s*+draw\s+(?P<count>\d{1,4})(?P<each>\s+per\s+objective)?\s*\)", re.IGNORECASE
)


@dataclass(slots=True)
class CaseDraft:
    """A case as it is read."""

    title: str
    heading: Heading
    story: list[Line]
    story_html: str
    drafts: list[Draft] = field(default_factory=list)

    def case(self) -> Case:
        """Give the finished case."""
        return Case(
            slug(self.title) or "case", self.title, self.story_html, tuple(each.question for each in self.drafts)
        )


@dataclass(slots=True)
class PoolDraft:
    """A pool as it is read; `draw` is None where its heading does not say."""

    title: str
    heading: Heading
    draw: int | None
    per_objective: bool
    items: list[Draft | CaseDraft] = field(default_factory=list)

    def pool(self) -> Pool:
        """Give the finished pool."""
        items = tuple(_finished(item) for item in self.items)
        draw = len(items) if self.draw is None else self.draw
        return Pool(slug(self.title) or "pool", self.title, items, draw, self.per_objective)


def _finished(item: Draft | CaseDraft) -> Question | Case:
    return item.question if isinstance(item, Draft) else item.case()


@dataclass(slots=True)
class Outline:
    """What a text with questions holds, in the order it was written."""

    title: str = ""
    intro: list[Line] = field(default_factory=list)
    items: list[Draft | CaseDraft | PoolDraft] = field(default_factory=list)

    def drafts(self) -> Iterator[Draft]:
        """Walk every question."""
        for item in self.items:
            for inner in item.items if isinstance(item, PoolDraft) else [item]:
                yield from inner.drafts if isinstance(inner, CaseDraft) else [inner]

    def finished(self) -> tuple[Question | Case | Pool, ...]:
        """Give the finished items."""
        return tuple(item.pool() if isinstance(item, PoolDraft) else _finished(item) for item in self.items)


def read(lines: Sequence[Line], scribe: Scribe, *, level: int, graded: bool = True) -> Outline:
    """Read the questions of a text; `level` is the number of # signs a plain question has there.

    Only where that is two may cases and pools stand: a knowledge check holds plain questions.
    """
    reader = _Reader(scribe, level=level, graded=graded)
    for heading, body in headings.sections(lines):
        reader.take(heading, body)
    reader.finish()
    return reader.outline


class _Reader:
    """Takes the sections of a text in turn; `_pool` and `_case` are those that are open."""

    def __init__(self, scribe: Scribe, *, level: int, graded: bool) -> None:
        self.outline = Outline()
        self._scribe = scribe
        self._level = level
        self._graded = graded
        self._pool: PoolDraft | None = None
        self._case: CaseDraft | None = None

    def take(self, heading: Heading | None, body: list[Line]) -> None:
        if heading is None:
            self.outline.intro += body
        elif self._is_title(heading, body):
            self.outline.title = self._scribe.inline([heading.text]).text
            self.outline.intro += body
        else:
            self._open(heading)
            self._place(heading, body)

    def _is_title(self, heading: Heading, body: list[Line]) -> bool:
        """Take a # heading before the first question for the page's title, unless it asks something itself."""
        return heading.level == 1 < self._level < 3 and not self.outline.items and not is_asked(body)

    def _open(self, heading: Heading) -> None:
        """Leave the case and the pool that a heading ends."""
        if heading.level <= self._level:
            self._finish_pool()
        elif heading.level == self._level + 1 and self._pool:
            self._finish_case()

    def _place(self, heading: Heading, body: list[Line]) -> None:
        case = _CASE.fullmatch(heading.text.text) if self._level == 2 else None
        pool = _POOL.fullmatch(heading.text.text) if self._level == 2 else None
        expected = self._expected(case=case is not None, pool=pool is not None)
        if heading.level != expected:
            self._wrong_level(heading, expected)
        if pool:
            self._begin_pool(heading, pool["title"], body)
        elif case:
            self._begin_case(heading, case["title"], body)
        else:
            self._ask(heading, body)

    def _expected(self, *, case: bool, pool: bool) -> int:
        if pool:
            return self._level
        return self._level + (self._pool is not None) + (self._case is not None and not case)

    def _wrong_level(self, heading: Heading, expected: int) -> None:
        self._scribe.findings.add(
            "question-wrong-level",
            heading.place,
            f"A question here begins with {'#' * expected}, and this heading with {'#' * heading.level}.",
            f"Begin it with {'#' * expected}, or move it where it belongs.",
        )

    def _ask(self, heading: Heading, body: list[Line]) -> None:
        draft = questions.read(heading, body, self._scribe, graded=self._graded)
        self._claim(draft)
        if self._case:
            self._case.drafts.append(draft)
        elif self._pool:
            self._pool.items.append(draft)
        else:
            self.outline.items.append(draft)

    def _claim(self, draft: Draft) -> None:
        ids = self._scribe.desk.ids
        if draft.question.id in ids and draft.question.heading:
            what = f"the id “{draft.question.id}”" if "id" in draft.named else "the same heading"
            self._scribe.findings.add(
                "duplicate-question",
                draft.id_place,
                f"Another question of this course has {what}.",
                "Reword this heading, or add a line “Id: …” with a name of its own.",
            )
        ids.add(draft.question.id)

    def _begin_case(self, heading: Heading, title: str, body: list[Line]) -> None:
        self._finish_case()
        text = heading.text.cut(len(heading.text.text) - len(title))
        if text.blank:
            self._scribe.findings.add("no-answer", heading.place, "This case has no title.", "Write it after “Case:”.")
        self._case = CaseDraft(self._scribe.inline([text]).text, heading, body, self._scribe.blocks(body))

    def _begin_pool(self, heading: Heading, title: str, body: list[Line]) -> None:
        self._finish_pool()
        draw = _DRAW.fullmatch(title.strip())
        count = int(draw["count"]) if draw else 0
        name = draw["title"] if draw else title
        if not count or not name.strip():
            lacks = "has no name" if count else "does not say how many of its questions are asked"
            self._scribe.findings.add(
                "bad-pool-heading",
                heading.place,
                f"This pool {lacks}.",
                "Write it like this: ## Pool: Consent (draw 10)",
            )
        self._pool = PoolDraft(name.strip(), heading, count or None, per_objective=bool(draw and draw["each"]))
        stray = next((line for line in body if not line.blank), None)
        if stray:
            place = stray.cut(len(stray.text) - len(stray.text.lstrip())).place
            self._scribe.findings.add(
                "text-outside-question",
                place,
                "A pool holds questions and no other text.",
                "Move this into a question, or above the first one.",
            )

    def _finish_case(self) -> None:
        case, self._case = self._case, None
        if case is None:
            return
        if not case.drafts:
            self._scribe.findings.add(
                "no-answer",
                case.heading.place,
                f"The case “{case.title}” asks nothing.",
                f"Add a question under it: {'#' * (case.heading.level + 1)} …",
            )
        else:
            strays.report(case.story, self._scribe.findings, "Move it under a question of this case.")
        if self._pool:
            self._pool.items.append(case)
        else:
            self.outline.items.append(case)

    def _finish_pool(self) -> None:
        self._finish_case()
        pool, self._pool = self._pool, None
        if pool is None:
            return
        self.outline.items.append(pool)
        if pool.per_objective:
            self._judge_blueprint(pool)
        elif pool.draw is not None and pool.draw > len(pool.items):
            self._too_small(pool, f"draws {pool.draw} and holds {len(pool.items)}")

    def _judge_blueprint(self, pool: PoolDraft) -> None:
        drafts = [item for item in pool.items if isinstance(item, Draft)]
        if len(drafts) < len(pool.items):
            self._scribe.findings.add(
                "bad-pool-heading",
                pool.heading.place,
                "A pool that draws for each objective cannot hold cases.",
                "Draw a plain number, or move the cases out of the pool.",
            )
            return
        self._judge_objectives(pool, drafts)

    def _judge_objectives(self, pool: PoolDraft, drafts: list[Draft]) -> None:
        for draft in drafts:
            if draft.question.objective is None and "objective" not in draft.named:
                self._scribe.findings.add(
                    "unknown-objective",
                    draft.heading.place,
                    "This pool draws for each objective, and this question names none.",
                    "Add a line “Objective: …” with its number.",
                )
        counts: dict[int, int] = {}
        for draft in drafts:
            if draft.question.objective is not None:
                counts[draft.question.objective] = counts.get(draft.question.objective, 0) + 1
        for objective, count in sorted(counts.items()):
            if pool.draw is not None and count < pool.draw:
                self._too_small(pool, f"draws {pool.draw} for objective {objective} and holds {count}")
                return
        if not drafts:
            self._too_small(pool, "holds no question")

    def _too_small(self, pool: PoolDraft, how: str) -> None:
        self._scribe.findings.add(
            "pool-too-small", pool.heading.place, f"The pool “{pool.title}” {how}.", "Add questions, or draw fewer."
        )

    def finish(self) -> None:
        self._finish_pool()
        if self.outline.items:
            strays.report(
                self.outline.intro, self._scribe.findings, f"Write its question above it: {'#' * self._level} …"
            )
