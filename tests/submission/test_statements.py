"""What a statement does to names, and which statements do nothing."""

from __future__ import annotations

import pytest

from grader.submission.statements import Statement, statements_of


def only(code: str) -> Statement:
    read = statements_of(code)
    assert read is not None
    (statement,) = read
    return statement


@pytest.mark.parametrize(
    ("code", "reads", "binds", "changes"),
    [
        ("y = 2 * torch.dot(x, x)", {"torch", "x"}, {"y"}, set()),
        ("x += 1", {"x"}, {"x"}, set()),
        ("x[0] = v", {"x", "v"}, set(), {"x"}),
        ("x.requires_grad_(True)", {"x"}, set(), {"x"}),
        ("x.requires_grad = True", {"x"}, set(), {"x"}),
        ("x.data.mul_(2)", {"x"}, set(), {"x"}),
        ("x.grad.zero_()", {"x"}, set(), set()),  # the gradient is no part of x
        ("x.grad = None", {"x"}, set(), set()),
        ("found.append(x)", {"found", "x"}, set(), {"found"}),
        ("def f(a):\n    b = a * 2\n    return b + c", {"c"}, {"f"}, set()),
        ("g = lambda t: t * s", {"s"}, {"g"}, set()),
        ("v = [i * k for i in rows]", {"k", "rows"}, {"v"}, set()),
        ("class A(Base):\n    def m(self):\n        return helper(self)", {"Base", "helper"}, {"A"}, set()),
        ("with open(p) as file:\n    text = file.read()", {"open", "p", "file"}, {"file", "text"}, set()),
        (
            "try:\n    y.backward()\nexcept RuntimeError as e:\n    print(e)",
            {"y", "RuntimeError", "print", "e"},
            {"e"},
            set(),
        ),
        ("for i in range(3):\n    y = f(x)", {"range", "f", "x"}, {"i", "y"}, set()),
        ("import torch", set(), set(), set()),
    ],
)
def test_what_it_does_to_names(code: str, reads: set[str], binds: set[str], changes: set[str]) -> None:
    effects = only(code).effects
    assert (effects.reads, effects.binds, effects.changes) == (reads, binds, changes)


def test_backward_is_called_from_the_name_that_the_chain_begins_with() -> None:
    assert only("y.sum().backward(retain_graph=True)").effects.differentiates == {"y"}
    assert only("(a * b).backward()").effects.differentiates == set()


def test_imports_are_known_by_their_module() -> None:
    effects = only("import matplotlib.pyplot as plt").effects
    assert effects.imports == {"plt": "matplotlib.pyplot"}


@pytest.mark.parametrize(
    "code",
    [
        "import torch",
        "pass",
        "'''A text.'''",
        "x",
        "x.grad",
        "print('done')",
        "answer = None",
        "y = ...",
        "raise NotImplementedError()",
        "def f(a):\n    '''Write this.'''\n    raise NotImplementedError",
        "def f(a):\n    return None",
        "class A:\n    def m(self):\n        pass",
        "get_ipython().run_line_magic('matplotlib', 'inline')",
    ],
)
def test_what_does_nothing_is_idle(code: str) -> None:
    assert only(code).is_idle


@pytest.mark.parametrize(
    "code", ["x = 1", "x.grad == 2 * x", "y.backwards()", "print(x)", "def f(a):\n    return a * 2"]
)
def test_what_does_something_is_not(code: str) -> None:
    assert not only(code).is_idle


def test_the_body_of_a_main_guard_counts_as_top_level() -> None:
    read = statements_of("import torch\nif __name__ == '__main__':\n    x = 1\n    y = 2\n")
    assert read is not None
    assert [(statement.first_line, sorted(statement.effects.binds)) for statement in read] == [
        (1, []),
        (3, ["x"]),
        (4, ["y"]),
    ]


def test_blocks_that_run_once_have_parts() -> None:
    block = only("with torch.no_grad():\n    x = 1\n    y = 2\n")
    assert [part.first_line for part in block.parts] == [2, 3]
    assert only("for i in range(2):\n    x = 1\n").parts == ()


def test_headers_are_alike_in_every_version_of_python() -> None:
    """Fingerprints of handouts are made of them; Python 3.12 gave classes type parameters."""
    assert only("class A(B):\n    x = 1\n").header == (
        "ClassDef:name='A',bases=[Name(id='B', ctx=Load())],keywords=[],decorator_list=[]"
    )


def test_code_that_does_not_parse_has_no_statements() -> None:
    assert statements_of("x = = 1") is None
