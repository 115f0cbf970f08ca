"""Pace: how long a question took, as far as the arrival of answers tells.

Measured is the time between the arrival of an answer and the arrival of the one before it (for the first: the start
of the attempt), added up over all answers to the question. It holds reading, thinking and whatever else she did.
Breaks are capped. Answers that arrive together, as from a plain form or after a time without a network, tell no time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

LONGEST = timedelta(minutes=10)  # a longer wait counts as this much: she was away
TOGETHER = timedelta(seconds=1)  # answers to several questions within it came in one go

Arrival = tuple[datetime, str]  # when, and the question


def seconds(started_at: datetime, arrivals: Sequence[Arrival]) -> dict[str, float]:
    """Give the seconds each question took, for those questions of which it can be told."""
    told: dict[str, float] = {}
    untold: set[str] = set()
    before = started_at
    for batch in _batches(sorted(arrivals)):
        questions = {question for _, question in batch}
        if len(questions) > 1:
            untold |= questions
        else:
            (question,) = questions
            wait = min(max(batch[0][0] - before, timedelta(0)), LONGEST)
            told[question] = told.get(question, 0.0) + wait.total_seconds()
        before = batch[-1][0]
    return {question: time for question, time in told.items() if question not in untold}


def _batches(arrivals: Sequence[Arrival]) -> Iterator[list[Arrival]]:
    """Part the arrivals where more than a second lies between two of them."""
    batch: list[Arrival] = []
    for arrival in arrivals:
        if batch and arrival[0] - batch[-1][0] > TOGETHER:
            yield batch
            batch = []
        batch.append(arrival)
    if batch:
        yield batch
