"""Who may do what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.identity import access
from app.identity.access import NotYourRole, Right
from app.identity.people import Person, Role


def test_every_role_stands_in_the_table() -> None:
    assert set(access.RIGHTS) == set(Role)


def test_a_learner_and_an_officer_write_and_review_nothing() -> None:
    for role in (Role.LEARNER, Role.OFFICER):
        assert not any(access.may(Person(role=role), right) for right in (Right.AUTHOR, Right.AUTHOR_ALL, Right.REVIEW))


def test_nobody_but_an_admin_revokes_or_corrects() -> None:
    assert [role for role in Role if access.may(Person(role=role), Right.CERTIFY)] == [Role.ADMIN]


def test_an_officer_and_an_admin_see_what_led_to_a_certificate() -> None:
    assert {role for role in Role if access.may(Person(role=role), Right.EVIDENCE)} == {
        Role.OFFICER,
        Role.ADMIN,
        Role.AUDITOR,
    }


def test_an_instructor_writes_her_own_courses_and_not_everybodys() -> None:
    ines = Person(role=Role.INSTRUCTOR)
    assert access.may(ines, Right.AUTHOR)
    assert not access.may(ines, Right.AUTHOR_ALL)


def test_a_refusal_says_what_the_account_may_not_do() -> None:
    with pytest.raises(NotYourRole, match="may not write courses in the Studio"):
        access.insist(Person(role=Role.LEARNER), Right.AUTHOR)


OPERATING = Path(__file__).parents[2] / "docs" / "operating.md"


def told(text: str) -> tuple[list[str], list[tuple[str, tuple[bool, ...]]]]:
    """Read the table of roles as it is documented: its columns, and its rows."""
    table = text.partition("| May |")[2].partition("\n\n")[0]
    head, _, *rows = table.splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    return re.findall(r"`(\w+)`", head), [(right, tuple(cell == "yes" for cell in has)) for right, *has in cells]


def test_the_table_of_roles_is_documented_as_it_is() -> None:
    roles, rows = told(OPERATING.read_text(encoding="utf-8"))
    assert roles == [str(role) for role in Role]
    assert rows == list(access.table())


def test_control_a_table_that_says_otherwise_is_found() -> None:
    text = OPERATING.read_text(encoding="utf-8").replace("certificates | – |", "certificates | yes |")
    assert told(text)[1] != list(access.table())
