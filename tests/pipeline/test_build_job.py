"""What the sandbox is asked for, from what the checks ask for."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from grader.judging.join_probes import join_probes
from grader.model import CallProbe, Limits, Probes, Submission
from grader.pipeline.build_job import build_job
from grader.pipeline.settings import Settings

SETTINGS = Settings(exercises=(), basis="found", seed=7, limits=Limits(wall_s=3.0))


def call(identity: str) -> CallProbe:
    return CallProbe(id=identity, functions=("f",), inputs=(np.zeros(2),))


def test_what_two_checks_ask_for_is_recorded_once() -> None:
    first, second = call("a"), call("b")
    joined = join_probes(
        [
            Probes(names=("x", "y"), calls=(first,), torch_calls=("detach",)),
            Probes(names=("y", "z"), calls=(first, second), torch_calls=("detach", "clone"), second_run=True),
        ]
    )
    assert (joined.names, joined.torch_calls, joined.second_run) == (("x", "y", "z"), ("detach", "clone"), True)
    assert [probe.id for probe in joined.calls] == ["a", "b"]
    assert join_probes([]) == Probes()


def test_every_field_of_probes_is_joined() -> None:
    """A field that were left out would be dropped without a word, and its check would find nothing."""
    defaults = {field.name: getattr(Probes(), field.name) for field in fields(Probes)}
    values = {name: True if isinstance(default, bool) else ("x",) for name, default in defaults.items()}
    everything = Probes(**values | {"calls": (call("a"),)})
    joined = join_probes([Probes(), everything, Probes()])
    for field in fields(Probes):
        assert getattr(joined, field.name) == getattr(everything, field.name) != getattr(Probes(), field.name)


@pytest.mark.parametrize(
    ("path", "name"), [("-", "submission.py"), ("class/ada/a.ipynb", "a.ipynb"), (r"C:\class\a.py", "a.py")]
)
def test_a_job_has_the_name_of_the_file_alone(path: str, name: str) -> None:
    submission = Submission(path=path, format="py", sha256="", cells=())
    job = build_job(submission, Probes(), SETTINGS)
    assert (job.file_name, job.seed, job.limits) == (name, 7, SETTINGS.limits)
