"""What a doctor of the house looks at: each check gives what it found, in words, with what to do about it."""

from app.cli.symptoms.finding import Grade, Symptom

__all__ = ["Grade", "Symptom"]
