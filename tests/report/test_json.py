from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from grader import model
from grader.errors import SandboxError
from grader.report import json as result
from tests.helpers.report_samples import HOSTILE, check, exercise, failed_check, hostile_report, report, run


@pytest.fixture(scope="module")
def schema(root: Path) -> Any:
    return json.loads((root / "docs" / "result.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def validator(schema: Any) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema)


def every_kind_of_report() -> list[model.Report]:
    """Every status, outcome and level at least once."""
    statuses = exercise(
        check(),
        failed_check(),
        failed_check(location=model.Location(cell=None, line=17)),
        check(status="skipped", score=0.0),
        check(status="manual", score=None),
        check(status="error", score=0.0),
    )
    levels = [model.Isolation(level=level, mechanisms=("limits",), missing=("no bwrap",)) for level in model.Level]
    error = model.RunError(location=None, type="ValueError", text="no")
    return [
        report(statuses, exercise(status="not_attempted"), exercise(status="error", message="The reference fails.")),
        hostile_report(),
        report(),
        *(report(isolation=isolation) for isolation in levels),
        *(report(run=run(outcome, errors=(error,))) for outcome in model.Outcome),
    ]


class TestTheDocument:
    def test_one_submission_gives_an_object_and_several_an_array(self) -> None:
        one = report(exercise(check()))
        assert json.loads(result.render([one], many=False))["schema"] == "grader.result/1"
        assert [each["schema"] for each in json.loads(result.render([one], many=True))] == ["grader.result/1"]

    def test_a_report_has_the_shape_that_is_documented(self) -> None:
        one = report(exercise(failed_check()), run=run(duration_s=0.12345))
        assert json.loads(result.render([one], many=False)) == {
            "schema": "grader.result/1",
            "version": "0.1.0",
            "seed": 0,
            "submission": {"path": "homework.ipynb", "sha256": "0" * 64, "format": "ipynb"},
            "isolation": {"level": "strict", "mechanisms": ["namespaces", "seccomp"], "missing": []},
            "run": {
                "outcome": "completed",
                "duration_s": 0.123,
                "detail": "",
                "errors": [],
                "notices": [],
                "not_final": "",
                "kept_waiting": 0.0,
                "unshown": None,
            },
            "basis": "exercises",
            "assignment": "",
            "assignment_title": "",
            "course": None,
            "due": None,
            "audience": "staff",
            "more_points": False,
            "score": 0.5,
            "max_score": 2,
            "complete": True,
            "passed": False,
            "error": None,
            "exercises": [
                {
                    "id": "double-backward",
                    "title": "Backward, twice",
                    "status": "graded",
                    "score": 0.5,
                    "max_score": 2,
                    "message": "",
                    "number": "",
                    "broken_reference": False,
                    "named": False,
                    "bonus": False,
                    "words": None,
                    "max_scores": {"public": 2},
                    "checks": [
                        {
                            "id": "gradient-accumulates",
                            "kind": "backward",
                            "title": "Two passes add up",
                            "status": "failed",
                            "score": 0.5,
                            "max_score": 2,
                            "message": "x.grad is 3·x², the gradient of x³: `u` was still attached to the graph.",
                            "expected": "[0, 1, 4, 9]",
                            "actual": "[0, 3, 12, 27]",
                            "hint": "Cut u out of the graph with detach().",
                            "location": {"cell": 3, "line": 2, "file_line": None},
                            "source": "    z.sum().backward()",
                            "place": "cell 3, line 2",
                            "candidates": 0,
                            "mistake": None,
                            "remark": None,
                            "chosen": {},
                            "withheld": False,
                            "code": "",
                            "comment": "",
                            "visibility": "public",
                            "reveal": True,
                        }
                    ],
                }
            ],
        }

    def test_an_error_of_the_run_has_its_place_in_words_and_its_cause(self) -> None:
        place = model.Location(cell=4, line=2, cell_begins="y = f(x)", execution_count=7, file_line=40)
        error = model.RunError(
            location=place,
            type="NameError",
            text="?",
            cause=model.Location(cell=1, line=3),
            needs=("x",),
            provoked=True,
        )
        (shown,) = json.loads(result.render([report(run=run(errors=(error,)))], many=False))["run"]["errors"]
        assert shown == {
            "location": {"cell": 4, "line": 2, "file_line": 40},
            "type": "NameError",
            "text": "?",
            "source": None,
            "place": "In [7] (`y = f(x)`), line 2",
            "provoked": True,
            "cause": {"cell": 1, "line": 3, "file_line": None},
            "needs": ["x"],
        }

    def test_it_says_why_a_result_is_not_final(self) -> None:
        late = dataclasses.replace(run(model.Outcome.TIMEOUT), not_final="Grade it again.", kept_waiting=0.61834)
        found = result.to_dict(report(run=late))["run"]
        assert (found["not_final"], found["kept_waiting"]) == ("Grade it again.", 0.618)

    def test_whole_points_are_whole_numbers_and_sums_carry_no_dust(self) -> None:
        text = result.render([report(score=0.1 + 0.2, max_score=4.0)], many=False)
        assert '"score": 0.3,' in text
        assert '"max_score": 4,' in text

    def test_students_text_survives_and_the_document_is_printable_ascii(self) -> None:
        text = result.render([hostile_report()], many=False)
        assert text.replace("\n", "").isascii()
        assert text.replace("\n", "").isprintable()
        assert json.loads(text)["run"]["detail"] == HOSTILE

    @pytest.mark.parametrize("number", [float("nan"), float("inf")])
    def test_a_score_that_is_no_number_is_our_error(self, number: float) -> None:
        with pytest.raises(SandboxError, match="fault of the grader"):
            result.render([report(score=number)], many=False)


class TestTheSchema:
    def test_the_committed_schema_is_the_generated_one(self, schema: Any) -> None:
        assert schema == result.json_schema(), "run: grade schema result > docs/result.schema.json"

    def test_it_is_a_valid_schema(self, schema: Any) -> None:
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"

    @pytest.mark.parametrize("one", every_kind_of_report())
    def test_results_validate(self, one: model.Report, validator: jsonschema.Draft202012Validator) -> None:
        validator.validate(json.loads(result.render([one], many=False)))
        validator.validate(json.loads(result.render([one, one], many=True)))

    def test_a_result_of_another_shape_does_not(self, validator: jsonschema.Draft202012Validator) -> None:
        document = json.loads(result.render([report()], many=False))
        for field in document:
            with pytest.raises(jsonschema.ValidationError):
                validator.validate({name: value for name, value in document.items() if name != field})
        with pytest.raises(jsonschema.ValidationError):
            validator.validate(document | {"score": "many"})

    def test_new_fields_may_join(self, validator: jsonschema.Draft202012Validator) -> None:
        validator.validate(json.loads(result.render([report()], many=False)) | {"later": 1})

    def test_every_field_is_described(self, schema: Any) -> None:
        bare = {
            f"{name}.{field}"
            for name, kind in schema["$defs"].items()
            for field, about in kind["properties"].items()
            if "description" not in about and "$ref" not in about and "$ref" not in about.get("items", {})
        }
        assert bare == set()

    def test_every_word_of_the_model_is_in_it(self, schema: Any) -> None:
        kinds = schema["$defs"]
        assert set(kinds["Run"]["properties"]["outcome"]["enum"]) == set(model.Outcome)
        assert set(kinds["IsolationInfo"]["properties"]["level"]["enum"]) == set(model.Level)

    def test_every_value_of_the_report_is_in_it(self, schema: Any) -> None:
        for kind, reported in {
            "Result": model.Report,
            "Exercise": model.ExerciseReport,
            "Check": model.CheckReport,
            "Run": model.RunSummary,
            "RunError": model.RunError,
            "IsolationInfo": model.Isolation,
            "Place": model.Location,
        }.items():
            # What does not tell two places apart is for words only, which are in `place`. What pictures are drawn from
            # is not part of the document.
            names = {field.name for field in dataclasses.fields(reported) if field.compare} - {"evidence"}
            assert names <= set(schema["$defs"][kind]["properties"])


class TestTheDocumentation:
    def test_it_names_every_field(self, root: Path, schema: Any) -> None:
        text = (root / "docs" / "result.md").read_text(encoding="utf-8")
        missing = {
            name for kind in schema["$defs"].values() for name in kind["properties"] if not _is_named(name, text)
        }
        assert missing == set()

    def test_its_example_validates(self, root: Path, validator: jsonschema.Draft202012Validator) -> None:
        text = (root / "docs" / "result.md").read_text(encoding="utf-8")
        validator.validate(json.loads(text.split("```json\n")[1].split("```")[0]))


def _is_named(field: str, text: str) -> bool:
    return any(form in text for form in (f"`{field}`", f".{field}`", f"`{field}."))
