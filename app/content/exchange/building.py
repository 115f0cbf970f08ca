"""Building an item from what a file says of it: the same rules for every format that can say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from app.content import spelling
from app.content.course import Kind
from app.content.exchange import escaping, texts
from app.content.exchange.from_html import Losses
from app.content.exchange.items import Choice, Item, Skip

WHOLE = Decimal(100)  # percent
TAGGED = ("Objective", "Points", "Source", "Credit", "Shuffle", "Private", "Words", "Capitals")
GAP_TAG = "gap"
_TAG = re.compile(rf"\s*({'|'.join(TAGGED)})\s*:\s*(\S.{{0,200}})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Weighed:
    """An answer with the share of the points it earns, in percent, and what is said about it."""

    text: str  # Markdown of an option, plain text of a short answer
    weight: Decimal
    feedback: str = ""


@dataclass(slots=True)
class Start:
    """What all kinds of questions share, as far as it is read; each builder below finishes an item from it."""

    line: int
    name: str = ""
    parts: list[str] = field(default_factory=list)
    rationale: str = ""
    settings: dict[str, str] = field(default_factory=dict)
    losses: Losses = field(default_factory=Losses)
    under: tuple[str, ...] = ()

    def tag(self, text: str) -> bool:
        """Take a tag that holds a setting of ours, as our own exports write them."""
        match = _TAG.fullmatch(text)
        if match:
            self.settings.setdefault(match[1].capitalize(), escaping.squeezed(match[2]))
        return match is not None

    def id(self, text: str) -> None:
        """Take the name by which the other system knows the question."""
        found = spelling.slug(text)
        if found:
            self.settings["Id"] = found
        if text.strip() and found != text.strip():
            self.losses.add(f"Its ID number “{text.strip()[:60]}” is written “{found or 'as its heading'}”.")

    def item(
        self,
        kind: Kind,
        *,
        choices: Sequence[Choice] = (),
        pairs: Sequence[tuple[str, str]] = (),
        accepted: Sequence[str] = (),
        gaps: Sequence[tuple[str, ...]] = (),
        number: tuple[Decimal, Decimal] = (Decimal(0), Decimal(0)),
    ) -> Item:
        """Finish the item."""
        heading, prompt = texts.stem(self.name, self.parts)
        heading, prompt = (_with_gaps(text, gaps) for text in (heading, prompt))
        return Item(
            self.line,
            kind,
            _unstructured(heading),
            prompt,
            choices=tuple(choices),
            pairs=tuple(pairs),
            accepted=tuple(accepted),
            gaps=tuple(gaps),
            number=number[0],
            tolerance=number[1],
            rationale=self.rationale,
            settings=self._settled(),
            lost=tuple(self.losses.found),
            under=self.under,
        )

    def _settled(self) -> dict[str, str]:
        if self.settings.get("Credit", "").lower() == "all":
            return {name: value for name, value in self.settings.items() if name != "Credit"}
        return self.settings


def options(start: Start, answers: Sequence[Weighed], *, single: bool) -> Item:
    """Build a question with options from their weights."""
    if len(answers) < 2:
        raise Skip("It has fewer than two options.")
    if single:
        return _choose_one(start, answers)
    rights = [answer for answer in answers if answer.weight > 0]
    if not rights:
        raise Skip("It has no right answer.")
    start.settings.setdefault("Credit", "partial")
    if start.settings["Credit"].lower() != "all":
        _tell_weights(start, answers, rights)
    return start.item(Kind.CHOOSE_ALL, choices=[Choice(a.text, a.weight > 0, a.feedback) for a in answers])


def _tell_weights(start: Start, answers: Sequence[Weighed], rights: Sequence[Weighed]) -> None:
    """Say where the file's weights are not ours: right ticks less wrong ones, each an equal share."""
    share = WHOLE / len(rights)
    if any(abs(answer.weight - share) > Decimal("0.01") for answer in rights):
        start.losses.add("Its right options had different weights; here they count the same.")
    if any(abs(answer.weight + share) > Decimal("0.01") for answer in answers if answer.weight <= 0):
        start.losses.add("Here a wrong tick takes back as much as a right one earns; in the file it was another share.")


def _choose_one(start: Start, answers: Sequence[Weighed]) -> Item:
    best = max(answer.weight for answer in answers)
    rights = [answer for answer in answers if answer.weight == best]
    if best <= 0:
        raise Skip("It has no right answer.")
    if len(rights) > 1:
        raise Skip("More than one option is right, and only one may be chosen. Decide which, or let several be chosen.")
    if best < WHOLE:
        start.losses.add(f"Its best option earned {best.normalize():f}% in the file; here it earns all points.")
    if any(answer.weight > 0 and answer is not rights[0] for answer in answers):
        start.losses.add("An option that earned part of the points earns none here.")
    if any(answer.weight < 0 for answer in answers):
        start.losses.add("An option that took points away takes none here.")
    start.settings.pop("Credit", None)
    return start.item(Kind.CHOOSE_ONE, choices=[Choice(a.text, a is rights[0], a.feedback) for a in answers])


def true_false(start: Start, *, right: bool, if_true: str = "", if_false: str = "") -> Item:
    """Build a question whose options are True and False."""
    choices = [Choice("True", right, if_true), Choice("False", not right, if_false)]
    start.settings.pop("Shuffle", None)  # these are never shuffled
    return start.item(Kind.TRUE_FALSE, choices=choices)


def short(start: Start, answers: Sequence[Weighed]) -> Item:
    """Build a short answer from what earns all points."""
    accepted = _accepted(start, answers)
    if len(accepted) == 1 and (value := decimal(accepted[0])) is not None:
        start.losses.add("Its answer is a number, so it is asked as one: 45 and 45.0 are the same.")
        start.settings.pop("Capitals", None)
        return start.item(Kind.NUMBER, number=(value, Decimal(0)))
    return start.item(Kind.SHORT, accepted=accepted)


def gap_texts(start: Start, answers: Sequence[Weighed]) -> tuple[str, ...]:
    """Give what a gap accepts."""
    return tuple(_accepted(start, answers))


def _accepted(start: Start, answers: Sequence[Weighed]) -> list[str]:
    full = [answer for answer in answers if answer.weight >= WHOLE and answer.text.strip() != "*"]
    if any(0 < answer.weight < WHOLE for answer in answers):
        start.losses.add("An answer that earned part of the points earns none here.")
    if any("|" in answer.text for answer in full):
        start.losses.add("An answer with a | in it cannot be written here, and was left away.")
    accepted = list(dict.fromkeys(escaping.squeezed(a.text) for a in full if "|" not in a.text and a.text.strip()))
    if not accepted:
        raise Skip("No answer of it earns all points.")
    if any(re.search(r"(?<!\\)\*", answer) for answer in accepted):
        start.losses.add("A * that stood for any letters is an asterisk here.")
    _explain(start, answers)
    return [answer.replace("\\*", "*") for answer in accepted]


def numeric(start: Start, answers: Sequence[tuple[Decimal, Decimal, Decimal]], feedback: Sequence[Weighed]) -> Item:
    """Build a number from values, tolerances and weights; the first that earns all points counts."""
    full = [(value, tolerance) for value, tolerance, weight in answers if weight >= WHOLE]
    if not full:
        raise Skip("No number of it earns all points.")
    if len(answers) > 1:
        start.losses.add(
            f"It had {len(answers)} answers with tolerances of their own; the first right one counts here."
        )
    _explain(start, feedback)
    return start.item(Kind.NUMBER, number=full[0])


def _explain(start: Start, answers: Sequence[Weighed]) -> None:
    """Keep what was said about the right answer as the rationale, if there is no other; tell what is not kept."""
    said = [answer for answer in answers if answer.feedback]
    right = [answer.feedback for answer in said if answer.weight >= WHOLE]
    if right and not start.rationale:
        start.rationale = right[0]
        said = [answer for answer in said if answer.feedback != right[0]]
    if any(answer.feedback != start.rationale for answer in said):
        start.losses.add("Feedback on single answers was not carried over: here it goes with options.")


def matching(start: Start, pairs: Sequence[tuple[str, str]]) -> Item:
    """Build a matching question; a pair without a term is an extra meaning."""
    start.settings.setdefault("Credit", "partial")
    kept = [(escaping.no_arrow(term), meaning) for term, meaning in pairs if meaning]
    if len(kept) < len(pairs):
        start.losses.add("A term without a meaning was left away.")
    if sum(1 for term, _ in kept if term) < 1 or len(kept) < 2:
        raise Skip("It has fewer than two pairs to match.")
    return start.item(Kind.MATCHING, pairs=list(dict.fromkeys(kept)))


def ordering(start: Start, steps: Sequence[Choice], *, partial: bool) -> Item:
    """Build a question whose steps stand in their right order."""
    if len(steps) < 2:
        raise Skip("It has fewer than two steps to put in order.")
    if partial:
        start.settings.setdefault("Credit", "partial")
    return start.item(Kind.ORDERING, choices=steps)


def gapped(start: Start, gaps: Sequence[tuple[str, ...]]) -> Item:
    """Build a text with gaps; their marks stand in the parts already."""
    if len(gaps) > 1:
        start.settings.setdefault("Credit", "partial")
    if any(not _fits_a_gap(text) for gap in gaps for text in gap):
        raise Skip("What belongs in a gap has brackets that do not close, and cannot be written here.")
    if "\n" in start.rationale and len(start.parts) == 1:
        start.parts = ["Fill the gap", *start.parts]  # only below gaps in a prompt a rationale may have paragraphs
    return start.item(Kind.GAPS, gaps=gaps)


def free(start: Start, *, ours: bool = False) -> Item:
    """Build a free text: it is read by people, and never graded here."""
    if not ours and start.settings.get("Points") != "0":  # so our own exports say it
        start.losses.add("Nobody grades a free text here: it earns no points.")
    start.settings.pop("Points", None)
    return start.item(Kind.FREE_TEXT)


def gap_mark(number: int) -> str:
    """Give what stands in a text for a gap until it is written."""
    return f"{escaping.GAP_OPENS}{number}{escaping.GAP_CLOSES}"


def _with_gaps(text: str, gaps: Sequence[tuple[str, ...]]) -> str:
    def written(match: re.Match[str]) -> str:
        number = int(match[1])
        return f"___({' | '.join(gaps[number])})___" if number < len(gaps) else "…"

    return re.sub(f"{escaping.GAP_OPENS}(\\d+){escaping.GAP_CLOSES}", written, text)


def _fits_a_gap(text: str) -> bool:
    return re.fullmatch(r"[^()\n]*(?:\([^()\n]*\)[^()\n]*)*", text) is not None


def _unstructured(heading: str) -> str:
    """Guard a heading that would open a case or a pool, or end in # signs."""
    heading = re.sub(r"(?i)^((?:case|pool)\s*):", r"\1&#58;", heading)
    return re.sub(r"#+$", lambda match: "\\#" * len(match.group()), heading)


def decimal(text: str) -> Decimal | None:
    """Read a number as people write it; nothing if it is none or absurdly long."""
    text = text.strip().replace("−", "-").replace(" ", "")
    text = text.replace(",", "") if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", text) else text
    if not re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d{1,2})?", text) or len(text) > 40:
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def points(start: Start, text: str) -> None:
    """Take what a question is worth, where it is not one point."""
    worth = decimal(text)
    if worth is None or worth == 1 or "Points" in start.settings:
        return
    if not 0 < worth <= 100 or Fraction(worth).denominator > 10**6:
        start.losses.add(
            f"It was worth {text.strip()[:20]}; here a question is worth more than 0 and up to 100 points."
        )
        return
    start.settings["Points"] = f"{worth.normalize():f}"
