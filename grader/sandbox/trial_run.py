"""A short submission that shows whether a worker can run any: ``grade doctor`` and a cluster's survey have it run."""

from __future__ import annotations

from grader.model import Backward, Cell, Job, Outcome
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker_handle import WorkerHandle

TRIAL = "import torch\nx = torch.ones(3, requires_grad=True)\n(x * x).sum().backward()\n"
SEEN = "completed, and its backward pass was recorded"


def try_run(worker: WorkerHandle) -> str:
    """Run a backward pass in the sandbox and say whether it was recorded (``SEEN``). The worker has ended afterwards.

    Raises GraderError.
    """
    sandbox = Sandbox(worker, WorkerHandle.start)
    job = Job(cells=(Cell(number=1, source=TRIAL, code=TRIAL),), format="py", file_name="trial.py", seed=0)
    try:
        observation = sandbox.run(job).observation
    finally:
        sandbox.close()
    if observation.outcome is not Outcome.COMPLETED:
        return f"ended as `{observation.outcome}`. {observation.detail}"
    passes = [event for event in observation.events if isinstance(event, Backward) and event.error is None]
    return SEEN if passes else "completed, but the backward pass in it was not recorded"
