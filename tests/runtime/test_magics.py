"""Magics that do something in the submission's own folder, in real workers: what they do is seen as what cells do."""

from __future__ import annotations

import numpy as np

from grader.model import (
    Backward,
    CallProbe,
    CompanionFile,
    FunctionCall,
    Observation,
    Outcome,
    Output,
    Probes,
    RunNote,
    UncaughtError,
)
from grader.submission.cell_translation import CellTranslator
from tests.helpers.observing import Observer, events, only

HELPER = """\
%%writefile helper.py
import torch

def sq(x):
    y = (x * x).sum()
    y.backward()
    return y

def bad():
    return 1 / 0
"""


def run(observe: Observer, *cells: str, **options: object) -> Observation:
    """Run cells as a notebook's, after their translation."""
    translator = CellTranslator()
    return observe(*(translator.translate(cell).code for cell in cells), format="ipynb", **options)  # type: ignore[arg-type]


def printed(observation: Observation) -> list[str]:
    text = "".join(event.text for event in events(observation, Output) if event.stream != "stderr")
    return text.splitlines()


def places(found: list[Backward] | list[UncaughtError] | list[RunNote]) -> list[tuple[int, int] | None]:
    return [None if event.place is None else (event.place.cell + 1, event.place.line) for event in found]


class TestWrittenFiles:
    def test_a_module_is_imported_and_what_it_does_stands_at_the_lines_of_its_cell(self, observe: Observer) -> None:
        observation = run(
            observe,
            HELPER,
            "from helper import sq, bad\nimport torch\nx = torch.ones(3, requires_grad=True)\ny = sq(x)",
            "bad()",
            "%%writefile -a helper.py\n\ndef more():\n    return sq(torch.ones(2, requires_grad=True)) / 0",
            "import helper, importlib\nimportlib.reload(helper).more(), helper.missing",
            probes=Probes(calls=(CallProbe(id="f", functions=("any",), inputs=(np.ones(3),)),)),
        )
        assert printed(observation) == ["Writing helper.py", "Appending to helper.py"]
        passes = events(observation, Backward)
        assert places(passes) == [(1, 6), (1, 6)]
        assert "x" in passes[0].leaves[0].names
        errors = events(observation, UncaughtError)
        assert [error.error.type for error in errors] == ["ZeroDivisionError", "AttributeError"]
        assert places(errors) == [(1, 10), (5, 2)]
        calls = {call.name: call.place for call in events(observation, FunctionCall)}
        assert calls["sq"] is not None
        assert (calls["sq"].cell, calls["sq"].line) == (0, 4)

    def test_a_file_that_is_written_again_is_another_module(self, observe: Observer) -> None:
        versions = [f"%%writefile m.py\ndef f(): return {number}" for number in (1, 2, 3)]
        observation = run(
            observe,
            versions[0],
            "import m, importlib\nfrom m import f\nprint(f())",
            versions[1],
            "print(f(), importlib.reload(m).f())",
            "%load_ext autoreload\n%autoreload 2",
            versions[2],
            "print(m.f(), f())",
        )
        assert observation.outcome is Outcome.COMPLETED
        assert [line for line in printed(observation) if line[0].isdigit()] == ["1", "1 2", "3 1"]

    def test_a_script_exported_with_its_calls_writes_its_files_too(self, observe: Observer) -> None:
        observation = observe(
            "x = 1\nget_ipython().run_cell_magic('writefile', 'm.py', 'a = 5\\n1/0\\n')\nimport m", format="py"
        )
        assert places(events(observation, UncaughtError)) == [(1, 2)]


class TestRun:
    FILES = (
        CompanionFile(
            "s.py", b"import sys\nq = 5\nz = q + here\nif __name__ == '__main__':\n    print(sys.argv, __file__[-4:])"
        ),
        CompanionFile("sub/data.txt", b"inside"),
        CompanionFile(
            "more.ipynb", b'{"cells": [{"cell_type": "code", "source": ["%matplotlib inline\\n", "w = 7"]}]}'
        ),
    )

    def test_names_land_in_the_notebook(self, observe: Observer) -> None:
        observation = run(
            observe,
            "here = 1; name = 's'",
            "%run -i {name}.py a 'b c'\nprint(q, z, __name__, '__file__' in globals())",
            "%run -n s\n%run more.ipynb\nprint(w)",
            "%%writefile t.py\nimport torch\nt = torch.ones(2, requires_grad=True)\nt.sum().backward()\nt.data.missing",
            "%run t.py",
            "%run nowhere.py",
            files=self.FILES,
        )
        assert printed(observation) == ["['s.py', 'a', 'b c'] s.py", "5 6 __main__ False", "7", "Writing t.py"]
        assert places(events(observation, Backward)) == [(4, 4)]
        errors = events(observation, UncaughtError)
        assert places(errors) == [(4, 5), (6, 1)]
        assert errors[1].error.text == "%run: there is no file nowhere.py beside the submission"

    def test_folders_variables_and_what_is_captured(self, observe: Observer) -> None:
        observation = run(
            observe,
            "%cd sub\nprint(open('data.txt').read())\n%cd ..\n%cd ..",
            "%env COURSE=cs101\nimport os\nprint(os.environ['COURSE'])\nt = %timeit -o 1 + 1\nprint(t.best < 9)",
            "%%capture cap\nprint('hidden')\n3",
            "print([cap.stdout, cap.outputs])\ncap.show()",
            "shell = get_ipython()\nshell.run_cell('u = 1')\nshell.push({'v': 2})\nassert shell.ev('u + v') == 3",
            files=self.FILES,
        )
        assert observation.outcome is Outcome.COMPLETED, observation
        assert [line for line in printed(observation) if "/" not in line] == [
            "inside",
            "env: COURSE=cs101",
            "cs101",
            "True",
            "hidden",
            "3",
            "['hidden\\n', ['3\\n']]",
            "hidden",
            "3",
        ]
        note = only(observation, RunNote)
        assert places([note]) == [(1, 4)]
        assert note.text == "`%cd ..` stays where it is: there is no such folder beside the submission"
