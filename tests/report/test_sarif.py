"""SARIF: valid by the schema of OASIS, with one result for each place where something is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from grader import model
from grader.report import sarif
from tests.helpers.report_samples import HOSTILE, check, exercise, failed_check, hostile_report, report, run

SCHEMA = Path(__file__).parent / "schemas" / "sarif-2.1.0.json"
PLACE = model.Location(cell=3, line=2, execution_count=7, cell_begins="u = y.clone()", file_line=40)


@pytest.fixture(scope="module")
def validator() -> Any:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return jsonschema.validators.validator_for(schema)(schema)


def read(validator: Any, *reports: model.Report) -> Any:
    document = json.loads(sarif.render(reports, many=len(reports) > 1))
    validator.validate(document)
    (found,) = document["runs"]
    rules = found["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in found["results"])
    return found


def test_a_result_has_its_rule_its_place_and_the_cell(validator: Any) -> None:
    (result,) = read(validator, report(exercise(failed_check(location=PLACE)), path="hw/my homework.ipynb"))["results"]
    assert (result["ruleId"], result["level"]) == ("double-backward/gradient-accumulates", "error")
    assert result["message"]["text"].startswith("Backward, twice: Two passes add up\nx.grad is 3·x²")
    assert result["locations"] == [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": "hw/my%20homework.ipynb"},
                "region": {"startLine": 40},
            },
            "message": {"text": "In [7] (`u = y.clone()`), line 2"},
        }
    ]


def test_every_kind_of_finding_is_valid(validator: Any) -> None:
    error = model.RunError(location=None, type="NameError", text="y")
    graded = exercise(
        failed_check(), check(status="manual", score=None), check(status="error", score=None), check(status="skipped")
    )
    broken = exercise(status="error", max_score=3.0, message="The grader failed.", id="other")
    found = read(
        validator,
        report(graded, broken, run=run(model.Outcome.CRASHED, errors=(error,)), path="-"),
        model.Report.of_unreadable("b.ipynb", "b.ipynb: the notebook is empty", seed=0),
        hostile_report(),
    )
    levels = [result["level"] for result in found["results"]]
    assert levels == sorted(levels, key=["error", "warning", "note"].index)
    assert {"run/crashed", "run/NameError", "run/unreadable", "other/error"} <= {
        rule["id"] for rule in found["tool"]["driver"]["rules"]
    }


@pytest.mark.parametrize("text", ["[click](https://example.com) [1, 2]", "{0} and {12}", f"{HOSTILE} ](x"])
def test_no_text_of_a_student_is_a_link_or_an_argument(validator: Any, text: str) -> None:
    (result,) = read(validator, report(exercise(failed_check(message=text, expected=None, actual=None))))["results"]
    said = result["message"]["text"]
    assert "](" not in said.replace(r"\]", "")
    assert "{0}" not in said.replace("{{0}}", "")


def test_signs_that_are_no_markup_stay(validator: Any) -> None:
    (result,) = read(validator, report(exercise(failed_check(message="[1, 2] {x}"))))["results"]
    assert "[1, 2] {x}" in result["message"]["text"]


def test_more_results_than_are_shown_are_counted(validator: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sarif, "MOST", 2)
    found = read(validator, report(exercise(*(failed_check(id=f"c{number}") for number in range(5)))))
    assert len(found["results"]) == 2
    (note,) = found["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "3 further findings left out."


def test_nothing_wrong_is_a_run_without_results(validator: Any) -> None:
    assert read(validator, report(exercise(check())))["results"] == []
