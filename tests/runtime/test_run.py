"""How a submission is run: statement by statement, continuing after errors, within its limits."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import numpy as np
import pytest

from grader.model import (
    Backward,
    CallProbe,
    ChangedNames,
    CompanionFile,
    FunctionCall,
    Limits,
    Opaque,
    Outcome,
    Output,
    Probes,
    RunNote,
    UncaughtError,
)
from grader.sandbox.sandbox import Sandbox
from grader.sandbox.worker_handle import RUNTIME, WorkerHandle
from tests.helpers.observing import Observer, events, only, values


def printed(observation: object, stream: str = "stdout") -> str:
    return "".join(event.text for event in observation.events if isinstance(event, Output) and event.stream == stream)  # type: ignore[attr-defined]


class TestGoingOn:
    def test_a_notebook_goes_on_with_the_next_cell(self, observe: Observer) -> None:
        observation = observe("print(1)", "print(2)\nboom\nprint(3)", "print(4)")
        assert printed(observation) == "1\n2\n4\n"
        assert observation.outcome is Outcome.FAILED
        error = only(observation, UncaughtError)
        assert (error.place.cell, error.place.line, error.error.type) == (1, 2, "NameError")

    def test_a_script_goes_on_with_the_next_statement(self, observe: Observer) -> None:
        assert printed(observe("print(1)\nboom\nprint(2)")) == "1\n2\n"

    def test_the_body_of_a_main_guard_is_run_statement_by_statement(self, observe: Observer) -> None:
        observation = observe('if __name__ == "__main__":\n    print(1)\n    boom\n    print(2)')
        assert printed(observation) == "1\n2\n"

    def test_await_at_the_top_level(self, observe: Observer) -> None:
        begun = "import asyncio\nasync def later(v):\n    await asyncio.sleep(0.01)\n    print(v)\n    return v\n"
        observation = observe(
            begun + "await later('shown')",
            "async def begin():\n    return asyncio.create_task(later('task'))\ntask = await begin()",
            "print(await task == 'task')\nfor v in 'ab':\n    await later(v)\nraise ValueError(await later('c'))",
        )
        assert printed(observation) == "shown\ntask\nTrue\na\nb\nc\n"
        error = only(observation, UncaughtError)
        assert (error.place.cell, error.place.line, error.error.type) == (2, 4, "ValueError")
        assert printed(observe(begun + "await later('script')\nprint(1)")) == "script\n1\n"

    def test_what_else_is_asynchronous_in_a_notebook(self, observe: Observer) -> None:
        begun = """
            import asyncio
            async def numbers():
                for number in range(3):
                    await asyncio.sleep(0)
                    yield number
            class Manager:
                async def __aenter__(self): return 7
                async def __aexit__(self, *error): pass
            async def main(): return 42
        """
        observation = observe(
            begun,
            "async for n in numbers(): print(n)\nasync with Manager() as m: print(m)",
            "print([n async for n in numbers()])",
            "task = asyncio.create_task(main())",
            "loop = asyncio.get_event_loop()\nother = loop.create_task(main())",
            "print(await task, await other, asyncio.run(main()), loop.run_until_complete(main()))",
            "import nest_asyncio\nnest_asyncio.apply()\nprint(asyncio.run(main()), loop.run_until_complete(main()))",
        )
        # As in Jupyter, a loop is running in a cell that awaits.
        assert only(observation, UncaughtError).error.text.startswith("asyncio.run() cannot be called from a running")
        assert printed(observation) == "0\n1\n2\n7\n[0, 1, 2]\n42 42\n"

    def test_a_cell_that_does_not_parse_costs_that_cell(self, observe: Observer) -> None:
        observation = observe("print(1)", "print(2\nx = = 3", "print(3)")
        assert printed(observation) == "1\n3\n"
        assert only(observation, UncaughtError).syntax

    @pytest.mark.parametrize(
        "code", ["raise SystemExit", "exit(0)", "import sys; sys.exit()", "raise SystemExit(False)"]
    )
    def test_a_friendly_exit_is_no_error(self, observe: Observer, code: str) -> None:
        observation = observe(code + "\nprint('after')")
        assert observation.outcome is Outcome.COMPLETED
        assert printed(observation) == "after\n"

    def test_unittest_without_tests_is_no_error(self, observe: Observer) -> None:
        """Since Python 3.12 it exits with code 5, before with False."""
        observation = observe("import unittest\nunittest.main()\nprint('after')")
        assert observation.outcome is Outcome.COMPLETED
        assert printed(observation) == "after\n"
        assert observe("raise SystemExit(5)").outcome is Outcome.EXITED

    def test_unittest_with_a_test_that_fails_is_said_alike(self, observe: Observer) -> None:
        """Its code is True in Python 3.11, and 1 in later versions."""
        code = "import unittest\nclass T(unittest.TestCase):\n    def test(self): self.fail()\nunittest.main()"
        observation = observe(code)
        assert observation.outcome is Outcome.EXITED
        assert observation.detail == "it ended with SystemExit(1)"
        assert only(observation, UncaughtError).error.text == "1"

    def test_an_exit_with_a_code_is_said(self, observe: Observer) -> None:
        observation = observe("raise SystemExit(3)")
        assert observation.outcome is Outcome.EXITED
        assert "SystemExit(3)" in observation.detail

    def test_an_interpreter_ended_by_hand_keeps_what_came_before(self, observe: Observer) -> None:
        observation = observe("import os\nprint(1)\nos._exit(0)")
        assert observation.outcome is Outcome.EXITED
        assert printed(observation) == "1\n"

    def test_a_crash_of_the_interpreter_keeps_what_came_before(self, observe: Observer) -> None:
        observation = observe("print(1)\nimport ctypes\nctypes.string_at(0)")
        assert observation.outcome is Outcome.CRASHED
        assert "SIGSEGV" in observation.detail
        assert printed(observation) == "1\n"

    def test_keyboard_interrupts_and_recursion_are_errors_like_others(self, observe: Observer) -> None:
        observation = observe("def f(): return f()\nf()\nraise KeyboardInterrupt\nprint('on')")
        assert [event.error.type for event in events(observation, UncaughtError)] == [
            "RecursionError",
            "KeyboardInterrupt",
        ]
        assert printed(observation) == "on\n"


class TestAsPythonWouldHaveIt:
    def test_scripts_run_as_main(self, observe: Observer) -> None:
        code = """
            import sys, pickle, dataclasses, inspect
            @dataclasses.dataclass
            class Point: x: int = 1
            assert sys.modules["__main__"].Point is Point
            assert pickle.loads(pickle.dumps(Point(3))).x == 3
            assert "class Point" in inspect.getsource(Point)
            assert open(__file__).read().startswith("import sys")
            print(__name__, sys.argv)
        """
        assert printed(observe(code)) == "__main__ ['homework.py']\n"

    def test_a_script_runs_where_its_own_file_cannot_be_written(self, observe: Observer) -> None:
        """A zip may hold a name that is too long for a file system, or a folder of the script's name."""
        in_its_place = CompanionFile("homework.py/points.csv", b"1,2")
        assert printed(observe("print(open(__file__ + '/points.csv').read())", files=(in_its_place,))) == "1,2\n"

    def test_future_imports_hold_for_the_statements_after_them(self, observe: Observer) -> None:
        observation = observe("from __future__ import annotations\ndef f(x: Missing): pass\nprint(f.__annotations__)")
        assert printed(observation) == "{'x': 'Missing'}\n"

    def test_the_last_expression_of_a_cell_is_displayed(self, observe: Observer) -> None:
        observation = observe("1 + 1\n2 + 2", "None", "'quiet'", quiet=(3,))
        assert printed(observation, "display") == "4\n"

    def test_notebooks_have_a_shell_and_display(self, observe: Observer) -> None:
        observation = observe(
            "get_ipython().run_line_magic('matplotlib', 'inline')", "display(3)\n_ = get_ipython().system('ls')"
        )
        assert observation.outcome is Outcome.COMPLETED
        assert printed(observation, "display") == "3\n"

    def test_modules_of_our_own_are_not_in_the_way(self, observe: Observer) -> None:
        observation = observe("import run")
        assert only(observation, UncaughtError).error.type == "ModuleNotFoundError"

    def test_random_numbers_are_the_same_each_time(self, observe: Observer) -> None:
        code = "import torch, numpy, random\nprint(torch.rand(1), numpy.random.rand(), random.random())"
        assert printed(observe(code)) == printed(observe(code))
        assert printed(observe(code)) != printed(observe(code, seed=1))

    def test_a_script_may_change_standard_output(self, observe: Observer) -> None:
        code = """
            import sys, io
            sys.stdout.buffer.write("é\\n".encode())
            print("to stderr", file=sys.stderr)
            old, sys.stdout = sys.stdout, io.StringIO()
            print("hidden")
            sys.stdout = old
            sys.stdout.close()
            print("still here")
        """
        observation = observe(code)
        assert printed(observation) == "é\nstill here\n"
        assert printed(observation, "stderr") == "to stderr\n"


class TestLimits:
    def test_an_endless_loop_costs_its_statement_and_not_the_rest(self, observe: Observer) -> None:
        observation = observe("print(1)", "while True: pass", "print(2)", limits=Limits(wall_s=2))
        assert observation.outcome is Outcome.TIMEOUT
        assert printed(observation) == "1\n2\n"
        assert only(observation, UncaughtError).place.cell == 1
        assert re.fullmatch(
            r"stopped at .*line 1, which had run for about 1 s, half of what was left; what came "
            "after it was still run",
            observation.detail,
        )
        last = observe("print(1)", "def f():\n    while True: pass", "f()", limits=Limits(wall_s=1))
        assert re.fullmatch(
            r"stopped at cell 2 .*, line 2, in the statement of cell 3 .*, line 1, which had run for about \d s, "
            "all of what was left",
            last.detail,
        )

    @pytest.mark.parametrize("code", ["work()", 'if __name__ == "__main__":\n    work()'])
    def test_the_last_statement_has_all_the_time_that_is_left(self, observe: Observer, code: str) -> None:
        work = "import time\ndef work():\n    time.sleep(0.7)\n    print('done')\n"
        observation = observe(work + code, "# that was all", limits=Limits(wall_s=1.3))
        assert observation.outcome is Outcome.COMPLETED
        assert printed(observation) == "done\n"

    def test_the_end_of_the_time_is_known_by_its_cause(self, observe: Observer) -> None:
        """Modules of extensions raise an ImportError from it, where the time is over while they are imported."""
        forever = "for _ in iter(int, 1): pass"
        code = f"try:\n    {forever}\nexcept BaseException as error:\n    raise ImportError('failed') from error"
        observation = observe(code, "print('on')", limits=Limits(wall_s=1))
        assert observation.outcome is Outcome.TIMEOUT
        assert only(observation, UncaughtError).error.type == "Stopped"
        assert printed(observation) == "on\n"

    def test_a_loop_that_prints_is_stopped_with_its_record_whole(self, observe: Observer) -> None:
        observation = observe(
            "while True: print('x' * 7_999, sum(range(20_000)))",  # slow enough not to fill the record before
            "print('on')",
            limits=Limits(wall_s=1.5, output_characters=2**40),
        )
        assert observation.outcome is Outcome.TIMEOUT
        assert printed(observation).endswith("on\n") or len(printed(observation)) >= 199_000

    def test_a_loop_that_swallows_everything_is_ended_from_outside(self, observe: Observer) -> None:
        code = "print(1)\nwhile True:\n    try:\n        while True: pass\n    except BaseException: pass"
        observation = observe(code, limits=Limits(wall_s=2))
        assert observation.outcome is Outcome.TIMEOUT
        assert printed(observation) == "1\n"

    @pytest.mark.parametrize("code", ["import torch\ntorch.ones(10**10)", "x = bytearray(10**10)"])
    def test_too_much_memory_is_an_outcome_of_its_own(self, observe: Observer, code: str) -> None:
        observation = observe(code + "\nx = 1", "print('on')")
        assert observation.outcome is Outcome.MEMORY
        assert printed(observation) == "on\n"

    def test_what_is_kept_of_the_output_is_bounded_and_ends_nothing(self, observe: Observer) -> None:
        observation = observe(
            "for _ in range(1000): print('x' * 1000)", "print('on')", limits=Limits(output_characters=100_000)
        )
        assert observation.outcome is Outcome.COMPLETED
        assert len(printed(observation)) <= 100_000
        assert printed(observation).endswith("on\n")


class TestTheRecorderItself:
    """The recorder fails: what caused it, and which events remain."""

    def test_a_fault_of_ours_is_said_to_be_ours(self, tmp_path: Path) -> None:
        faulty = tmp_path / "runtime"
        shutil.copytree(RUNTIME, faulty)
        recorder = faulty / "record" / "recorder.py"
        method = "def send_changed_names(self"
        recorder.write_text(recorder.read_text().replace(f"{method})", f"{method}, oops)"))
        sandbox = Sandbox(WorkerHandle.start(runtime=faulty), WorkerHandle.start)
        try:
            observation = Observer(sandbox)("print('before')")
        finally:
            sandbox.close()
        assert observation.outcome is Outcome.SANDBOX_ERROR
        assert "TypeError" in observation.detail
        assert "send_changed_names()" in observation.detail
        assert printed(observation) == "before\n"

    @pytest.mark.parametrize(
        "code",
        [
            "import builtins\nbuiltins.len = None",
            "from grader_runtime.record.recorder import Recorder\nRecorder.send_changed_names = lambda self: 1 / 0",
            "import os\nos._exit(70)",
        ],
    )
    def test_what_a_submission_did_to_it_is_the_submissions(self, observe: Observer, code: str) -> None:
        observation = observe(f"print('before')\n{code}")
        assert observation.outcome is Outcome.CRASHED
        assert printed(observation) == "before\n"

    def test_no_memory_at_all_is_said_as_that(self, observe: Observer) -> None:
        assert observe("import os\nos._exit(71)").outcome is Outcome.MEMORY


class TestValuesOfEveryKind:
    """A value that cannot be described is recorded by its type, and the record continues."""

    @pytest.mark.parametrize(
        "value",
        [
            "10**5000",
            "2**64",
            "-(2**70)",
            "np.longdouble(1)",
            "np.ones(2, np.clongdouble)",
            "np.array([{}, None])",
            "torch.zeros((1,) * 17)",
            "torch.zeros(1).expand(2**41)",
            "torch.empty(2, dtype=torch.bits8)",
            "torch.nested.nested_tensor([torch.ones(1), torch.ones(2)])",
            "np.ones((1,) * 20)",
        ],
    )
    def test_is_recorded_as_some_value(self, observe: Observer, value: str) -> None:
        code = f"import numpy as np, torch, warnings\nwarnings.simplefilter('ignore')\nx = {value}\ny = 3\n"
        code += f"def f(a):\n    return {value}\n"
        probes = Probes(names=("x", "y"), calls=(CallProbe(id="c", functions=("f",), inputs=(np.ones(2),)),))
        observation = observe(code, probes=probes)
        assert observation.outcome is Outcome.COMPLETED
        moments = [moment.changed for moment in events(observation, ChangedNames)]
        assert any("y" in changed for changed in moments)
        assert all(isinstance(changed["x"], Opaque) for changed in moments if "x" in changed)
        assert isinstance(only(observation, FunctionCall).output, Opaque)

    def test_numbers_in_another_order_of_bytes_are_numbers(self, observe: Observer) -> None:
        observation = observe("import numpy as np\nx = np.array([1.5, 2.5], '>f8')", probes=Probes(names=("x",)))
        assert values(only(observation, ChangedNames).changed["x"]) == [1.5, 2.5]

    def test_a_backward_over_a_tensor_that_cannot_be_described_is_left_alone(self, observe: Observer) -> None:
        observation = observe("""
            import torch
            x = torch.ones((1,) * 20, requires_grad=True)
            x.sum().backward()
            print(x.grad.sum().item())
        """)
        assert observation.outcome is Outcome.COMPLETED
        assert printed(observation) == "1.0\n"
        assert "A backward() was not recorded" in only(observation, RunNote).text

    def test_names_of_the_module_that_are_no_text(self, observe: Observer) -> None:
        observation = observe("""
            import torch
            x = torch.ones(2, requires_grad=True)
            y = (x * x).sum()
            class Text(str): pass
            globals().update({(1, 2): x, 3: y, None: x, Text("kept"): y, b"x": x})
            x.register_hook(print)
            y.backward(retain_graph=True)
            torch.autograd.grad(y, x)
            try:
                y.backward()
            except RuntimeError:
                pass
        """)
        assert not events(observation, RunNote)
        passes = events(observation, Backward)
        assert [one.call for one in passes] == ["backward", "grad", "backward"]
        assert [leaf.names for one in passes for leaf in one.leaves] == [("x",), ("x",)]

    def test_names_are_cut_and_too_large_a_frame_is_left_out(self, observe: Observer) -> None:
        observation = observe(
            """
            import torch
            name = "x" * 5_000_000
            globals()[name] = torch.ones(2, requires_grad=True)
            globals()["a" * 5_000_000] = 1
            (globals()[name] * 2).sum().backward()
            print("after")
            """,
            probes=Probes(names=("a*",)),
        )
        assert observation.outcome is Outcome.COMPLETED
        assert only(observation, Backward).leaves[0].names == ("x" * 200,)
        assert {note.text for note in events(observation, RunNote)} == {
            "Too large to be recorded: an event (changed names)."
        }
        assert printed(observation) == "after\n"


class TestFunctions:
    """Calls on hidden inputs."""

    @staticmethod
    def probes(*functions: str, count: int = 1) -> Probes:
        import numpy as np

        from grader.model import CallProbe

        inputs = tuple(np.arange(1, 4, dtype=np.float32) + number for number in range(count))
        return Probes(calls=(CallProbe(id="probe", functions=functions, inputs=inputs),))

    @pytest.mark.parametrize(
        "code",
        [
            "def f(a): return a * a",
            "f = lambda a: a * a",
            "def f(a): return a * a\nf = f(torch.ones(2))",
            "def g(a): return a * a\nf = g",
            "def outer():\n    def f(a): return a * a\n    return f(torch.ones(1))\nouter()",
            "class Net:\n    def f(self, a): return a * a",
            "class Net:\n    def __init__(self, k): self.k = k\n    def f(self, a): return a ** self.k\nnet = Net(2)",
            "class Net:\n    @staticmethod\n    def f(a): return a * a",
            "def f(a, scale=1): return a * a * scale",
        ],
    )
    def test_are_found_wherever_and_however_they_were_bound(self, observe: Observer, code: str) -> None:
        call = only(observe("import torch\n" + code, probes=self.probes("f")), FunctionCall)
        assert call.output.data.tolist() == [1, 4, 9]  # type: ignore[union-attr]
        assert call.of("input").gradient.data.tolist() == [2, 4, 6]  # type: ignore[union-attr]

    def test_what_a_library_makes_of_a_function_is_another_one(self, observe: Observer) -> None:
        code = "import torch\ndef h(a): return (a ** 3).sum()\nf = torch.func.grad(h)"
        call = only(observe(code, probes=self.probes("f")), FunctionCall)
        assert call.output.data.tolist() == [3, 12, 27]  # type: ignore[union-attr]

    def test_what_is_defined_while_we_call_is_left_alone(self, observe: Observer) -> None:
        code = "def make(k):\n    def f(a): return a * k\n    return f\nf = make(3.0)\ndef g(a): return make(a)(a)"
        calls = events(observe(code, probes=self.probes("any")), FunctionCall)
        assert [call.output.data.tolist() for call in calls if call.name == "f"] == [[3, 6, 9]]  # type: ignore[union-attr]

    def test_any_finds_functions_of_other_names(self, observe: Observer) -> None:
        code = "def mine(a): return a * 2\ndef two(a, b): return a\ndef f(a): return a"
        calls = events(observe(code, probes=self.probes("f", "any")), FunctionCall)
        assert [call.name for call in calls] == ["f", "mine"]

    def test_an_endless_function_costs_its_own_calls(self, observe: Observer) -> None:
        code = "def f(a):\n    while True: pass\ndef g(a): return a"
        calls = events(observe(code, probes=self.probes("f", "any", count=5)), FunctionCall)
        assert [call.error.type for call in calls if call.error] == ["Stopped"] * 5
        assert sum(call.name == "g" for call in calls) == 5

    def test_a_function_that_raises_or_returns_no_tensor_says_so(self, observe: Observer) -> None:
        code = "def f(a):\n    a *= 2\n    return a\ndef g(a): return 'text'\ndef h(a): return a.detach()"
        failed, text, detached = events(observe(code, probes=self.probes("any")), FunctionCall)
        assert "leaf Variable" in failed.error.text  # type: ignore[union-attr]
        assert text.output.text == "text"  # type: ignore[union-attr]
        assert detached.output.data.tolist() == [1, 2, 3]  # type: ignore[union-attr]
        assert detached.of("input").gradient is None

    def test_calls_are_quiet_and_no_events_of_the_run(self, observe: Observer) -> None:
        code = "import torch\ndef f(a):\n    print('called')\n    a.sum().backward()\n    return a"
        observation = observe(code, probes=self.probes("f"))
        assert printed(observation) == ""
        assert not events(observation, Backward)

    def test_random_state_is_reset_before_each_call(self, observe: Observer) -> None:
        observation = observe(
            "import torch\ndef f(a): return a * torch.rand(1)", probes=self.probes("f", "any", count=2)
        )
        first, second = events(observation, FunctionCall)
        assert first.of("input").gradient.data.tolist() == second.of("input").gradient.data.tolist()  # type: ignore[union-attr]
