from __future__ import annotations

import json

import jsonschema
import pytest

from grader.cli import schema


@pytest.mark.parametrize(
    "of", ["assignment", "exercise", "observe", "rubric", "result", "student", "validation", "verdicts"]
)
def test_each_schema_is_printed_and_valid(of: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert schema.main([of]) == 0
    jsonschema.Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


def test_another_word_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        schema.main(["solution"])
    assert stop.value.code == 2
    assert "exercise" in capsys.readouterr().err
