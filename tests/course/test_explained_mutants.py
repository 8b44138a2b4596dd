"""``mutants.yaml``: why mutants of the reference may get full marks."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest
import yaml

from grader.course.explained_mutants import ExplainedMutants, load_explained_mutants, names, read_explained_mutants
from grader.course.json_schema import mutants_schema
from grader.errors import ExerciseError

pytestmark = pytest.mark.usefixtures("in_folder")
FOLDER = Path("mistakes")


def load(text: str) -> ExplainedMutants:
    FOLDER.mkdir()
    (FOLDER / "mutants.yaml").write_text(text, encoding="utf-8")
    return load_explained_mutants(FOLDER)


def mistakes(text: str) -> list[str]:
    with pytest.raises(ExerciseError) as caught:
        load(text)
    return str(caught.value).splitlines()


def test_there_need_not_be_one() -> None:
    assert load_explained_mutants(FOLDER).reason_for("drop-clone: y = x.clone()") is None


def test_a_reason_is_found_by_the_name_or_by_a_part_of_it() -> None:
    text = '"other-data: *": Any numbers will do.\n"other-data: x = [1]": These, too.\n'
    read = load(text)
    assert read.reason_for("other-data: x = torch.ones(3)") == "Any numbers will do."
    assert read.reason_for("other-data: x = [1]") == "These, too."
    assert read.reason_for("drop-clone: y = x.clone()") is None
    jsonschema.Draft202012Validator(mutants_schema()).validate(yaml.safe_load(text))


def test_a_star_is_the_only_special_character() -> None:
    assert names("a: x[*] + ?", "a: x[0] + ?")
    assert not names("a: x[0] + ?", "a: x0 + y")


def test_all_mistakes_are_said_at_once_with_their_lines() -> None:
    assert mistakes('"drop-clone: y": ""\n"drop": Why.\n"drop-sign: z": 3\n') == [
        'mistakes/mutants.yaml:1: ["drop-clone: y"]: expected why it may get full marks, as a text; found the text ``',
        "mistakes/mutants.yaml:2: drop: expected the name of a mutant, such as "
        '`"drop-clone: y = x.clone()"`, in quotes',
        'mistakes/mutants.yaml:3: ["drop-sign: z"]: expected why it may get full marks, as a text; found the number 3',
    ]


def test_a_line_with_a_mistake_costs_only_itself() -> None:
    FOLDER.mkdir()
    (FOLDER / "mutants.yaml").write_text('"drop-clone: y": ""\n"other-data: *": Any numbers will do.\n')
    read, wrong = read_explained_mutants(FOLDER)
    assert [mistake.line for mistake in wrong] == [1]
    assert read.reason_for("other-data: x = [2]") == "Any numbers will do."
    assert read.reason_for("drop-clone: y") is None


def test_names_that_no_mutant_has_are_stale() -> None:
    read = load('"a: x": Why.\n"b: *": Why.\n')
    (mistake,) = read.stale(["a: y", "b: z"])
    assert str(mistake).startswith('mistakes/mutants.yaml:1: ["a: x"]: the reference has no such mutant any more')


def test_reasons_for_what_is_caught_are_needless() -> None:
    read = load('"a: x": Why.\n"b: *": Why.\n')
    (mistake,) = read.needless(["b: z"], untried=[])
    assert str(mistake).startswith('mistakes/mutants.yaml:1: ["a: x"]: the exercise catches this mutant')
    assert not list(read.needless([], untried=["a: x", "b: z"]))
