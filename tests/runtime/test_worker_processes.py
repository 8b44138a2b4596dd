"""Submissions that start worker processes: what comes back is right, and only the submission itself is recorded."""

from __future__ import annotations

import errno
import multiprocessing.synchronize

import pytest

from grader.model import Backward, Level, Output, RunNote
from grader.runtime.execute.worker_processes import NO_WORKERS, lacked_workers
from grader.sandbox.sandbox import Sandbox
from tests.helpers.observing import Observer, events, only, values

WORKERS = """
    import multiprocessing
    import torch
    from torch.utils.data import DataLoader, TensorDataset

    def slope(value):
        print("in a worker")
        x = torch.tensor([float(value)], requires_grad=True)
        (x**2).sum().backward()
        return x.grad.item()

    def add(tensor):
        tensor += 1

    loader = DataLoader(TensorDataset(torch.arange(6.0)), batch_size=2, num_workers=2)
    print([batch.sum().item() for (batch,) in loader])
    shared = torch.zeros(2).share_memory_()
    process = multiprocessing.Process(target=add, args=(shared,))
    process.start()
    with multiprocessing.Pool(2) as pool:
        print(pool.map(slope, range(4)))
    process.join()
    print(shared.tolist())
    leaf = torch.tensor([3.0], requires_grad=True)
    (leaf**2).sum().backward()
"""


def test_results_of_workers_are_right_and_the_rest_is_recorded(observe: Observer, sandbox: Sandbox) -> None:
    if sandbox.isolation.level is not Level.STRICT:
        pytest.skip("shared memory is the host's")
    observation = observe(WORKERS)
    said = "".join(event.text for event in events(observation, Output))
    assert said == "[1.0, 5.0, 9.0]\n[0.0, 2.0, 4.0, 6.0]\n[1.0, 1.0]\n"
    assert values(only(observation, Backward).leaves[0].gradient) == [6.0]
    assert observation.outcome == "completed"


def test_a_refusal_that_ends_a_statement_is_explained(observe: Observer) -> None:
    observation = observe("""
        import _multiprocessing, multiprocessing
        import multiprocessing.synchronize
        class Refused:
            SEM_VALUE_MAX = 1
            def __init__(self, *arguments):
                raise PermissionError(13, "Permission denied")
        _multiprocessing.SemLock = Refused
        multiprocessing.Lock()
    """)
    assert only(observation, RunNote).text == NO_WORKERS


def raised_by(action: object) -> BaseException:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whichever
        action()  # type: ignore[operator]
    return caught.value


def test_a_refusal_of_shared_memory_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(multiprocessing.synchronize, "SEM_VALUE_MAX", 1)
    monkeypatch.setattr("_multiprocessing.SemLock", refuse)
    assert lacked_workers(raised_by(multiprocessing.Lock))
    torchs = RuntimeError("unable to open shared memory object </torch_1_2> in read-write mode: Permission denied (13)")
    assert lacked_workers(torchs)
    assert not lacked_workers(raised_by(refuse))
    assert not lacked_workers(RuntimeError("shared memory"))
