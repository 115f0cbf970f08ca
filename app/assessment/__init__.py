"""Exams: papers drawn from a seed, answers that cannot be lost, grades in exact arithmetic."""
