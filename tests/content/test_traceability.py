"""The map of objectives: what it says is asked of everybody is in every paper, and every gap is said in words."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from makers import make_course, make_question

from app.assessment import papers
from app.content import traceability
from app.content.course import Case, Check, Course, Exam, Module, Pool, Question, Section
from app.learning import evaluations

OBJECTIVES = 3


def question(number: int, objective: int | None) -> Question:
    return replace(make_question(number), objective=objective)


@st.composite
def exams(draw: st.DrawFn) -> Exam:
    """An exam of questions, cases and pools, with any objectives."""
    numbers = iter(range(1, 100))
    objective = st.sampled_from([None, 1, 2, 3])

    def questions(least: int, most: int, objectives: st.SearchStrategy[int | None] = objective) -> tuple[Question, ...]:
        count = draw(st.integers(least, most))
        return tuple(question(next(numbers), draw(objectives)) for _ in range(count))

    items: list[Question | Case | Pool] = [*questions(0, 3)]
    for place in range(draw(st.integers(0, 3))):
        inside: tuple[Question | Case, ...]
        if draw(st.booleans()):
            inside = questions(1, 4, st.sampled_from([1, 2, 3]))
            items.append(Pool(f"pool-{place}", f"Pool {place}", inside, draw=1, per_objective=True))
        else:
            case = Case(f"case-{place}", f"Case {place}", "", questions(1, 2))
            inside = (*questions(1, 4), case)
            items.append(Pool(f"pool-{place}", f"Pool {place}", inside, draw=draw(st.integers(1, len(inside)))))
    return Exam(title="Exam", pass_mark=80, attempts=None, items=tuple(items))


def courses() -> st.SearchStrategy[Course]:
    taught = st.lists(st.lists(st.integers(1, OBJECTIVES), unique=True).map(tuple), min_size=1, max_size=4)
    return st.builds(_course, exams(), taught)


def _course(exam: Exam, taught: list[tuple[int, ...]]) -> Course:
    modules = tuple(
        Module(slug=f"m{number}", number=number, title=f"Module {number}", blocks=(), objectives=objectives)
        for number, objectives in enumerate(taught, 1)
    )
    return make_course(modules=modules, exam=exam)


@given(courses(), st.text("0123456789abcdef", min_size=4, max_size=8))
def test_what_every_learner_is_said_to_be_asked_is_on_every_paper(course: Course, seed: str) -> None:
    assert course.exam is not None
    asked = papers.draw(course.exam, seed).questions
    for row in traceability.of(course).rows:
        on_it = {one.id for one in asked if one.objective == row.number}
        assert len(on_it) >= row.surely_asked
        assert {one.id for one in row.tested if not one.drawn_from} <= on_it <= {one.id for one in row.tested}


@given(courses())
def test_an_objective_has_no_gap_exactly_when_it_is_taught_and_surely_tested(course: Course) -> None:
    for row in traceability.of(course).rows:
        assert (not row.gaps) == (bool(row.taught) and row.surely_asked > 0)
        assert [one.slug for one in row.taught] == [m.slug for m in course.modules if row.number in m.objectives]


@given(courses())
def test_every_graded_question_and_module_is_in_the_map_or_called_loose(course: Course) -> None:
    found = traceability.of(course)
    assert course.exam is not None
    mapped = {one.id for row in found.rows for one in row.tested}
    for one in course.exam.questions():
        assert (one.id in mapped) != any(f"“{one.heading}”" in sentence for sentence in found.loose)
    for module in course.modules:
        assert bool(module.objectives) != any(f"“{module.title}”" in sentence for sentence in found.loose)


@given(courses())
def test_the_evaluation_asks_for_each_objective_under_the_name_that_the_map_gives(course: Course) -> None:
    asked = {item.name: item.asks for item in evaluations.items(course)}
    assert all(asked[row.evaluation] == row.objective for row in traceability.of(course).rows)


def test_deleting_the_last_question_on_an_objective_names_the_objective() -> None:
    whole = make_course(questions=tuple(question(number, number) for number in (1, 2, 3)))
    assert traceability.of(whole).is_whole
    broken = make_course(questions=(question(1, 1), question(3, 3)))
    assert traceability.of(broken).gaps == (
        "Objective 2: no graded question of the exam tests it. Add “Objective:” and its number to one.",
    )


def test_a_question_that_some_learners_are_spared_does_not_count_as_a_test() -> None:
    pool = Pool("pool", "Telehealth", (question(1, 2), question(4, 1)), draw=1)
    found = traceability.of(make_course(exam=Exam("Exam", 80, None, items=(question(2, 1), question(3, 3), pool))))
    assert found.gaps == ("Objective 2: some learners are not tested on it: it is left to the draw of “Telehealth”.",)
    assert [one.drawn_from for one in found.rows[1].tested] == ["Telehealth"]


def test_sections_and_knowledge_checks_stand_beside_what_they_teach() -> None:
    check = Check("first-check-1", "Try it", "", (question(9, 1),))
    module = Module("first", 1, "First", (check,), sections=(Section("one", "One"),), objectives=(1,))
    row = traceability.of(make_course(modules=(module,))).rows[0]
    assert (row.taught[0].title, row.taught[0].sections) == ("First", ("One",))
    assert [one.id for one in row.checks] == ["question-9"]


def test_a_course_without_an_exam_says_that_nothing_tests_it() -> None:
    assert all("no exam" in gap for gap in traceability.of(make_course(exam=None)).gaps)
