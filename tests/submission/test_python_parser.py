"""Python's parser, and what it says about code that cannot run."""

from __future__ import annotations

import pytest

from grader.submission.python_parser import can_run, compile_error, parse


@pytest.mark.parametrize(
    ("text", "runs"),
    [
        ("x = 1", True),
        ("", True),
        ("'\\d'", True),
        ("import x\nfrom __future__ import annotations", False),
        ("return", False),
        ("x = = 1", False),
        ("async def f():\n    await x", True),
        ("await x", True),
        ("async with x as y:\n    await y\n[z async for z in y]", True),
        ("def f():\n    await x", False),
        ("yield x", False),
        ("def f():\n    x = 1\n    nonlocal x", False),
        ("x = 1\0", False),
        ("(" * 300 + ")" * 300, False),
    ],
)
def test_what_can_run_has_a_tree_and_no_compile_error(text: str, runs: bool) -> None:
    assert can_run(text) == runs
    tree = parse(text)
    assert not runs or (tree is not None and compile_error(tree) is None)


@pytest.mark.parametrize("code", ["-" * 3_000 + "1", "x = [" + "[" * 90 + "]" * 90 + "]" + " + 1" * 3_000])
def test_what_is_too_deep_for_python_is_no_tree_or_does_not_run_and_nothing_is_raised(code: str) -> None:
    tree = parse(code)
    assert tree is None or (compile_error(tree) is not None) == (not can_run(code))


@pytest.mark.parametrize("code", ["import " + "a." * 2_000 + "b", "x = '" + "y" * 70_000 + "'"])
def test_what_would_make_python_slow_is_not_given_to_it(code: str) -> None:
    assert parse(code) is None
    assert not can_run(code)
