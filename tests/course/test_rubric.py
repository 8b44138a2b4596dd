"""Rubrics: they name the checks of their exercise, and mistakes are reported with their lines."""

from __future__ import annotations

from pathlib import Path

import pytest

from grader.course import rubric
from grader.course.exercise import Exercise, load_exercise
from grader.course.rubric import Rubric, load_rubric
from grader.errors import ExerciseError

ROOT = Path(rubric.__file__).parents[2]
HEAD = "exercise: x\nchecks:\n"
pytestmark = pytest.mark.usefixtures("in_folder")


@pytest.fixture
def exercise() -> Exercise:
    """With the checks `first` (backward), `second` (value of `u`) and `third` (raises)."""
    path = Path("x.yaml")
    path.write_text(
        "id: x\ntitle: X\nstatement: Do it.\nchecks:\n"
        "  - {id: first, kind: backward}\n"
        "  - {id: second, kind: value, names: {u: u}}\n"
        "  - {id: third, kind: raises, error: backward-twice}\n"
    )
    return load_exercise(path)


def load(text: str, exercise: Exercise) -> Rubric:
    path = Path("r.yaml")
    path.write_text(text)
    return load_rubric(path, exercise)


def mistakes(text: str, exercise: Exercise) -> list[str]:
    with pytest.raises(ExerciseError) as caught:
        load(text, exercise)
    return str(caught.value).splitlines()


class TestLoading:
    def test_a_whole_rubric(self, exercise: Exercise) -> None:
        loaded = load(
            HEAD
            + "  first: {points: 2, hint: Try., partial: true}\n"
            + "  second:\n    points: 0.5\n    needs: [first]\n    mistakes:\n"
            + '      - {when: u == 1 and not found, say: "One.", credit: 0.5}\n'
            + "      - {when: 'passed(\"first\")', say: Two., hint: Go on.}\n"
            + "    remarks:\n      - {when: u == 2, say: Well.}\n"
            + "  third: {points: 0}\n",
            exercise,
        )
        first, second = loaded.checks["first"], loaded.checks["second"]
        assert loaded.exercise == "x"
        assert (first.points, first.hint, first.partial, first.needs, first.mistakes) == (2.0, "Try.", True, (), ())
        assert (second.points, second.hint, second.partial, second.needs) == (0.5, "", False, ("first",))
        assert [(rule.when.text, rule.say, rule.credit, rule.hint) for rule in second.mistakes] == [
            ("u == 1 and not found", "One.", 0.5, None),
            ('passed("first")', "Two.", 0.0, "Go on."),
        ]
        assert [(remark.when.text, remark.say) for remark in second.remarks] == [("u == 2", "Well.")]

    @pytest.mark.parametrize("path", sorted(ROOT.glob("rubrics/*.yaml")), ids=lambda path: path.stem)
    def test_the_built_in_rubrics_load(self, path: Path) -> None:
        loaded = load_exercise(ROOT / "exercises" / path.name)
        assert load_rubric(path, loaded).checks.keys() == {check.id for check in loaded.checks}


class TestMistakes:
    def test_all_are_reported_at_once_in_the_order_of_the_file(self, exercise: Exercise) -> None:
        assert mistakes(
            "exercise: y\nchecks:\n"
            "  first: {points: -1, hnit: Try.}\n"
            "  secnod: {points: '2'}\n"
            "  third:\n    points: 1\n    partial: yes\n    mistakes:\n"
            "      - {when: tensor = 1, say: No.}\n"
            "      - {when: found, credit: 50}\n",
            exercise,
        ) == [
            "r.yaml:1: exercise: `y` must be `x`, as the file is named",
            "r.yaml:2: checks: `second` is missing; every check of the exercise needs its points",
            "r.yaml:3: checks.first.hnit: unknown key; did you mean `hint`?",
            "r.yaml:3: checks.first.points: must be 0 or more; found the number -1",
            "r.yaml:4: checks.secnod.points: expected a number, found the text `2`",
            "r.yaml:4: checks.secnod: the exercise has no check `secnod`; did you mean `second`?",
            "r.yaml:7: checks.third.partial: expected true or false, found the text `yes`",
            "r.yaml:9: checks.third.mistakes[0].when: column 8 of `tensor = 1`: `=` is not known here; a comparison is "
            "`==`",
            "r.yaml:10: checks.third.mistakes[1]: `say` is missing",
            "r.yaml:10: checks.third.mistakes[1].credit: must be 1 or less; found the number 50",
        ]

    def test_of_references_and_names(self, exercise: Exercise) -> None:
        assert mistakes(
            HEAD
            + "  first:\n    points: 1\n    needs: [thrid]\n    mistakes:\n"
            + "      - {when: gradiant == 1, say: A.}\n"
            + '      - {when: passed("secnod") and found and not passed("third"), say: B.}\n'
            + "      - {when: u == 1, say: C.}\n"
            + "  second:\n    points: 1\n    mistakes: [{when: u == leaf, say: D.}, {when: u.second == 1, say: E.}]\n"
            + "  third: {points: 1}\n",
            exercise,
        ) == [
            "r.yaml:5: checks.first.needs[0]: there is no check `thrid`; did you mean `third`?",
            "r.yaml:7: checks.first.mistakes[0].when: unknown name `gradiant`; did you mean `gradient`?",
            "r.yaml:8: checks.first.mistakes[1].when: there is no check `secnod`; did you mean `second`?",
            "r.yaml:9: checks.first.mistakes[2].when: unknown name `u`; known: affine, alike, branches, cleared, "
            "cleared_alike, create_graph, custom_function, found, functions, grad, grad_before, gradient, is_new_leaf, "
            "jvp, leaf, mode, "
            "operations, order, output, passes, raised, refusals, refused, repeats, retain_graph, root, same_leaf, "
            "same_through, tangent, trained, was_zeroed, weights",
            "r.yaml:12: checks.second.mistakes[0].when: unknown name `leaf`; known: found, u",
            "r.yaml:12: checks.second.mistakes[1].when: `u.second`: value checks know no `.second`; they know "
            "`.source`",
        ]

    @pytest.mark.parametrize(
        ("needs", "expected"),
        [
            ({"first": "first"}, "r.yaml:3: checks.first.needs: these need each other in a circle: first → first"),
            (
                {"first": "third", "second": "first", "third": "second"},
                "r.yaml:3: checks.first.needs: these need each other in a circle: first → third → second → first",
            ),
        ],
    )
    def test_of_needs_in_a_circle(self, exercise: Exercise, needs: dict[str, str], expected: str) -> None:
        lines = [f"  {name}: {{points: 1, needs: [{needs.get(name, '')}]}}" for name in ("first", "second", "third")]
        assert mistakes(HEAD + "\n".join(lines), exercise) == [expected]

    def test_of_names_in_a_remark(self, exercise: Exercise) -> None:
        text = "  first:\n    points: 1\n    remarks:\n      - {when: 'passed(\"secnod\")', say: A.}\n"
        (line,) = mistakes(HEAD + text + "  second: {points: 1}\n  third: {points: 1}\n", exercise)
        assert line == "r.yaml:6: checks.first.remarks[0].when: there is no check `secnod`; did you mean `second`?"

    def test_of_names_that_the_check_does_not_have_recorded(self) -> None:
        head = "id: x\ntitle: X\nstatement: Do it.\nchecks:\n"
        check = "{{id: f, kind: function, function: f, inputs: [{{normal: [3]}}], expect: {{output: 2 * input}}{more}}}"
        path = Path("x.yaml")
        said = {"second": "second > 1", "paths": "paths > 1", "branches": "branches > 1", "varies": "varies"}
        rules = "".join(f"      - {{when: {when}, say: Well.}}\n" for when in said.values())
        text = HEAD + "  f:\n    points: 1\n    remarks:\n" + rules

        path.write_text(f"{head}  - {check.format(more='')}\n")
        found = mistakes(text, load_exercise(path))
        assert len(found) == 4
        for line, name in enumerate(said, start=6):
            assert found[line - 6].startswith(f"r.yaml:{line}: ")
            assert (
                f"`{name}` is recorded only where the exercise's check `f` reads it, and it does not" in found[line - 6]
            )
        assert "`given: paths >= 1`" in found[1]
        path.write_text(f"{head}  - {check.format(more=', given: paths >= 1, holds: [varies, second == 0]')}\n")
        assert len(load(text, load_exercise(path)).checks["f"].remarks) == 4

    def test_of_what_is_missing(self, exercise: Exercise) -> None:
        assert mistakes("hint: none\n", exercise) == [
            "r.yaml:1: hint: unknown key; known: checks, exercise",
            "r.yaml:1: `exercise` is missing",
            "r.yaml:1: `checks` is missing",
        ]
        assert mistakes("exercise: x\nchecks:\n", exercise) == [
            "r.yaml:2: checks: expected `key: value` lines, found nothing"
        ]

    def test_of_points(self, exercise: Exercise) -> None:
        text = HEAD + "  first:\n  second: {points: .inf}\n  third: {}\n"
        assert mistakes(text, exercise) == [
            "r.yaml:3: checks.first: expected `key: value` lines, found nothing",
            "r.yaml:4: checks.second.points: expected a finite number, found the number inf",
            "r.yaml:5: checks.third: `points` is missing",
        ]

    def test_that_the_file_is_missing(self, exercise: Exercise) -> None:
        with pytest.raises(ExerciseError, match=r"^no\.yaml: cannot be read: No such file or directory$"):
            load_rubric(Path("no.yaml"), exercise)


@pytest.mark.parametrize(
    "when", ["True", "1 == 1", "gradient == gradient", "norm(gradient) >= 0", "passes >= 0 or order == 2"]
)
def test_a_condition_that_holds_for_everything_is_a_mistake(exercise: Exercise, when: str) -> None:
    rule = f"{{points: 1, mistakes: [{{when: {when}, say: No.}}]}}"
    (text,) = mistakes(f"{HEAD}  first: {rule}\n  second: {{points: 1}}\n  third: {{points: 1}}\n", exercise)
    assert "holds for everything" in text


def test_a_wrong_field_hides_no_unknown_name_in_a_condition(exercise: Exercise) -> None:
    rules = "[{when: gradd == 1, say: No., credit: 3}, {when: 'leef > 1', say: No.}]"
    found = mistakes(
        f"{HEAD}  first: {{points: -1, needs: [thrid], mistakes: {rules}}}\n"
        "  second: {points: 1}\n  third: {points: 1}\n",
        exercise,
    )
    said = "\n".join(found)
    assert len(found) == 5
    for part in ("`thrid`; did you mean `third`?", "`gradd`; did you mean `grad`?", "`leef`; did you mean `leaf`?"):
        assert part in said
