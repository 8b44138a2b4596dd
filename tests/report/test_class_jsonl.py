from __future__ import annotations

import dataclasses
import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from grader import model
from grader.errors import SandboxError
from grader.report import class_jsonl
from tests.helpers.class_samples import (
    DUE,
    POLICY,
    ada,
    alan,
    check,
    exercise,
    failed,
    grace,
    joan,
    late,
    on_a_sheet,
    result,
    results,
    sample,
)
from tests.helpers.report_samples import HOSTILE


@pytest.fixture(scope="module")
def schema(root: Path) -> Any:
    return json.loads((root / "docs" / "student.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validator(schema: Any) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema)


def documents(of: model.ClassResults) -> list[Any]:
    return [json.loads(line) for line in class_jsonl.render(of).splitlines()]


class TestTheLines:
    def test_there_is_one_for_each_student_in_order(self) -> None:
        text = class_jsonl.render(sample())
        assert text.endswith("}\n")
        assert [each["student"]["name"] for each in documents(sample())] == [
            one.student.name for one in sample().students
        ]

    def test_an_empty_class_has_none(self) -> None:
        assert class_jsonl.render(results()) == ""

    def test_a_line_has_the_shape_that_is_documented(self) -> None:
        one = result(
            "Ada", exercise("double-backward", failed(mistake="No.", score=0.1 + 0.2)), id="7", email="a@b.org"
        )
        assert documents(results(one)) == [
            {
                "schema": "grader.student/1",
                "student": {"key": "Ada", "name": "Ada", "id": "7", "email": "a@b.org"},
                "group": [],
                "assignment": "Homework 2",
                "assignment_title": "",
                "course": None,
                "basis": "exercises",
                "status": "graded",
                "score": 0.3,
                "max_score": 10,
                "complete": True,
                "passed": False,
                "late": False,
                "handed_in_at": None,
                "lateness": None,
                "path": "Ada.ipynb",
                "files": ["homework.ipynb"],
                "left_out": [],
                "other_assignments": [],
                "outcome": "completed",
                "why": "",
                "not_final": False,
                "graded_at": "2026-10-03T14:05:00Z",
                "exercises": [
                    {
                        "id": "double-backward",
                        "title": "Backward, twice",
                        "status": "graded",
                        "score": 0.3,
                        "max_score": 4,
                        "number": "",
                        "bonus": False,
                        "file": "homework.ipynb",
                        "checks": [
                            {
                                "id": "second-backward-fails",
                                "kind": "raises",
                                "title": "A second backward over the same graph raises an error",
                                "status": "failed",
                                "score": 0.3,
                                "max_score": 2,
                                "mistake": "No.",
                                "marked_by": "",
                                "comment": "",
                                "given": None,
                                "withheld": False,
                                "visibility": "public",
                            }
                        ],
                    }
                ],
            }
        ]

    def test_lateness_is_there_with_the_points_before_and_after(self) -> None:
        (line,) = documents(results(late(ada()), due=DUE, late=POLICY))
        assert (line["score"], line["late"], line["handed_in_at"]) == (8, True, "2026-10-02T10:00:00Z")
        assert line["lateness"] == {
            "seconds": 93_600,
            "periods": 2,
            "penalty": 2,
            "score_before": 10,
            "ended": False,
        }

    def test_an_assignment_gives_its_title_and_the_numbers_of_its_sheet(self) -> None:
        (line,) = documents(on_a_sheet(ada()))
        assert (line["assignment"], line["assignment_title"], line["basis"]) == ("hw2", "Homework 2", "assignment")
        assert [(each["number"], each["bonus"]) for each in line["exercises"]] == [
            ("1", False),
            ("2", False),
            ("3", True),
        ]

    def test_marks_by_hand_are_in_it_and_what_waits_is_null(self) -> None:
        (_, marked), (_, waits) = (each["exercises"][0]["checks"] for each in documents(results(ada(), alan())))
        assert (marked["score"], marked["marked_by"], marked["comment"]) == (2, "kim", "Well said.")
        assert (waits["status"], waits["score"]) == ("manual", None)

    def test_a_mark_of_other_points_and_a_result_that_is_not_final_are_in_it(self) -> None:
        changed = check(status="manual", score=1.0, max_score=4.0, marked_by="kim", given=(0.5, 2.0))
        late = result("Ada", exercise("double-backward", changed), complete=False, not_final=True, why="It was busy.")
        (line,) = documents(results(late))
        assert (line["complete"], line["not_final"], line["why"]) == (False, True, "It was busy.")
        assert line["exercises"][0]["checks"][0]["given"] == {"score": 0.5, "max_score": 2}

    def test_who_was_not_graded_says_why(self) -> None:
        broken, pending = documents(results(grace(), joan()))
        assert (broken["status"], broken["outcome"]) == ("broken", None)
        assert broken["why"].startswith("homework.pdf is a PDF.")
        assert (pending["status"], pending["graded_at"]) == ("pending", None)

    @pytest.mark.parametrize(
        "moment",
        [
            datetime(2026, 10, 3, 14, 5, 0, 999_000),
            datetime(2026, 10, 3, 16, 5, tzinfo=timezone(timedelta(hours=2))),
        ],
    )
    def test_times_are_utc_to_the_second(self, moment: datetime) -> None:
        (line,) = documents(results(dataclasses.replace(ada(), graded_at=moment)))
        assert line["graded_at"] == "2026-10-03T14:05:00Z"

    def test_students_text_survives_in_printable_ascii(self) -> None:
        text = class_jsonl.render(results(result(HOSTILE, path=HOSTILE, files=(HOSTILE,))))
        assert text.removesuffix("\n").isascii()
        assert text.removesuffix("\n").isprintable()
        assert json.loads(text)["student"]["name"] == HOSTILE

    def test_a_score_that_is_no_number_is_our_error(self) -> None:
        with pytest.raises(SandboxError, match="fault of the grader"):
            class_jsonl.render(results(result("Ada", score=float("nan"))))

    def test_all_of_a_group_are_named(self) -> None:
        both = tuple(model.Student(key=name, name=name) for name in ("Ada", "Alan"))
        (line,) = documents(results(result("Ada", group=both)))
        assert [student["name"] for student in line["group"]] == ["Ada", "Alan"]


class TestTheSchema:
    def test_the_committed_schema_is_the_generated_one(self, schema: Any) -> None:
        assert schema == class_jsonl.json_schema(), "run: grade schema student > docs/student.schema.json"

    def test_it_is_a_valid_schema_with_the_formats_name(self, schema: Any) -> None:
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["title"] == class_jsonl.SCHEMA

    def test_every_line_validates(self, validator: jsonschema.Draft202012Validator) -> None:
        outcomes = [result("Ada", exercise("double-backward", check()), outcome=outcome) for outcome in model.Outcome]
        for line in documents(sample()) + documents(results(*outcomes)):
            validator.validate(line)

    def test_a_line_of_another_shape_does_not(self, validator: jsonschema.Draft202012Validator) -> None:
        (line,) = documents(results(ada()))
        for field in line:
            with pytest.raises(jsonschema.ValidationError):
                validator.validate({name: value for name, value in line.items() if name != field})

    def test_new_fields_may_join(self, validator: jsonschema.Draft202012Validator) -> None:
        (line,) = documents(results(ada()))
        validator.validate(line | {"later": 1})

    def test_every_field_is_described(self, schema: Any) -> None:
        kinds = {**schema["$defs"], "Line": schema}
        bare = {
            f"{name}.{field}"
            for name, kind in kinds.items()
            for field, about in kind["properties"].items()
            if "description" not in about and "$ref" not in about
        }
        assert bare == set()

    def test_every_value_of_the_model_is_in_it(self, schema: Any) -> None:
        kinds = {**schema["$defs"], "Line": schema}
        for kind, ours in {
            "Line": model.StudentResult,
            "Student": model.Student,
            "Exercise": model.ClassExercise,
            "Check": model.ClassCheck,
        }.items():
            assert {field.name for field in dataclasses.fields(ours)} <= set(kinds[kind]["properties"])


def test_the_documentation_names_every_field(root: Path, schema: Any) -> None:
    text = (root / "docs" / "classes.md").read_text(encoding="utf-8")
    names = {name for kind in (schema, *schema["$defs"].values()) for name in kind["properties"]}
    assert {name for name in names if f"`{name}`" not in text and f".{name}`" not in text} == set()
