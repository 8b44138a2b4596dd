"""Checks that follow the objects that earlier checks found: by object, whatever name it has."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from grader.course.exercise import Exercise, load_exercise
from grader.course.named_courses import builtin_course
from grader.errors import ExerciseError
from grader.judging.context import Subject
from grader.judging.found_objects import Choice, Reference, choices, reference_in
from grader.judging.join_probes import join_probes
from grader.judging.judge import Judge
from grader.judging.observed import Observed
from grader.judging.sections import section_of
from grader.model import Cell, Found, Submission, Verdict
from grader.submission.fingerprints import Handout
from tests.helpers.observing import Observer

START = "import torch\nx = torch.arange(4.0, requires_grad=True)\ny = x * x\nu = y.detach()\nz = u * x\n"
CUT = START + "z.sum().backward()\nx.grad.zero_()\n"
X = "x = torch.arange(4.0, requires_grad=True)\n"
PARTS = """import torch
def part_two():
    x = torch.arange(4.0, requires_grad=True)
    y = x * x
    u = y.detach()
    z = u * x
    z.sum().backward()
part_two()
"""


def verdicts(observe: Observer, exercise: Exercise, *codes: str) -> dict[str, Verdict]:
    cells = tuple(Cell(number=n, source=code, code=code) for n, code in enumerate(codes, 1))
    submission = Submission(path="work.ipynb", format="ipynb", sha256="0" * 64, cells=cells)
    probes = join_probes([check.probes(exercise.id, 0) for check in exercise.checks])
    subject = Subject(
        observed=Observed(observe(*codes, format="ipynb", probes=probes)),
        submission=submission,
        section=section_of(exercise.names, submission),
        handout=Handout(),
    )
    judged = Judge(exercise.id, exercise.checks, seed=0).judge(subject, reference=None)
    return {verdict.check: verdict for verdict in judged}


def _latest(verdict: Verdict) -> Mapping[str, Any]:
    """The variables of the latest pass."""
    return next(variables for variables in verdict.variables if "gradient" in variables)


@pytest.fixture(scope="module")
def detach() -> Exercise:
    return load_exercise(builtin_course() / "exercises" / "detach-semantics.yaml")


class TestTheTensorsThatWereCut:
    """`graph-of-y-intact` of detach-semantics: that y, of that x, from which u was cut."""

    @pytest.mark.parametrize(
        "codes",
        [
            (CUT + "y.sum().backward()",),
            (CUT, "y.sum().backward()"),
            (CUT + "y.backward(torch.ones(4))",),
            (CUT + "for i in range(4):\n    y[i].backward(retain_graph=True)",),
            (CUT + "torch.autograd.grad(y.sum(), x)",),
            # under another name, in a list, in an attribute, in a function
            (CUT + "w = y\ndel y\nw.sum().backward()",),
            (CUT + "kept = [x, y]\nx = y = None\nkept[1].sum().backward()",),
            (CUT + "class Box: pass\nbox = Box()\nbox.y = y\ny = 0\nbox.y.sum().backward()",),
            (CUT + "def total(t):\n    return t.sum()\ntotal(y).backward()",),
            (CUT + "def last(a, b):\n    b.sum().backward()\n    return a.grad\nlast(x, y)",),
            (CUT + "def last():\n    y.sum().backward()\nlast()",),
            (CUT + "(y + 0).sum().backward()",),
            (CUT, "s = y.sum()", "x = y = u = None", "s.backward()"),
            # everything anew, and cut again
            (CUT, X + "y = x * x\nu = y.detach()\ny.sum().backward()"),
            (CUT, X + "y = x * x\nu = y.clone().detach()\nz = u * x", "y.sum().backward()"),
            (CUT, X.replace("4.0", "6.0") + "y = x ** 2\nwith torch.no_grad():\n    u = x * x\ny.sum().backward()"),
            (PARTS + "def last():\n    x = torch.arange(4.0, requires_grad=True)\n    y = x * x\n    u = y.detach()\n"
             "    y.sum().backward()\nlast()",),
            ("import torch\nfor n in (3.0, 4.0):\n    x = torch.arange(n, requires_grad=True)\n    y = x * x\n"
             "    u = y.detach()\n"
             "    (u * x).sum().backward()\n    y.sum().backward()",),
            ("import torch\nwith torch.enable_grad():\n    " + X + "    y = x * x\n    u = y.detach()\n    z = u * x\n"
             "    z.sum().backward()\n    y.sum().backward()\n    x = y = u = None",),
            # names bound in another order, and u made twice
            ("import torch\nu = y = x = None\n" + CUT + "y.sum().backward()",),
            (CUT + "u = y.detach().clone()\ny.sum().backward()",),
            # u filled in after it was made
            ("import torch\n" + X + "y = x * x\nu = torch.zeros(4)\nfor i in range(4):\n    u[i] = y[i].item()\n"
             "(u * x).sum().backward()\ny.sum().backward()",),
        ],
    )  # fmt: skip
    def test_a_pass_through_that_y_passes(self, observe: Observer, detach: Exercise, codes: tuple[str, ...]) -> None:
        assert verdicts(observe, detach, *codes)["graph-of-y-intact"].status == "passed"

    @pytest.mark.parametrize(
        "codes",
        [
            (CUT + "x = torch.tensor(3., requires_grad=True)\ny = x ** 2\ny.backward()",),
            # new tensors of the same values
            (CUT, X + "y = x * x\ny.sum().backward()"),
            (CUT + X + "y = x * x\ny.sum().backward()",),
            (CUT + "y = x * x\ny.sum().backward()",),
            (CUT + "(x * x).sum().backward()",),
            (CUT + "y = x ** 2\ny.backward(torch.ones(4))",),
            (CUT + "def last():\n    x = torch.arange(4.0, requires_grad=True)\n    y = x * x\n"
             "    y.sum().backward()\nlast()",),
            (CUT + "def last(x):\n    y = x * x\n    y.sum().backward()\nlast(x)",),
            (PARTS + "def last():\n    x = torch.arange(4.0, requires_grad=True)\n    y = x * x\n"
             "    y.sum().backward()\nlast()",),
            # the name of the old y in a new graph
            (CUT + "a = torch.arange(4.0, requires_grad=True)\ny = a * a\ny.sum().backward()",),
            # the old y was differentiated before it was cut, a new one afterwards
            ("import torch\n" + X + "y = x * x\ny.sum().backward(retain_graph=True)\nu = y.detach()\ny = x * x\n"
             "y.sum().backward()",),
            # through the product with u, or with y
            (CUT + "z = u * x\nz.sum().backward()",),
            (CUT + "(y * x).sum().backward()",),
            # u was made anew, but long before this y
            (CUT, "u = y.detach()\n" + X + "y = x * x\ny.sum().backward()"),
            ("import torch\nfor n in (3.0, 4.0):\n    x = torch.arange(n, requires_grad=True)\n    y = x * x\n"
             "    y.sum().backward()\n    u = y.detach()\n    (u * x).sum().backward()",),
            # nothing afterwards
            ("import torch\n" + X + "y = x * x\ny.sum().backward()\nu = y.detach()\n(u * x).sum().backward()",),
            # y itself was cut
            (CUT + "y.detach_()\ntry:\n    y.sum().backward()\nexcept RuntimeError:\n    pass",),
        ],
    )  # fmt: skip
    def test_a_pass_through_another_one_fails(
        self, observe: Observer, detach: Exercise, codes: tuple[str, ...]
    ) -> None:
        found = verdicts(observe, detach, *codes)
        assert found["u-is-constant"].status == "passed"
        assert found["graph-of-y-intact"].status == "failed"

    def test_it_is_said_which_tensors_are_others(self, observe: Observer, detach: Exercise) -> None:
        found = verdicts(observe, detach, CUT + "y = x * x\ny.sum().backward()")["graph-of-y-intact"]
        assert _latest(found)["same_leaf"]
        assert not _latest(found)["same_through"]
        found = verdicts(observe, detach, CUT + X + "y = x * x\ny.sum().backward()")["graph-of-y-intact"]
        assert not _latest(found)["same_leaf"]
        assert not _latest(found)["same_through"]

    @pytest.mark.parametrize(
        ("codes", "line"),
        [
            ((CUT,), 4),
            (("import torch\n" + X + "\nif True:\n    y = x * x\n    u = y.detach()\n    z = u * x",), 6),
            ((f"import torch\ndef f():\n    {X}    y = x * x\n    u = y.data\n    (u * x).sum().backward()\nf()",), 5),
            (("import torch\ndef g(z):\n    z.sum().backward()\n\ndef f():\n    " + X + "    y = x * x\n"
              "    u = y.data\n    g(u * x)\nf()",), 8),
            (("import torch\n" + X + "y = x * x\nu = y.clone()\nu.detach_()",), 5),
            (("import torch\nfor n in (3.0, 4.0):\n    x = torch.arange(n, requires_grad=True)\n    y = x * x\n"
              "    u = y.detach()\n    (u * x).sum().backward()\n    y.sum().backward()\n    u = None",), 5),
        ],
    )  # fmt: skip
    def test_the_place_is_where_u_was_bound(
        self, observe: Observer, detach: Exercise, codes: tuple[str, ...], line: int
    ) -> None:
        place = verdicts(observe, detach, *codes)["u-is-constant"].place
        assert place is not None
        assert place.line == line


SAMPLE = """id: sample
title: The sample
statement: Do it.
checks:
"""
FIRST = """- {id: first, kind: backward, leaves: [a, b], holds: "a.gradient == b and b.gradient == a"}
"""


class TestReferences:
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Path:
        return tmp_path / "sample.yaml"

    def read(self, path: Path, checks: str) -> Exercise:
        path.write_text(SAMPLE + "".join(f"  {line}\n" for line in checks.strip().split("\n")), encoding="utf-8")
        return load_exercise(path)

    @pytest.mark.parametrize(
        ("text", "read"),
        [
            ("u-is-constant.x", Reference("u-is-constant", "x")),
            ("first.leaf", Reference("first", "leaf")),
            ("x", None),
            ("u-is-constant", None),
            ("u-is-constant.", None),
            ("First.x", None),
            ("a.b.c", None),
            (None, None),
        ],
    )
    def test_a_reference_is_a_check_and_a_name(self, text: str | None, read: Reference | None) -> None:
        assert reference_in(text) == read

    @pytest.mark.parametrize(
        ("check", "message"),
        [
            ("leaf: frist.a", "`frist.a`: there is no check `frist`; did you mean `first`?"),
            ("leaf: first.c", "`first.c`: the check `first` finds no object `c`"),
            ("through: second.a", "`second` must stand above this check"),
            ("leaves: [first.a, frist.b]", "leaves[1]: `frist.b`: there is no check `frist`"),
            ("names: {w: [first.q]}", "`first.q`: the check `first` finds no object `q`"),
        ],
    )
    def test_wrong_references_are_the_authors_mistake(self, sample: Path, check: str, message: str) -> None:
        with pytest.raises(ExerciseError) as caught:
            self.read(sample, FIRST + f"- {{id: second, kind: backward, {check}}}")
        assert message in str(caught.value)

    @pytest.mark.parametrize(
        ("code", "status"),
        [
            ("(v * w).sum().backward()\n(v ** 2 * w).sum().backward()", "passed"),
            ("(v * w).sum().backward()\nv, w = w, v\n(w ** 2 * v).sum().backward()", "passed"),
            (
                "(v * w).sum().backward()\nw = w.detach().requires_grad_()\n(v ** 2 * w).sum().backward()",
                "failed",
            ),
            ("(v ** 2 * w).sum().backward()", "failed"),
        ],
    )
    def test_roles_stay_with_their_leaves(self, observe: Observer, sample: Path, code: str, status: str) -> None:
        exercise = self.read(
            sample,
            FIRST + '- {id: second, kind: backward, leaves: [first.a, first.b], expect: {b.gradient: "a ** 2"}}',
        )
        setup = "import torch\nv, w = (torch.tensor(t, requires_grad=True) for t in ([1., 2.], [5., 7.]))\n"
        assert verdicts(observe, exercise, setup + code)["second"].status == status

    def test_a_declared_name_may_stand_for_an_object(self, observe: Observer, sample: Path) -> None:
        exercise = self.read(
            sample,
            "- {id: first, kind: value, names: {u: [u]}, holds: size(u) == 2}\n"
            "- {id: second, kind: value, names: {w: [first.u]}, holds: w == 7}",
        )
        code = "import torch\nu = torch.zeros(2)\nv = u\nu = torch.full((3,), 7.)\n"
        assert verdicts(observe, exercise, code)["second"].status == "failed"
        exercise = self.read(
            sample,
            "- {id: first, kind: value, names: {u: [u]}, holds: size(u) == 2}\n"
            '- {id: second, kind: value, names: {w: [first.u], v: ["v*"]}, holds: w == 7}',
        )
        assert verdicts(observe, exercise, code + "vv = 1\n" + "u = v\nu += 7")["second"].status == "passed"

    def test_what_was_found_together_stays_together(self) -> None:
        found = (
            Found(position=3, objects={"x": 1, "y": 2}),
            Found(position=5, objects={"x": 1, "y": 4}),
            Found(position=7, objects={"x": 1, "y": 2}),
        )
        earlier = {"first": Verdict(check="first", status="passed", message="", bound=found)}
        assert choices(("first.x", "first.y", "z"), earlier, after="first") == [
            Choice(tokens={"first.x": 1, "first.y": 2}, after=3),
            Choice(tokens={"first.x": 1, "first.y": 4}, after=5),
        ]
        assert choices(("first.x",), earlier, after=None) == [Choice(tokens={"first.x": 1})]
        assert choices(("z",), earlier, after=None) == [Choice()]
        assert choices(("first.x",), {}, after=None) == []
