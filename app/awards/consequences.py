"""Consequences: what a corrected key would change, person by person, before anything is written. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from app.assessment import corrections
from app.assessment.corrections import Correction, Regrade
from app.content.course import Question


@dataclass(frozen=True, slots=True)
class Consequence:
    """What a correction means for one person in one enrollment."""

    enrollment_id: int
    who: str
    regrades: tuple[Regrade, ...]
    passes_otherwise: bool  # by an attempt that did not ask the question
    completed: bool
    certificate: str  # the number of the one that stands; empty where none does
    would_complete: bool  # with a pass nothing is missing

    @property
    def passed_before(self) -> bool:
        """Whether she has passed."""
        return self.passes_otherwise or any(one.was_passed for one in self.regrades)

    @property
    def passes_after(self) -> bool:
        """Whether she would have passed by the corrected scores alone."""
        return self.passes_otherwise or any(one.earned for one in self.regrades)

    @property
    def gains(self) -> bool:
        """Whether she passes with it."""
        return self.passes_after and not self.passed_before

    @property
    def would_lose(self) -> bool:
        """Whether her pass would be none any more."""
        return self.passed_before and not self.passes_after

    @property
    def can_lose(self) -> bool:
        """Whether the pass could be taken from her: what was completed stays completed."""
        return self.would_lose and not self.completed

    @property
    def completes(self) -> bool:
        """Whether a certificate is issued to her."""
        return self.gains and self.would_complete and not self.completed

    @property
    def is_affected(self) -> bool:
        """Whether anything is different for her, so that she is written to."""
        return any(one.changes for one in self.regrades)

    @property
    def words(self) -> str:
        """Say what changes most for her; empty where nothing does."""
        if self.completes:
            return "passes, certificate"
        if self.gains:
            return "passes"
        if self.would_lose:
            kept = " certificate stands" if self.certificate else " course completed" if self.completed else ""
            return f"pass at stake{',' if kept else ''}{kept}"
        return "score" if self.is_affected else ""

    def stands(self, regrade: Regrade, *, takes_passes: bool) -> bool:
        """Say whether an attempt of hers is a pass from now on."""
        return regrade.earned or (regrade.was_passed and not (takes_passes and self.can_lose))

    def touched(self, *, takes_passes: bool) -> list[tuple[Regrade, bool]]:
        """Give the attempts for which something is different, each with whether it is a pass from now on."""
        judged = ((one, self.stands(one, takes_passes=takes_passes)) for one in self.regrades)
        return [(one, passed) for one, passed in judged if one.changes or passed != one.was_passed]

    @property
    def facts(self) -> list[object]:
        """Give what the digest of a plan is made from."""
        scores = [repr(one) for one in self.regrades]
        return [self.enrollment_id, scores, self.passes_otherwise, self.completed, self.certificate, self.completes]


@dataclass(frozen=True, slots=True)
class Plan:
    """A correction, where it holds, and everything that would follow from it."""

    course_code: str
    question: Question  # as it is graded now, in the edition that was looked at
    correction: Correction
    edition_ids: tuple[int, ...]  # in which it stands
    only_in: int | None  # the one edition it is meant for; None: wherever the same text stands
    prints: tuple[str, ...]
    consequences: tuple[Consequence, ...]

    @property
    def digest(self) -> str:
        """Name the plan by everything in it: two who see the same plan decide the same thing."""
        facts = [
            self.course_code,
            self.question.id,
            corrections.key_in_words(self.question),
            self.correction.to_json(),
            self.only_in,
            self.prints,
            [one.facts for one in self.consequences],
        ]
        return hashlib.sha256(json.dumps(facts).encode()).hexdigest()

    @property
    def was(self) -> str:
        """The key before, in words."""
        return corrections.key_in_words(self.question)

    @property
    def becomes(self) -> str:
        """The key after, in words."""
        return corrections.key_in_words(corrections.corrected(self.question, self.correction))

    @property
    def regrades(self) -> list[Regrade]:
        """Every attempt that asked the question."""
        return [regrade for one in self.consequences for regrade in one.regrades]

    @property
    def affected(self) -> list[Consequence]:
        """Those for whom something is different."""
        return [one for one in self.consequences if one.is_affected]

    @property
    def gaining(self) -> list[Consequence]:
        """Those who pass with it."""
        return [one for one in self.consequences if one.gains]

    @property
    def losing(self) -> list[Consequence]:
        """Those whose pass would be none any more."""
        return [one for one in self.consequences if one.would_lose]

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """Give what would follow in figures."""
        return (
            ("Attempts that asked it", len(self.regrades)),
            ("Attempts with another score", sum(one.changes for one in self.regrades)),
            ("People affected", len(self.affected)),
            ("Passes gained", len(self.gaining)),
            ("Certificates to issue", len(self.completing)),
            ("Passes at stake", len(self.losing)),
        )

    @property
    def completing(self) -> list[Consequence]:
        """Those who get a certificate."""
        return [one for one in self.consequences if one.completes]


def sorted_by_weight(consequences: Sequence[Consequence]) -> list[Consequence]:
    """Put first those for whom most changes: a pass gained, a pass at stake, a score, nothing."""
    return sorted(consequences, key=lambda one: (not one.gains, not one.would_lose, not one.is_affected, one.who))
