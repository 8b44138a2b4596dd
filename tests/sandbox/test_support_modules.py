"""Helper modules of a course: importing them, names that they must not have, and those of the built-in course."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from grader.course.course import load_course
from grader.course.course_folder import support_of
from grader.course.named_courses import builtin_course
from grader.errors import ExerciseError
from grader.model import (
    Argument,
    Arguments,
    CallProbe,
    CompanionFile,
    Figure,
    FunctionCall,
    Level,
    Opaque,
    Outcome,
    Output,
    Probes,
    Structure,
    SupportArgument,
    TensorArgument,
    UncaughtError,
)
from grader.sandbox import bubblewrap, seccomp
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker_handle import WorkerHandle
from tests.helpers.builtin import loaded_course
from tests.helpers.command_line import KeptWorkers, run_here
from tests.helpers.observing import Observer, events, only, values

BUILT_IN = support_of(builtin_course())


def printed(observation: object) -> str:
    return "".join(event.text for event in observation.events if isinstance(event, Output))  # type: ignore[attr-defined]


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course with a helper module, a helper package, a link to a secret, and a solution that must stay hidden."""
    root = tmp_path_factory.mktemp("course")
    for folder in (root, *root.parents[:2]):
        folder.chmod(0o755)  # the worker is another user
    package = root / "support" / "lab"
    package.mkdir(parents=True)
    (root / "support" / "helper.py").write_text("SCALE = 3\n\ndef scaled(x):\n    return SCALE * x\n")
    (root / "support" / "table.txt").write_text("1 2 3\n")
    (package / "__init__.py").write_text("")
    (package / "drawing.py").write_text(
        "from matplotlib.figure import Figure\nfrom matplotlib import pyplot\n\n"
        "def draw(x, y):\n    pyplot.figure()\n    pyplot.plot(x, y)\n\n"
        "def save(x, y):\n    figure = Figure()\n    figure.subplots().plot(x, y)\n    figure.savefig('out.png')\n"
    )
    (package / "scale.py").write_text("FACTOR = 2.0\n")
    (package / "nets.py").write_text(
        "import torch\nfrom helper import scaled\nfrom .scale import FACTOR\n\n"
        "def bowl(x):\n    return FACTOR * scaled(x ** 2).sum()\n\n"
        "def make_net():\n    return torch.nn.Linear(2, 1)\n\n"
        "def make_pair():\n    return [torch.ones(2, requires_grad=True), torch.tensor(3.0, requires_grad=True)]\n\n"
        "def make_nothing():\n    raise ValueError('no net today')\n"
    )
    (package / "broken.py").write_text("import torch\ntorch.no_such_thing()\n")
    (root / "solutions").mkdir()
    (root / "solutions" / "one.py").write_text("secret = 42\n")
    (root / "support" / "link.py").symlink_to(root / "solutions" / "one.py")
    return root


def observer(course: Path, level: Level) -> Iterator[Observer]:
    def start() -> WorkerHandle:
        return WorkerHandle.start(level=level, support=support_of(course))

    sandbox = Sandbox(start(), start)
    yield Observer(sandbox)
    sandbox.close()


@pytest.fixture(scope="module")
def strict(course: Path) -> Iterator[Observer]:
    """Nothing but torch is imported before the submissions run."""
    if bubblewrap.diagnose() is not None or seccomp.diagnose() is not None:
        pytest.skip("this machine has no namespaces or no seccomp")
    yield from observer(course, Level.STRICT)


@pytest.fixture(scope="module")
def plain(course: Path) -> Iterator[Observer]:
    yield from observer(course, Level.NONE)


class TestInTheSandbox:
    @pytest.mark.parametrize("isolation", ["strict", "plain"])
    def test_modules_and_packages_can_be_imported(self, isolation: str, request: pytest.FixtureRequest) -> None:
        observe = request.getfixturevalue(isolation)
        observation = observe(
            "from helper import scaled\nimport lab.drawing\nprint(scaled(2), lab.drawing.draw.__name__)"
        )
        assert observation.outcome is Outcome.COMPLETED, observation
        assert printed(observation) == "6 draw\n"

    def test_files_beside_them_can_be_read(self, strict: Observer) -> None:
        observation = strict(
            "import helper, pathlib\nprint(pathlib.Path(helper.__file__).with_name('table.txt').read_text())"
        )
        assert printed(observation).startswith("1 2 3")

    def test_a_module_that_the_submission_writes_comes_first(self, strict: Observer) -> None:
        assert printed(strict("open('helper.py', 'w').write('SCALE = 4')\nimport helper\nprint(helper.SCALE)")) == "4\n"

    @pytest.mark.parametrize(
        "action",
        [
            "open(file, 'a')",
            "open(folder + '/new.py', 'w')",
            "os.remove(file)",
            "os.chmod(file, 0o777)",
            "os.rename(folder + '/lab', folder + '/bal')",
            "os.mkdir(folder + '/__pycache__')",
        ],
    )
    def test_a_submission_cannot_change_them(self, strict: Observer, action: str) -> None:
        setup = "import os, helper\nfile = helper.__file__\nfolder = os.path.dirname(file)\n"
        raised = only(strict(f"{setup}{action}"), UncaughtError).error
        assert raised.type in ("OSError", "PermissionError")
        assert "Read-only file system" in raised.text or "not permitted" in raised.text or "denied" in raised.text

    def test_a_change_of_a_module_in_memory_ends_with_the_submission(self, strict: Observer) -> None:
        strict("import helper\nhelper.SCALE = 100")
        assert printed(strict("import helper\nprint(helper.SCALE)")) == "3\n"

    def test_nothing_else_of_the_course_is_visible(self, strict: Observer, course: Path) -> None:
        code = f"""
            import os
            print(sorted(os.listdir("/opt")), os.path.exists({str(course)!r}))
            print(sorted(os.listdir("/opt/support")))
            print(os.path.exists("/opt/support/link.py"), os.path.exists("/opt/support/../solutions"))
        """
        assert printed(strict(code)).splitlines() == [
            "['runtime', 'support'] False",
            "['helper.py', 'lab', 'link.py', 'table.txt']",
            "False False",
        ]

    @pytest.mark.parametrize("function", ["draw", "save"])
    def test_what_only_a_helper_draws_is_recorded(self, strict: Observer, function: str) -> None:
        """The submission does not name the plotting library, so it is not preloaded."""
        observation = strict(f"from lab.drawing import {function}\n{function}([1, 2], [3, 4])")
        assert observation.outcome is Outcome.COMPLETED
        assert values(only(observation, Figure).curves[0].y) == [3, 4]


def handing_in(*, numeric: tuple[str, ...] = ("x",), **functions: str | SupportArgument) -> Probes:
    given: dict[str, Argument] = {
        name: SupportArgument(name=of) if isinstance(of, str) else of for name, of in functions.items()
    }
    given["x"] = TensorArgument(data=np.array([1.0, 2.0], dtype=np.float32), requires_grad=True)
    arguments = Arguments(by_position=tuple(given.items()))
    probe = CallProbe(id="p", functions=("f",), arguments=(arguments, arguments), varies=True, numeric=numeric)
    return Probes(calls=(probe,))


class TestHandedToFunctions:
    """Functions of ``support/`` as arguments of hidden calls."""

    @pytest.mark.parametrize("isolation", ["strict", "plain"])
    def test_a_function_whatever_the_submission_has_of_its_names(
        self, isolation: str, request: pytest.FixtureRequest
    ) -> None:
        code = """
            import sys, types
            import helper
            for name in list(sys.modules):
                if "lab" in name or "helper" in name or "course" in name:
                    sys.modules[name] = types.ModuleType(name)
            def f(g, x): return g(x)
        """
        own = (CompanionFile("helper.py", b"scaled = None"), CompanionFile("lab/nets.py", b"bowl = None"))
        observation = request.getfixturevalue(isolation)(code, files=own, probes=handing_in(g="lab.nets.bowl"))
        for call in events(observation, FunctionCall):
            assert call.error is None
            assert values(call.output) == 2 * 3 * 5
            assert values(call.of("x").gradient) == [12, 24]
            assert call.of("x").shifts is not None
            assert call.steady
        assert len(events(observation, FunctionCall)) == 2

    def test_importing_them_does_not_import_them_for_the_submission(self, strict: Observer) -> None:
        code = "import helper, lab\ndef f(g, x): return helper.SCALE, lab.__file__"
        own = (CompanionFile("helper.py", b"SCALE = 7"), CompanionFile("lab/__init__.py", b""))
        call = events(strict(code, files=own, probes=handing_in(g="lab.nets.bowl")), FunctionCall)[0]
        assert isinstance(call.output, Structure)
        assert values(call.output.items[0]) == 7
        assert "support" not in call.output.items[1].text  # type: ignore[union-attr]

    def test_what_a_function_makes_is_made_anew_with_the_same_numbers(self, strict: Observer) -> None:
        code = """
            import torch
            def f(net, x):
                out = net(x)
                with torch.no_grad():
                    net.bias.zero_()
                return out
        """
        made = SupportArgument(name="lab.nets.make_net", is_called=True)
        first, second = events(strict(code, probes=handing_in(net=made)), FunctionCall)
        assert values(first.output) == values(second.output) != [0.0]
        assert first.steady
        assert first.varies is False
        assert [result.path for result in first.arguments] == ['net["weight"]', 'net["bias"]', "x"]
        assert values(first.of('net["weight"]').gradient) == [[1.0, 2.0]]
        bias = first.of('net["bias"]').value
        assert np.shape(values(bias)) == (1,)
        assert bias is not None
        assert bias.requires_grad
        assert first.of("x").value is None
        assert [(changed.path, values(changed.after)) for changed in first.changed] == [('net["bias"]', [0.0])]

    def test_a_replaced_part_of_what_a_function_made_is_a_change(self, strict: Observer) -> None:
        code = """
            def f(net, x):
                net.bias = None
                net.weight = type(net.weight)(x.detach()[None])
                net.scale = type(net.weight)(x.detach() * 2)
        """
        made = SupportArgument(name="lab.nets.make_net", is_called=True)
        changed = events(strict(code, probes=handing_in(net=made)), FunctionCall)[0].changed
        after = {each.path: each.after for each in changed}
        assert list(after) == ['net["weight"]', 'net["bias"]', 'net["scale"]']
        assert (values(after['net["weight"]']), values(after['net["scale"]'])) == ([[1.0, 2.0]], [2.0, 4.0])
        assert after['net["bias"]'] == Opaque(kind="none")

    def test_what_a_function_makes_is_differentiated_numerically(self, strict: Observer) -> None:
        probes = handing_in(pair=SupportArgument(name="lab.nets.make_pair", is_called=True), numeric=("pair", "x"))
        call = events(strict("def f(pair, x): return (x * pair[0]).sum() * pair[1] ** 2", probes=probes), FunctionCall)[
            0
        ]
        for path, slopes in (("pair[0]", [9, 18]), ("pair[1]", [18]), ("x", [9, 9])):
            shifts = call.of(path).shifts
            assert shifts is not None
            assert shifts.dtype == "float64"
            outputs, steps = np.array(values(shifts.outputs)), np.array(values(shifts.steps)).max(1)
            assert (outputs[:, 2] - outputs[:, 0]) / (2 * steps) == pytest.approx(slopes)

    def test_numbers_of_the_function_s_own_in_single_precision_do_not_make_it_another_net(
        self, plain: Observer
    ) -> None:
        """Such a function is evaluated with float64 as the default dtype, in which torch draws other numbers."""
        made = SupportArgument(name="lab.nets.make_net", is_called=True)
        probes = handing_in(net=made, numeric=('net["bias"]',))
        code = "import torch\none = torch.ones(1)\ndef f(net, x): return (net(x) @ one) ** 2"
        bias = events(plain(code, probes=probes), FunctionCall)[0].of('net["bias"]')
        assert bias.shifts is not None
        outputs, steps = np.array(values(bias.shifts.outputs)), np.array(values(bias.shifts.steps)).max(1)
        assert (outputs[:, 2] - outputs[:, 0]) / (2 * steps) == pytest.approx(values(bias.gradient), rel=1e-4)

    @pytest.mark.parametrize(
        ("name", "is_called", "text"),
        [
            (
                "lab.nets.make_nothing",
                True,
                "`lab.nets.make_nothing()` raised ValueError: no net today (support/lab/nets.py, line 15)",
            ),
            ("lab.nets.other", False, "support/lab/nets.py has no function `other`"),
            ("lab.broken.f", False, "support/lab/broken.py cannot be imported: AttributeError: module 'torch' has no"),
            ("nowhere.f", False, "support/nowhere.py cannot be imported: ModuleNotFoundError"),
        ],
    )
    def test_an_error_in_them_is_the_courses(self, strict: Observer, name: str, is_called: bool, text: str) -> None:
        probes = handing_in(g=SupportArgument(name=name, is_called=is_called))
        for call in events(strict("def f(g, x): return x", probes=probes), FunctionCall):
            assert call.error is not None
            assert (call.error.origin, call.error.text[: len(text)]) == ("course", text)

    def test_an_error_in_a_call_of_the_submissions_is_not(self, strict: Observer) -> None:
        observation = strict("def f(g, x): return g('text')", probes=handing_in(g="lab.nets.bowl"))
        assert [call.error.origin for call in events(observation, FunctionCall) if call.error] == ["torch", "torch"]


class TestLoading:
    def test_a_course_need_not_have_any(self, tmp_path: Path) -> None:
        assert support_of(tmp_path) == ()

    def test_a_course_knows_its_folder(self) -> None:
        assert loaded_course().support == BUILT_IN == (builtin_course() / "support",)

    @pytest.mark.parametrize("name", ["torch.py", "numpy/__init__.py", "matplotlib.py", "random.py", "IPython/x.py"])
    def test_a_name_that_submissions_mean_otherwise_is_refused(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
    ) -> None:
        monkeypatch.chdir(tmp_path)
        path = tmp_path / "support" / name
        path.parent.mkdir(parents=True)
        path.touch()
        (tmp_path / "support" / "torch.txt").touch()
        first = name.partition("/")[0]
        with pytest.raises(ExerciseError) as caught:
            load_course(tmp_path)
        assert str(caught.value) == (
            f"support/{first}: stands in the way of the real `{first.removesuffix('.py')}`, which submissions mean; "
            "rename it"
        )

    def test_finding_it_imports_nothing_heavy(self) -> None:
        script = "import sys, grader.course.course_folder; print(*{'pydantic', 'yaml', 'numpy'} & set(sys.modules))"
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == ""


SINE = """\
# %% Exercise: sine and its derivative, as the book's readers write it
import torch
from d2l import torch as d2l
from IPython import display
from matplotlib_inline import backend_inline

backend_inline.set_matplotlib_formats("svg")
display.set_matplotlib_formats("svg")
x = torch.linspace(-6.3, 6.3, 200, requires_grad=True)
y = torch.sin(x)
y.sum().backward()

# %%
d2l.plot(x.detach(), [y.detach(), x.grad], "x", "f(x)", legend=["sin", "导数"])
"""


def test_the_command_line_hands_them_over(tmp_path: Path, home: Path, workers: KeptWorkers) -> None:
    script = tmp_path / "homework.py"
    script.write_text(SINE, "utf-8")
    command = (script, "--exercise", "sin-derivative", "--format", "json")
    done = run_here(command, folder=tmp_path, home=home, workers=workers)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["score"] == json.loads(done.stdout)["max_score"]


D2L = "import torch\nimport numpy as np\nfrom d2l import torch as d2l\nx = torch.arange(0.0, 4.0)\n"


class TestD2L:
    @pytest.mark.parametrize(
        ("call", "expected"),
        [
            ("d2l.plot(x, x ** 2)", [([0, 1, 2, 3], [0, 1, 4, 9])]),
            ("d2l.plot(x, [x, 2 * x])", [([0, 1, 2, 3], [0, 1, 2, 3]), ([0, 1, 2, 3], [0, 2, 4, 6])]),
            ("d2l.plot([x], [x, -x])", [([0, 1, 2, 3], [0, 1, 2, 3]), ([0, 1, 2, 3], [0, -1, -2, -3])]),
            ("d2l.plot([x, x + 1], [x, -x])", [([0, 1, 2, 3], [0, 1, 2, 3]), ([1, 2, 3, 4], [0, -1, -2, -3])]),
            ("d2l.plot([x[:2], x], [x[:2], x])", [([0, 1], [0, 1]), ([0, 1, 2, 3], [0, 1, 2, 3])]),
            ("d2l.plot(x)", [([0, 1, 2, 3], [0, 1, 2, 3])]),
            ("d2l.plot([x, x ** 2])", [([0, 1, 2, 3], [0, 1, 2, 3]), ([0, 1, 2, 3], [0, 1, 4, 9])]),
            ("d2l.plot([1, 2], [3.0, 4.0])", [([1, 2], [3, 4])]),
            ("d2l.plot(range(2), [np.float64(3), np.float64(4)])", [([0, 1], [3, 4])]),
            ("d2l.plot([v for v in x[:2]], [v * v for v in x[:2]])", [([0, 1], [0, 1])]),
            ("d2l.plot(x[:2].numpy(), torch.stack([x, -x])[:, :2])", [([0, 1], [0, 1]), ([0, 1], [0, -1])]),
        ],
    )
    def test_one_curve_or_several_are_drawn(self, observe: Observer, call: str, expected: object) -> None:
        curves = only(observe(D2L, call), Figure).curves
        assert [(values(curve.x), values(curve.y)) for curve in curves] == expected

    def test_labels_and_legend_are_set(self, observe: Observer) -> None:
        figure = only(observe(D2L, "d2l.plot(x, [x, -x], '自变量', 'f(x)', legend=['f', 'g'])"), Figure)
        assert (figure.labels, figure.legend) == (("自变量", "f(x)"), ("f", "g"))

    def test_limits_scales_size_and_axes_are_obeyed(self, observe: Observer) -> None:
        code = """
            figure, (left, right) = d2l.plt.subplots(1, 2)
            d2l.plot(x + 1, x, xlim=[1, 5], ylim=(0, 9), xscale="log", yscale="symlog", figsize=(7, 3), axes=right)
            print(right.get_xlim(), right.get_ylim(), right.get_xscale(), right.get_yscale(), len(left.lines))
            print(d2l.plt.rcParams["figure.figsize"])
        """
        said = printed(observe(D2L, code)).replace("np.float64(", "").replace("),", ",").splitlines()
        assert "log symlog 0" in said[0]
        assert said[1] == "[7.0, 3.0]"

    def test_a_fifth_curve_is_drawn_too(self, observe: Observer) -> None:
        assert len(only(observe(D2L, "d2l.plot(x, [k * x for k in range(5)])"), Figure).curves) == 5

    def test_numbers_of_curves_that_do_not_fit_are_refused(self, observe: Observer) -> None:
        error = only(observe(D2L, "d2l.plot([x, x], [x, x, x])"), UncaughtError).error
        assert (error.type, error.text) == ("ValueError", "X has 2 curves and Y has 3; give one X, or as many as in Y")

    def test_a_tensor_that_requires_grad_is_refused_as_in_the_book(self, observe: Observer) -> None:
        observation = observe(D2L, "x.requires_grad_()\nd2l.plot(x, x ** 2)")
        assert "detach" in only(observation, UncaughtError).error.text

    def test_the_other_functions_work(self, observe: Observer) -> None:
        code = """
            d2l.use_svg_display()
            d2l.set_figsize()
            d2l.set_axes(d2l.plt.gca(), "x", None, None, None, "linear", "linear", None)
            print(d2l.numpy(x.requires_grad_()), d2l.sin(d2l.zeros(2)), d2l.torch is torch, d2l.np is np)
            d2l.display.clear_output(wait=True)
        """
        observation = observe(D2L, code)
        assert observation.outcome is Outcome.COMPLETED
        assert printed(observation) == "[0. 1. 2. 3.] tensor([0., 0.]) True True\n"

    def test_a_part_that_is_missing_is_named(self, observe: Observer) -> None:
        error = only(observe(D2L, "d2l.train_ch3(1)"), UncaughtError).error
        assert error.type == "AttributeError"
        assert error.text.startswith("module 'd2l.torch' has no attribute 'train_ch3': this is a small stand-in")
        assert events(observe(D2L, "print(hasattr(d2l, 'train_ch3'))"), UncaughtError) == []

    def test_matplotlib_is_imported_when_something_is_drawn(self, cold: Observer) -> None:
        code = "import sys\nprint('matplotlib' in sys.modules)\nd2l.plot(x, x)\nprint('matplotlib' in sys.modules)"
        observation = cold(D2L, code)
        assert printed(observation) == "False\nTrue\n"
        assert len(events(observation, Figure)) == 1
