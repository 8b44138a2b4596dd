"""A judged submission that was packed and unpacked is marked exactly as it was marked when it ran."""

from __future__ import annotations

import json
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from grader import submission
from grader.classroom.gradebook.judged_format import pack, unpack
from grader.course.rubric import MistakeRule
from grader.language.expression import Role, parse
from grader.language.values import Undefined, Unrecorded
from grader.marking.build_report import build_report
from grader.model import (
    Array,
    AttemptSignals,
    Isolation,
    JudgedExercise,
    JudgedSubmission,
    Level,
    Limits,
    Opaque,
    Outcome,
    RunSummary,
    Structure,
    Submission,
    Verdict,
)
from grader.pipeline.grader import Grader
from grader.pipeline.references import ReferenceStore
from grader.pipeline.settings import Settings
from grader.sandbox.sandbox import Sandbox
from tests.helpers.builtin import loaded_course


def judged(*variables: dict[str, object], status: str = "failed", named: bool = True) -> JudgedSubmission:
    verdict = Verdict(check="first", status=status, message="No.", variables=variables)  # type: ignore[arg-type]
    signals = AttemptSignals(named=named, unclaimed=(True,), live=(True,))
    exercise = JudgedExercise(
        exercise="sample", verdicts=(verdict,), locations=(None,), signals=signals, words="Because."
    )
    return JudgedSubmission(
        version="0",
        seed=7,
        explicit=True,
        isolation=Isolation(level=Level.STRICT, mechanisms=("limits",)),
        submission=Submission(path="ada.py", format="py", sha256="0" * 64, cells=()),
        run=RunSummary(outcome=Outcome.FAILED, duration_s=0.5, detail="it stopped"),
        exercises=(exercise,),
    )


def array(data: np.ndarray, **fields: object) -> Array:  # type: ignore[type-arg]
    return Array(kind="tensor", dtype=data.dtype.name, shape=data.shape, data=data, **fields)  # type: ignore[arg-type]


def json_and_arrays(packed: bytes) -> tuple[object, bytes]:
    """The two parts of the format, so that a test does not depend on the order of keys."""
    text, _, arrays = zlib.decompress(packed).partition(b"\n")
    return json.loads(text), arrays


def variables_of(one: JudgedSubmission) -> tuple[dict[str, object], ...]:
    return one.exercises[0].verdicts[0].variables  # type: ignore[return-value]


class TestVariables:
    @given(
        hnp.arrays(
            st.sampled_from([np.float32, np.float64, np.int64, np.bool_, np.complex64]),
            hnp.array_shapes(min_dims=0, max_dims=3, min_side=0),
        )
    )
    def test_an_array_comes_back_bit_for_bit(self, data: np.ndarray) -> None:  # type: ignore[type-arg]
        grad = array(np.zeros(2))
        (variables,) = variables_of(unpack(pack(judged({"x": array(data, grad=grad, token=3, requires_grad=True)}))))
        back = variables["x"]
        assert isinstance(back, Array)
        assert back.data is not None
        assert back.data.tobytes() == data.tobytes()
        assert (back.data.dtype, back.data.shape, back.token, back.requires_grad) == (data.dtype, data.shape, 3, True)
        assert back.grad is not None
        assert back.grad.shape == (2,)

    @pytest.mark.parametrize("value", [None, True, 3, -2.5, "grad", ("add", "sum"), Opaque(kind="none")])
    def test_any_other_value_of_an_expression_comes_back(self, value: object) -> None:
        (variables,) = variables_of(unpack(pack(judged({"x": value}))))
        assert variables["x"] == value

    def test_an_array_that_was_too_large_to_record_stays_without_data(self) -> None:
        large = Array(kind="tensor", dtype="float32", shape=(1000, 1000), data=None)
        (variables,) = variables_of(unpack(pack(judged({"x": Role(value=large, gradient=None, grad=None)}))))
        role = variables["x"]
        assert isinstance(role, Role)
        assert role.value is not None
        assert (role.value.shape, role.value.data, role.gradient) == ((1000, 1000), None, None)

    def test_what_cannot_be_computed_comes_back(self) -> None:
        unknown = {"x": Undefined("no step"), "y": Role(value=None, parts={"after": Unrecorded("too large")})}
        assert variables_of(unpack(pack(judged(dict(unknown))))) == (unknown,)

    def test_structures_and_all_that_is_asked_of_a_role_come_back(self) -> None:
        number = array(np.array(2.0))
        inner = Structure(kind="list", items=(number, Opaque(kind="text", text="a")), cut=True)
        made = Structure(kind="dict", keys=("w", "rest"), items=(number, inner))
        role = Role(
            value=made,
            gradient=number,
            parts={"changed": True, "after": inner, "second": None},
            items={"w": Role(value=number, gradient=number), 0: Role(value=None, parts={"changed": False})},
        )
        (variables,) = variables_of(unpack(pack(judged({"made": made, "role": role}))))
        back = variables["role"]
        assert isinstance(back, Role)
        assert isinstance(back.value, Structure)
        assert (back.value.kind, back.value.keys) == ("dict", ("w", "rest"))
        assert isinstance(back.value.items[1], Structure)
        assert back.value.items[1].cut
        for line in ("role.gradient == 2", "role.changed", "role['w'].gradient == 2", "role.after[0] == 2"):
            assert parse(line).holds(variables), line
        assert back.items[0].parts == {"changed": False}

    def test_infinities_and_nan_come_back(self) -> None:
        (variables,) = variables_of(unpack(pack(judged({"a": float("inf"), "b": float("nan")}))))
        assert variables["a"] == float("inf")
        assert variables["b"] != variables["b"]

    def test_an_array_that_many_checks_share_is_stored_once(self) -> None:
        shared = array(np.random.default_rng(0).normal(size=10_000))
        one, many = judged({"x": shared}), judged(*({"x": shared, "n": n} for n in range(50)))
        assert len(pack(many)) < 1.1 * len(pack(one))

    def test_of_a_check_that_passed_those_of_the_best_candidate_are_kept_for_remarks(self) -> None:
        assert variables_of(unpack(pack(judged({"x": 1}, {"x": 2}, status="passed")))) == ({"x": 1},)

    def test_variables_that_no_rubric_can_use_are_left_out(self) -> None:
        assert variables_of(unpack(pack(judged({"x": 1}, status="manual")))) == ()
        unasked = replace(judged({"x": 1}, named=False), explicit=False)
        assert variables_of(unpack(pack(unasked))) == ()


class TestJudgedSubmission:
    def test_all_other_fields_come_back(self) -> None:
        one = judged()
        assert unpack(pack(one)) == one

    @pytest.mark.parametrize(
        "damaged", [b"", b"no zlib", zlib.compress(b"{}"), zlib.compress(b'{"format": "judged/9"}\n'), b"\x78\x9c"]
    )
    def test_damaged_bytes_are_a_value_error(self, damaged: bytes) -> None:
        with pytest.raises(ValueError, match=r"record|Expecting"):
            unpack(damaged)


class TestRealSubmissions:
    """Examples that are run in a real sandbox."""

    @pytest.fixture(scope="class")
    @staticmethod
    def grader(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Grader:
        course = loaded_course()
        settings = Settings(exercises=course.exercises, basis="found", seed=0, limits=Limits(), handout=course.handout)
        return Grader(sandbox, settings, ReferenceStore(tmp_path_factory.mktemp("cache")))

    @pytest.mark.parametrize("name", ["all-four.ipynb", "detach.ipynb", "control_flow.py", "double_backward.py"])
    def test_give_the_report_of_their_run_and_obey_a_new_rubric(self, grader: Grader, root: Path, name: str) -> None:
        exercises = loaded_course().exercises
        one = grader.judge(submission.load(str(root / "examples" / name)))
        back = unpack(pack(one))
        one = replace(one, evidence=None)  # the gradebook keeps that of the report
        assert build_report(back, exercises) == build_report(one, exercises)
        rule = MistakeRule.model_validate({"when": "not found or found", "say": "Anything.", "credit": 0.5})
        changed = [
            replace(
                item,
                rubric=item.rubric.model_copy(
                    update={
                        "checks": {
                            check: rules.model_copy(update={"points": 10.0, "mistakes": (rule,)})
                            for check, rules in item.rubric.checks.items()
                        }
                    }
                ),
            )
            for item in exercises
        ]
        assert build_report(back, changed) == build_report(one, changed)
        assert build_report(back, changed) != build_report(one, exercises)


def test_a_judged_submission_of_the_first_version_is_read_and_written_unchanged() -> None:
    """Fields were renamed in the code since then; the file has the old names, and so has what is written today. What
    was added since then has its default.
    """
    stored = (Path(__file__).parent / "judged-1.bin").read_bytes()
    kept = unpack(stored)
    assert kept.submission.path == "examples/all-four.ipynb"
    detach = next(one for one in kept.exercises if one.exercise == "detach-semantics")
    where = detach.locations[0]
    assert where is not None
    assert where.source == "u = y.clone()      # has nothing to do with y any more"
    assert detach.verdicts[0].variables
    assert b'"spots":' in zlib.decompress(pack(kept))
    (written, arrays), (before, arrays_before) = json_and_arrays(pack(kept)), json_and_arrays(stored)
    assert arrays == arrays_before
    assert without_added(written, before) == before


def without_added(value: Any, before: Any) -> Any:
    """JSON data without the keys of objects that an earlier version did not have."""
    if isinstance(value, dict) and isinstance(before, dict):
        return {key: without_added(part, before[key]) for key, part in value.items() if key in before}
    if isinstance(value, list) and isinstance(before, list):
        return [without_added(*pair) for pair in zip(value, before, strict=True)]
    return value
