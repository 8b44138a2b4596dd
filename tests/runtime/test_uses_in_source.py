"""What becomes of a gradient that is read, as far as the source of a submission shows; nothing runs."""

from __future__ import annotations

import ast
import re

import pytest

from grader.runtime.record.gradient_uses.source_trees import Sources
from grader.runtime.record.gradient_uses.uses_in_source import Uses, UsesInSource


def uses(*cells: str) -> Uses | None:
    """What becomes of the first ``.grad`` in the cells."""
    texts = {str(number): cell for number, cell in enumerate(cells)}
    for file, text in texts.items():
        for number, line in enumerate(text.split("\n"), start=1):
            if found := re.search(r"\.grad\b", line):
                return UsesInSource(Sources(texts)).of_read(file, (number, len(line[: found.end()].encode())))
    raise AssertionError("nothing is read")


def lines_that_draw(*cells: str) -> list[str]:
    """The lines on which a call ends that draws the gradient; with a mark, those that draw its very values."""
    found = uses(*cells)
    assert found is not None
    return sorted(
        cells[int(file)].split("\n")[end[0] - 1].strip() + (" !" if (file, end) in found.exact else "")
        for file, end in found.draws
    )


class TestOnlyShown:
    @pytest.mark.parametrize(
        "code",
        [
            "x.grad",
            "x.grad, y.grad",
            "print(x.grad)",
            "print(f'{x.grad}: {x.grad.norm():.3f}')",
            "display(x.grad)",
            "x.grad == 2 * x",
            "(x.grad == 2 * x).all()",
            "torch.allclose(x.grad, 2 * x)",
            "assert torch.allclose(x.grad, 2 * x)",
            "x.grad.zero_()",
            "x.grad.data.zero_()",
            "if x.grad is not None:\n    x.grad.zero_()",
            "n = x.grad.shape[0]\nw = n * y",
            "before = x.grad.clone()\nprint(before)\nbefore + 1",
            "def f():\n    return x.grad\nprint(f())",
            "for g in range(3):\n    print(x.grad[g].item())",
            "é = 'ü'; print(x.grad)",
            "import torch, numpy as np\nfrom torch import *\nprint(torch.allclose(x.grad, c), np.abs(x.grad))",
            "from IPython.display import display\ndisplay(x.grad)",
        ],
    )
    def test_it_is_in_nothing_else(self, code: str) -> None:
        found = uses(code)
        assert found is not None
        assert not found.draws

    @pytest.mark.parametrize(
        "code",
        [
            "w = w - 0.1 * x.grad\nf(w)",
            "x.data -= 0.1 * x.grad",
            "x.grad *= 2",
            "x.grad[0] = 1",
            "x.grad.add_(1)",
            "x.grad.numpy()[:] = c",
            "f(x.grad)",
            "plt.title(x.grad)",
            "g.append(x.grad)",
            "self.g = x.grad",
            "a, b = x.grad",
            "g = [x.grad]",
            "g = lambda: x.grad",
            "y = x.grad if c else z",
            "if x.grad[0] > 0:\n    y = 1",
            "np.copyto(a, x.grad)",
            "np.abs(x.grad, a)",
            "np.add(x.grad, 1, out=a)",
            "print(x.grad, file=f)",
            "(g := x.grad)",
            "assert (x.grad == 2 * x).all()",
            "g = x.grad\nh = g\nh += 1",
            "g = x.grad\ng[0] = 1",
            "g = x.grad\ndef f(g): pass",
            "g = x.grad\nglobals()['g'] += 1",
            "g = x.grad\nfor g in g: w += g",
            "def f():\n    return x.grad\nw = map(f, y)",
            "def f():\n    yield 1\n    return x.grad\nprint(f())",
            "@cache\ndef f():\n    return x.grad\nprint(f())",
            "class A:\n    def f(self):\n        return x.grad",
            "class A:\n    g = x.grad\nw = A.g * 2",
            "class A:\n    if c:\n        g = x.grad",
            "g = x.grad\nｇ[0] = 1",
            "g = x.grad\ndef f(): pass\nw = f.__globals__['g']",
            "g = x.grad\nw = get_ipython().ev('g')",
            "def f():\n    g = x.grad\n    return lambda: print(g)\nw = f().__closure__[0].cell_contents",
            "plt.plot(x, x.grad)\nhandles, names = ax.get_legend_handles_labels()",
            "sys.stdout = file\nprint(x.grad)",
            "for print in c: print(x.grad)",
            "def f(display): display(x.grad)",
            "builtins.print = f\nprint(x.grad)",
            "from mine import print\nprint(x.grad)",
            "from mine import *\nprint(x.grad)",
            "print, c = c, print\nprint(x.grad)",
            "from mine import plot\nplot(x, x.grad)",
            "def f(plot): plot(x, x.grad)",
            "numpy = mine\nnumpy.sum(x.grad)",
            "import mine as np\nnp.sum(x.grad)",
            "def f(torch): torch.sum(x.grad)",
            "setattr(torch, 'sum', f)\ntorch.sum(x.grad)",
            "class A:\n    def __radd__(self, other): c.append(other)\nx.grad + A()",
            "class A:\n    def __torch_function__(*a): c.append(a)\nx.grad == A()",
            "with contextlib.redirect_stdout(file): print(x.grad)",
            "out = get_ipython().captured()\nx.grad",
            "print = f\nprint(x.grad)",
            "torch.Tensor.clone = f\nx.grad.clone()",
            "import gc\nx.grad",
            "getattr(y, 'z')\nx.grad",
            "with torch._C.DisableTorchFunction():\n    x.grad",
        ],
    )
    def test_it_may_be_in_anything(self, code: str) -> None:
        assert uses(code) is None

    def test_what_a_cell_displays_may_be_used_by_a_later_one(self) -> None:
        assert uses("x.grad", "y = 2") is not None
        assert uses("x.grad", "for _ in range(3): pass") is not None
        assert uses("x.grad", "y = _ * 2") is None
        assert uses("x.grad", "y = Out[1]") is None
        assert uses("print(x.grad)", "y = _ * 2") is not None

    def test_a_name_has_several_spellings(self) -> None:
        assert lines_that_draw("g = x.grad", "plt.plot(x, ｇ)") == ["plt.plot(x, ｇ) !"]
        assert uses("g = x.grad", "ｇ.numpy()[:] = c") is None
        assert uses("x.grad", "ｇｅｔａｔｔｒ(y, 'z')") is None

    def test_a_source_that_cannot_be_read_tells_nothing(self) -> None:
        assert uses("x.grad", "g = (") is not None
        assert uses("g = x.grad", "g = (") is None
        assert UsesInSource(Sources({"0": "x.grad"})).of_read("0", (1, 5)) is None
        assert UsesInSource(Sources({"0": "x.grad"})).of_read("1", (1, 6)) is None
        assert uses("x.grad\n" + "y = 1\n" * 10_000) is None

    def test_a_source_that_cannot_be_parsed_is_parsed_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        parsed: list[str] = []
        monkeypatch.setattr(ast, "parse", lambda source: parsed.append(source) or 1 / 0)
        known = UsesInSource(Sources({"0": "x.grad; x.grad"}))
        assert known.of_read("0", (1, 6)) is known.of_read("0", (1, 14)) is None
        assert len(parsed) == 1


class TestDrawn:
    @pytest.mark.parametrize(
        "call",
        [
            "plt.plot(x, x.grad)",
            "plt.plot(x.grad)",
            "ax.plot(x, x.grad.detach().numpy(), 'r--', label='slope')",
            "plt.plot(x, y, 'k', x, x.grad.tolist(), 'r')",
            "axes[0].scatter(x, np.array(x.grad), s=2)",
            "d2l.plot(x, [y, x.grad], 'x')",
            "plot(x, x.grad)",
            "from pylab import plot; plot(x, x.grad)",
        ],
    )
    def test_a_call_draws_it(self, call: str) -> None:
        assert lines_that_draw(call) == [call + " !"]

    def test_a_call_draws_something_made_of_it(self) -> None:
        assert lines_that_draw("plt.plot(x, 100 * x.grad)") == ["plt.plot(x, 100 * x.grad)"]

    def test_it_is_followed_by_its_names_through_cells_and_functions(self) -> None:
        cells = (
            "def slope(x):\n    y(x).backward()\n    return x.grad.numpy()",
            "d = slope(x)\nprint(d)",
            "plt.plot(x, d)",
        )
        assert lines_that_draw(*cells) == ["plt.plot(x, d) !"]
        assert lines_that_draw("d = x.grad\ne = d.clone()", "plt.plot(x, e); plt.scatter(x, d)") == [
            "plt.plot(x, e); plt.scatter(x, d) !",
            "plt.plot(x, e); plt.scatter(x, d) !",
        ]

    def test_a_name_with_several_values_may_draw_another_one(self) -> None:
        assert lines_that_draw("d = x.grad\nd = c\nplt.plot(x, d)") == ["plt.plot(x, d)"]
        function = "def f():\n    if a:\n        return x.grad\n    return c\nplt.plot(x, f())"
        assert lines_that_draw(function) == ["plt.plot(x, f())"]

    @pytest.mark.parametrize(
        "code",
        [
            "plt.plot(x.grad, y)",
            "plt.plot(*a, x.grad)",
            "plt.plot('x', x.grad, data=a)",
            "plt.scatter(x, y, x.grad)",
            "plt.stem(x, x.grad)",
            "line, = plt.plot(x, x.grad)",
            "def plot(a, b): pass\nplot(x, x.grad)",
            "plt.plot = f\nplt.plot(x, x.grad)",
            "plt.plot(x, x.grad)\nplt.gca().lines[0]",
            "plt.plot(x, x.grad)\nline.get_ydata()",
        ],
    )
    def test_where_it_goes_is_unknown(self, code: str) -> None:
        assert uses(code) is None
