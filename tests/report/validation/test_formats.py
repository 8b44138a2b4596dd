"""A validation in each format, from values alone."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from rich.console import Console

from grader.model import Finding, ProofColumn, ProofResult, Validation
from grader.report.validation import github, markdown, terminal
from grader.report.validation import json as as_json
from tests.report.validation.samples import BROKEN, HOLDS, HOSTILE, exercise, right, validation


def screen(shown: Validation, *, notes: bool = False, encoding: str = "utf-8") -> str:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, encoding=encoding, write_through=True)
    terminal.show(shown, notes=notes, console=Console(file=file, width=80))
    return raw.getvalue().decode(encoding)


@pytest.fixture(scope="module")
def schema(root: Path) -> Any:
    return json.loads((root / "docs" / "validation.schema.json").read_text(encoding="utf-8"))


class TestTerminal:
    def test_a_course_that_holds(self) -> None:
        assert screen(HOLDS).splitlines() == [
            "Exercise  References  Known  Seconds",
            "cube             4/4  22/22      1.2",
            "square           4/4  22/22      1.2",
            "",
            "2 exercises of my course: what was looked at holds.",
            "410 runs, 300 of them kept from earlier, in 1 min 23 s.",
        ]

    def test_findings_stand_below_the_table_by_exercise_with_file_and_line(self) -> None:
        lines = screen(BROKEN).splitlines()
        assert "cube                  ✗ 21/22      1.2" in lines
        begin = lines.index("the course")
        assert lines[begin + 1] == "  course.yaml:1: error [files] unknown field `defualt`"
        assert lines[begin + 3] == "cube"
        # By file and line.
        assert lines[begin + 4] == "  rubrics/cube.yaml:9: warning [points] warning 11"
        text = "\n".join(lines)
        assert "solutions/mistakes/cube/verdicts.yaml:3: error [known submissions]" in text
        assert "2 exercises of my course: 2 errors in files of the whole course and in 1 exercise." in " ".join(
            text.split()
        )
        assert "1 note more: --notes shows them." in text
        assert "2 hidden" not in text
        assert "2 hidden" in screen(BROKEN, notes=True)

    def test_no_line_is_longer_than_the_screen_nor_a_command(self) -> None:
        lines = screen(BROKEN, notes=True).splitlines()
        assert max(map(len, lines)) <= 80
        assert not any(line.lstrip().startswith("::") for line in lines)
        assert "\x1b" not in "".join(lines)

    def test_where_not_all_columns_fit_those_without_findings_are_left_out(self) -> None:
        names = [f"proof{number}" for number in range(12)]
        results = [ProofResult(proof=name, exercise="cube", cell="40/40") for name in names]
        results[11] = replace(results[11], findings=(Finding(severity="warning", text="Look at it."),))
        columns = tuple(ProofColumn(proof=name, heading=name.capitalize()) for name in names)
        lines = screen(replace(HOLDS, results=tuple(results), proofs=columns)).splitlines()
        assert max(map(len, lines)) <= 80
        assert lines[0].split() == ["Exercise", *(f"Proof{number}" for number in range(6)), "Proof11", "Seconds"]
        assert "No column for what found nothing to mend: proof6, proof7, proof8, proof9," in lines[3]

    def test_the_first_columns_that_are_left_out_are_those_that_count_nothing(self) -> None:
        names = [f"proof{number}" for number in range(8)]
        cells = ["40/40", "0", *["40/40"] * 6]
        results = tuple(
            ProofResult(proof=name, exercise="cube", cell=cell) for name, cell in zip(names, cells, strict=True)
        )
        columns = tuple(ProofColumn(proof=name, heading=name.capitalize()) for name in names)
        lines = screen(replace(HOLDS, results=results, proofs=columns)).splitlines()
        assert "No column for what found nothing to mend: proof1" in lines[3]
        assert "Proof6" in lines[0]

    def test_an_encoding_without_symbols(self) -> None:
        assert "x 21/22" in screen(BROKEN, encoding="ascii")

    def test_where_nothing_was_proven_there_is_no_table(self) -> None:
        mistake = Finding(severity="error", text="unknown field", path=Path("course.yaml"))
        text = screen(validation(ProofResult(proof="files", exercise="", findings=(mistake,))))
        assert "Exercise" not in text
        assert "2 exercises of my course: 1 error in files of the whole course." in text

    def test_an_exercise_with_mistakes_is_unfinished(self) -> None:
        mistake = Finding(severity="error", text="is missing", path=Path("solutions/cube.py"))
        shown = validation(
            ProofResult(proof="files", exercise="cube", findings=(mistake,)),
            *right("square"),
            exercises=(),
            notes=("Something was not run.",),
        )
        shown = Validation(
            **{name: getattr(shown, name) for name in ("version", "course", "proofs", "results", "seconds", "notes")},
            exercises=(exercise("cube", unfinished=True), exercise("square")),
            works=0,
            kept=0,
        )
        text = screen(shown)
        assert "cube      unfinished" in text
        assert "Something was not run." in text


class TestJson:
    def test_the_committed_schema_is_the_generated_one(self, schema: Any) -> None:
        assert schema == as_json.json_schema(), "run: grade schema validation > docs/validation.schema.json"
        jsonschema.Draft202012Validator.check_schema(schema)

    def test_every_field_is_described(self, schema: Any) -> None:
        for name, kind in {"": schema, **schema["$defs"]}.items():
            for field, description in kind["properties"].items():
                assert "$ref" in description or description["description"], f"{name}.{field}"

    @pytest.mark.parametrize("written", [HOLDS, BROKEN])
    def test_what_is_written_has_the_schema(self, schema: Any, written: Validation) -> None:
        jsonschema.Draft202012Validator(schema).validate(json.loads(as_json.render(written)))

    def test_its_content(self) -> None:
        written = json.loads(as_json.render(BROKEN))
        assert written["schema"] == "grader.validation/1"
        assert written["holds"] is False
        assert written["summary"] == {
            "errors": 2,
            "warnings": 12,
            "notes": 1,
            "runs": 410,
            "kept": 300,
            "seconds": 83.2,
        }
        assert written["exercises"][1]["proofs"][2] == {
            "proof": "known submissions",
            "holds": True,
            "tried": 22,
            "cell": "22/22",
            "figures": {"submissions": 22, "as_expected": 22},
        }
        first, *_, last = written["findings"]
        assert (first["exercise"], first["file"], first["line"]) == ("", "course.yaml", 1)
        assert (last["severity"], last["line"]) == ("error", 3)
        assert last["detail"].endswith(HOSTILE)

    def test_no_line_is_a_command(self) -> None:
        assert not any(line.lstrip().startswith("::") for line in as_json.render(BROKEN).splitlines())


class TestMarkdown:
    def test_a_table_and_the_findings(self) -> None:
        written = markdown.render(BROKEN)
        assert written.startswith(
            "### ❌ 2 exercises of my course: 2 errors in files of the whole course and in 1 exercise."
        )
        assert "| Exercise | References | Known |" in written
        assert "| cube |  | ❌ 21/22 |" in written
        assert "- ❌ `solutions/mistakes/cube/verdicts.yaml:3`: mean\\.py" in written

    def test_what_changed_since_an_earlier_validation(self) -> None:
        before = json.loads(as_json.render(BROKEN))
        before["exercises"].append({**before["exercises"][1], "id": "gone"})
        del before["exercises"][1]
        written = markdown.render(HOLDS, before=before)
        assert "| cube | 4/4 | 21/22 → 22/22 |" in written
        assert "| square (new) | 4/4 | 22/22 |" in written
        assert "Not looked at now, and before: gone." in written

    def test_a_figure_that_is_shown_as_a_share_is_compared_as_it_is_shown(self) -> None:
        def with_noise(share: float, cell: str) -> Validation:
            noise = ProofResult(proof="mutants", exercise="cube", cell=cell, figures={"greatest_share": share})
            return validation(noise, exercises=("cube",))

        before = json.loads(as_json.render(with_noise(0.2104, "21 %")))
        assert "| cube | 21 % |" in markdown.render(with_noise(0.2103, "21 %"), before=before)
        assert "| cube | 21 % → 4 % |" in markdown.render(with_noise(0.04, "4 %"), before=before)

    def test_what_was_not_measured_in_one_of_them_is_not_compared(self) -> None:
        shown = ProofResult(proof="mutants", exercise="cube", cell="8/8", figures={"things": 8, "shown": 8})
        before = json.loads(as_json.render(validation(shown, exercises=("cube",))))
        without = ProofResult(proof="mutants", exercise="cube", cell="7/8")
        assert "| cube | 7/8 |" in markdown.render(validation(without, exercises=("cube",)), before=before)

    @pytest.mark.parametrize("before", [{}, {"exercises": 3}, {"exercises": [3, {"proofs": [{"figures": 1}]}]}])
    def test_an_earlier_validation_of_another_shape_changes_nothing(self, before: Any) -> None:
        assert "→" not in markdown.render(HOLDS, before=before)


class TestGithub:
    def test_annotations_name_file_and_line_worst_first(self) -> None:
        first, second, *rest = github.render(BROKEN).splitlines()
        assert first == "::error file=course.yaml,line=1,title=the course%3A files::unknown field `defualt`"
        assert second.startswith(
            "::error file=solutions/mistakes/cube/verdicts.yaml,line=3,title=cube%3A known submissions::mean.py:"
        )
        assert len([line for line in rest if line.startswith("::warning ")]) == github.MOST
        assert rest[-1].startswith("::notice title=2 more findings::")

    def test_nothing_is_said_of_a_course_that_holds(self) -> None:
        assert github.render(HOLDS) == ""
