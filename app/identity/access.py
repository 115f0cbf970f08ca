"""Who may do what: one table, read on every request, so that a change of role works on the next one."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from app.identity.people import Person, Role
from app.kit.errors import Forbidden


class Right(StrEnum):
    """What an account may be for, in the words of the table in docs/operating.md."""

    AUTHOR = "write courses in the Studio: her own"
    AUTHOR_ALL = "write every course in the Studio"
    REVIEW = "read drafts of every course and sign that they are reviewed"
    CERTIFY = "revoke and correct certificates"
    EVIDENCE = "see the evidence sheet of a certificate"
    LOOK_UP = "look up certificates by license and period"
    OFFICE = "run the office: people and roles, approvals, requests, rosters, mail"
    OVERSEE = "read every record of the office"


RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.LEARNER: frozenset(),
        Role.INSTRUCTOR: frozenset({Right.AUTHOR, Right.REVIEW}),
        Role.REVIEWER: frozenset({Right.REVIEW}),
        Role.OFFICER: frozenset({Right.EVIDENCE, Right.LOOK_UP}),
        Role.ADMIN: frozenset(Right),
        Role.AUDITOR: frozenset({Right.OVERSEE, Right.EVIDENCE}),  # reads everything, changes nothing
    }
)


class NotYourRole(Forbidden):
    """The account is for something else."""

    def __init__(self, right: Right) -> None:
        """Say what the account may not do."""
        super().__init__(f"Your account may not {right.split(':')[0]}. Ask the provider to change what it is for.")


def in_words(role: Role) -> tuple[str, ...]:
    """Say what an account of a role is for, right by right."""
    return tuple(str(right) for right in Right if right in RIGHTS[role])


def in_short(role: Role) -> str:
    """Say what an account of a role is for, in a few words."""
    return IN_SHORT[role]


IN_SHORT: Mapping[Role, str] = MappingProxyType(
    {
        Role.LEARNER: "takes courses",
        Role.INSTRUCTOR: "writes her own courses, and reviews those of others",
        Role.REVIEWER: "reads drafts, and signs that they are reviewed",
        Role.OFFICER: "a board’s staff: looks up certificates by license",
        Role.ADMIN: "runs the house",
        Role.AUDITOR: "reads every record, and changes nothing",
    }
)


def table() -> tuple[tuple[str, tuple[bool, ...]], ...]:
    """Give the one table: each right in words, and for every role whether it has it. The roles are its columns."""
    return tuple((str(right), tuple(right in RIGHTS[role] for role in Role)) for right in Right)


def may(person: Person, right: Right) -> bool:
    """Say whether an account has a right."""
    return right in RIGHTS[Role(person.role)]


def insist(person: Person, right: Right) -> None:
    """Raise `NotYourRole` unless an account has a right."""
    if not may(person, right):
        raise NotYourRole(right)
