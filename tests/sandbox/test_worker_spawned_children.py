"""Workers that do not fork, as on macOS."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from grader.errors import SandboxError
from grader.model import Backward, Figure, Level, Outcome
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker_handle import WorkerHandle
from tests.helpers.observing import Observer
from tests.sandbox.workers import STAND_IN, run_on, started

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="namespaces are a part of Linux")


class TestSpawned:
    """Where processes cannot be forked, every submission gets a new interpreter."""

    def test_a_submission_is_observed(self) -> None:
        with WorkerHandle.start(level=Level.REDUCED, forks=False) as worker:
            worker.configure(["torch", "matplotlib.pyplot"])
            for _ in range(2):
                observation = Observer(Sandbox(worker, WorkerHandle.start))(
                    "import torch\nx = torch.ones(2, requires_grad=True)\n(x * x).sum().backward()\n"
                    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
                )
                assert observation.outcome is Outcome.COMPLETED, observation.detail
                assert {type(event) for event in observation.events} == {Backward, Figure}

    def test_its_clock_starts_when_all_is_imported(self, runtime: Path, tmp_path: Path) -> None:
        slow = tmp_path / "runtime"
        shutil.copytree(runtime, slow)
        (slow / "execute" / "run.py").write_text(f"import time\ntime.sleep(1.5)\n{STAND_IN}")
        with started(slow, Level.NONE, forks=False) as worker:
            said, raw = run_on(worker, "say(1)", wall_s=0.5)
        assert (said, raw.timed_out) == ([1], False)
        assert raw.wall_s < 1

    def test_a_runtime_that_cannot_be_imported_is_told(self, runtime: Path, tmp_path: Path) -> None:
        broken = tmp_path / "runtime"
        shutil.copytree(runtime, broken)
        (broken / "execute" / "run.py").write_text("raise OSError('libtorch.so: file too short')")
        with (
            started(broken, Level.NONE, forks=False) as worker,
            pytest.raises(SandboxError, match=r"libtorch\.so: file too short"),
        ):
            run_on(worker, "say(1)")
