"""The sources of curves: the arithmetic by itself, and all of it through a real worker."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from grader.judging.curve_sources import figures_of, find_sources, source_by_change, used_autograd
from grader.model import Level, Limits, Outcome, Probes
from grader.runtime.protocol.record import SECOND_RUN_CHANGE
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker_handle import WorkerHandle
from tests.helpers.observing import Observer

COSINE = np.cos(np.linspace(0, 6.3, 100))


class TestSourceByChange:
    def test_a_curve_that_moves_along_is_autograds(self) -> None:
        assert source_by_change(COSINE, COSINE * (1 + SECOND_RUN_CHANGE)) == "autograd"

    def test_a_second_derivative_moves_twice(self) -> None:
        assert source_by_change(COSINE, COSINE * (1 + SECOND_RUN_CHANGE) ** 2) == "autograd"

    def test_a_curve_that_stays_is_not(self) -> None:
        assert source_by_change(COSINE, COSINE.copy()) == "other"

    def test_a_curve_that_changes_otherwise_is_unknown(self) -> None:
        assert source_by_change(COSINE, COSINE[::-1].copy() + 0.3) == "unknown"
        assert source_by_change(COSINE, COSINE[:-1]) == "unknown"
        assert source_by_change(COSINE, None) == "unknown"

    def test_a_curve_half_of_which_moves_is_unknown(self) -> None:
        second = COSINE.copy()
        second[:45] *= 1 + SECOND_RUN_CHANGE
        assert source_by_change(COSINE, second) == "unknown"

    def test_what_is_not_finite_is_left_out(self) -> None:
        broken = COSINE.copy()
        broken[3] = np.nan
        assert source_by_change(broken, broken * (1 + SECOND_RUN_CHANGE)) == "autograd"
        assert source_by_change(np.full(4, np.nan), np.full(4, np.nan)) == "unknown"
        assert source_by_change(np.zeros(4), np.zeros(4)) == "unknown"


SETUP = """
import numpy as np, torch, matplotlib.pyplot as plt
x = torch.linspace(0, 6.3, 100, requires_grad=True)
y = torch.sin(x)
"""


@pytest.mark.parametrize(
    "code",
    [
        "y.sum().backward()\nd = x.grad",
        "y.backward(torch.ones(100))\nd = x.grad.numpy().tolist()",
        "d, = torch.autograd.grad(y.sum(), x)",
        "d = torch.func.vmap(torch.func.grad(torch.sin))(x.detach())",
        "points = [v.clone().requires_grad_() for v in x.detach()]\n"
        "d = [torch.autograd.grad(v.sin(), v)[0] for v in points]",
        "_, d = torch.func.jvp(torch.sin, (x.detach(),), (torch.ones(100),))",
        "d = torch.diagonal(torch.func.jacrev(torch.sin)(x.detach()))",
        "d = torch.autograd.functional.jacobian(torch.sin, x.detach()).diagonal()",
        "d = []\nfor i in range(100):\n"
        "    y[i].backward(retain_graph=True)\n    d.append(x.grad[i].item())\n    x.grad.zero_()",
        "got = []\nx.register_hook(got.append)\ny.sum().backward()\nd = got[0]",
        "import threading\nt = threading.Thread(target=lambda: y.sum().backward())\nt.start()\nt.join()\nd = x.grad",
        "opt = torch.optim.SGD([x], 0.1)\nopt.zero_grad()\ny.sum().backward()\nd = x.grad.clone()",
    ],
)
def test_gradients_in_every_form_are_autograds(observe: Observer, code: str) -> None:
    assert source_of(observe, code) == "autograd"


@pytest.mark.parametrize(
    "code",
    [
        "d = torch.cos(x.detach())",
        "y.sum().backward()\nd = torch.cos(x.detach())",
        "y.sum().backward()\nd = np.cos(x.detach().numpy())",
        "y.sum().backward()\nd = torch.sin(x.detach() + np.pi / 2)",
        "y.sum().backward()\nd = np.gradient(y.detach().numpy(), x.detach().numpy())",
        "y.sum().backward()\nx.grad = torch.cos(x.detach())\nd = x.grad",
        "y.sum().backward()\nx.grad.copy_(torch.cos(x.detach()))\nd = x.grad",
        "y.sum().backward()\nx.grad.data = torch.cos(x.detach())\nd = x.grad",
        "y.sum().backward()\nx.grad.numpy()[:] = np.cos(x.detach().numpy())\nd = x.grad",
        "y.sum().backward()\nd = x.grad * 0 + torch.cos(x.detach())",
    ],
)
def test_a_cosine_in_every_disguise_is_not(observe: Observer, code: str) -> None:
    assert source_of(observe, code) == "other"


def source_of(observe: Observer, code: str) -> str:
    """The sources by a second run in another process, which must be those by one in the first run's process."""
    code = SETUP + code + "\nplt.plot(x.detach(), d)\nplt.show()"
    observation = observe(code, probes=Probes(second_run=True))
    (source,) = find_sources(observation, figures_of(observe(code, intervene=True))).values()
    assert (observation.second_run_figures is not None) is used_autograd(observation)
    assert (
        find_sources(observation, observation.second_run_figures or ()) == {(0, 0): source}
        or observation.second_run_figures is None
    )
    return source


class TestSecondRunInTheSameProcess:
    """The second run starts in a fresh state, as far as honest code can see."""

    @pytest.mark.parametrize(
        "code",
        [
            "if 'd' not in globals():\n    y.sum().backward()\n    d = x.grad",
            "y.sum().backward()\nd = x.grad\ntorch.set_grad_enabled(False)",
            "from pathlib import Path\ny.sum().backward()\nd = x.grad\nif Path('d.npy').exists():\n"
            "    d = np.load('d.npy')\nnp.save('d.npy', d)",
            "import helper\nd = helper.derivative()",
        ],
    )
    def test_nothing_of_the_first_run_is_found_again(self, observe: Observer, code: str) -> None:
        helper = (
            "import functools, torch\n@functools.cache\ndef derivative():\n"
            "    x = torch.linspace(0, 6.3, 100, requires_grad=True)\n    x.sin().sum().backward()\n    return x.grad\n"
        )
        observation = observe(
            SETUP + code + "\nplt.plot(x.detach(), d)\nplt.show()",
            probes=Probes(second_run=True),
            files=(("helper.py", helper.encode()),),
        )
        assert observation.second_run_figures is not None
        assert find_sources(observation, observation.second_run_figures) == {(0, 0): "autograd"}

    def test_it_removes_nothing_but_what_lies_where_the_submission_ran(self, tmp_path: Path) -> None:
        """Without isolation a submission may change to a folder of the user."""
        (tmp_path / "precious.txt").write_text("all my work")
        code = f"import os\nopen('left.txt', 'w').close()\nos.chdir({str(tmp_path)!r})\n" + SETUP
        code += "y.sum().backward()\nplt.plot(x.detach(), x.grad if not os.path.exists('left.txt') else y.detach())\n"
        sandbox = Sandbox(WorkerHandle.start(level=Level.NONE), WorkerHandle.start)
        try:
            # On a busy machine a run can take so long that its process does not run the submission again.
            runs = (Observer(sandbox)(code, probes=Probes(second_run=True)) for _ in range(3))
            observation = next((run for run in runs if run.second_run_figures is not None), None)
        finally:
            sandbox.close()
        assert observation is not None
        assert observation.second_run_figures is not None
        assert find_sources(observation, observation.second_run_figures) == {(0, 0): "autograd"}
        assert (tmp_path / "precious.txt").read_text() == "all my work"

    def test_the_record_of_the_run_is_as_without_it(self, observe: Observer) -> None:
        code = SETUP + "print('once')\ny.sum().backward()\nplt.plot(x.detach(), x.grad)\nplt.show()\n1 / 0\n"
        without, with_one = observe(code), observe(code, probes=Probes(second_run=True))
        assert with_one.second_run_figures is not None
        assert without.second_run_figures is None
        assert [type(event) for event in with_one.events] == [type(event) for event in without.events]
        assert with_one.outcome is without.outcome

    @pytest.mark.parametrize("code", ["plt.plot(x.detach(), y.detach())", "y.sum().backward()"])
    def test_there_is_none_where_it_could_tell_nothing(self, observe: Observer, code: str) -> None:
        assert observe(SETUP + code, probes=Probes(second_run=True)).second_run_figures is None

    def test_a_slow_run_gets_none_on_suspicion(self, observe: Observer) -> None:
        code = SETUP + "import time\ntime.sleep(2.1)\ny.sum().backward()\nplt.plot(x.detach(), x.grad)\n"
        assert observe(code, probes=Probes(second_run=True)).second_run_figures is None

    @pytest.mark.parametrize(
        "end", ["import os; os._exit(3)", "while True: pass", "import ctypes; ctypes.string_at(0)"]
    )
    def test_one_that_comes_to_no_end_costs_the_run_nothing(self, observe: Observer, end: str) -> None:
        code = SETUP + "y.sum().backward()\nplt.plot(x.detach(), x.grad)\nplt.show()\n"
        code += f"if not (x.grad[0] == 1):\n    {end}\n"
        observation = observe(code, probes=Probes(second_run=True), limits=Limits(wall_s=3.0))
        assert observation.outcome is Outcome.COMPLETED
        assert observation.second_run_figures in (None, ()) or len(observation.second_run_figures) == 1
