"""What modules of ``reports`` build with: a hand-in that says its texts in every place that a student controls."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from pathlib import Path

from tests.attacks.built import code, notebook, write

LONGEST_NAME = 180
"""Bytes of a text that become a file's name."""

SETUP = """\
import torch, warnings
import matplotlib.pyplot as plt
TEXTS = {texts!a}
"""
SAYS = """\
class Shown:
    def __repr__(self):
        return "\\n".join(TEXTS)
for text in TEXTS:
    print(text)
    warnings.warn(text)
    globals()[text] = torch.ones(2, requires_grad=True)
Shown()
"""
FAILS = """\
raise type({text!a}, (Exception,), {{}})("\\n".join(TEXTS))
"""
MISSES = """\
__import__({text!a})
"""
PLOTS = """\
x = torch.linspace(0., 6.3, 100)
for text in TEXTS:
    plt.plot(x, torch.sin(x) + 1, label=text)
    plt.title(text)
    plt.xlabel(text)
plt.legend()
"""
BACKWARD = """\
x = torch.ones(3, requires_grad=True)
y = (x * x).sum()  # {comment}
y.backward(retain_graph=True)  # {comment}
x.grad.zero_()  # {comment}
y.backward()  # {comment}
"""
FUNCTION = """\
def f(a):  # {comment}
    raise ValueError("\\n".join(TEXTS))
f.__name__ = f.__qualname__ = TEXTS[0]
"""
NUMPY = """\
try:
    torch.ones(1, requires_grad=True).numpy()  # {comment}
except RuntimeError as error:
    print(error, *TEXTS)
z = torch.ones(1, requires_grad=True).detach()  # {comment}
"""
ENDS = """\
import sys
sys.exit(TEXTS[0])
"""


def hand_in(folder: Path, texts: Sequence[str], name: str) -> Path:
    """A notebook below ``folder``, in the folder of a student; ``name`` tells it from those of other modules."""
    lines = [" ".join(text.split()) for text in texts]
    # What the parser would take for the end of the line, or refuse, stands in the strings.
    comment = "".join(sign for sign in lines[0] if sign.isprintable())

    def cell(text: str, title: str = "") -> dict[str, object]:
        return code(f"{title}\n" + text.format(comment=comment, text=texts[0], texts=list(texts)))

    def words(title: str) -> dict[str, object]:
        said = "\n\n".join(f"{text}\n\n- {text}\n\n# {text}" for text in texts)
        answer = "The tape of all intermediate values is stored in memory on the way there."
        return {
            "cell_type": "markdown",
            "source": f"# {title}\n\n{answer}\n\n{said}\n\n# {title}\n\n{answer}\n\n{said}",
        }

    made = notebook(
        words("autodiff-modes"),
        cell(SETUP),
        cell(SAYS),
        cell(BACKWARD, "# double-backward"),
        cell(FUNCTION, "# control-flow"),
        cell(NUMPY, "# numpy-conversion"),
        cell(PLOTS, "# sin-derivative"),
        cell(MISSES),
        cell(FAILS),
        code(f"!pip install {comment}\n%{comment}\n"),
        code(f"x = ({comment}\n"),
        cell(ENDS),
        metadata={"title": texts[0], "kernelspec": {"display_name": texts[0], "name": texts[0]}},
    )
    student = folder / named(texts[0], f" {name}")
    return write(student, os.fsencode(named(texts[-1], f" {name}.ipynb")), json.dumps(made))


def named(text: str, end: str) -> str:
    """A text as a file's name."""
    raw = text.replace("/", "_").replace("\0", "_").encode("utf-8", "surrogatepass")[:LONGEST_NAME]
    return os.fsdecode(raw) + end
