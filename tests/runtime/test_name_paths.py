"""Names of values and of parts of objects, as exercises write them."""

from __future__ import annotations

import pytest

from grader.runtime.protocol.name_paths import NamePath, read_path


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("w", "w"),
        ("u_*", "u_*"),
        ("model.weight", "model.weight"),
        ("net[0].bias", "net[0].bias"),
        ("layers[-1]", "layers[-1]"),
        ("params['w']", 'params["w"]'),
        ('optimizer.param_groups[0]["lr"]', 'optimizer.param_groups[0]["lr"]'),
        ("*.layers[*].w?", "*.layers[*].w?"),
        ('cache["a.b [c]"]', 'cache["a.b [c]"]'),
        ("größe.gewicht", "größe.gewicht"),
    ],
)
def test_are_read_and_written(text: str, written: str) -> None:
    assert str(read_path(text)) == written


@pytest.mark.parametrize(
    "text",
    [
        *("", "3", "a b", "a.", ".a", "a..b", "a[", "a[]", "a[w]", "a[1:2]", "a[0, 1]", "a()", "net.0", "a.if"),
        *("u-is.x", "class", 'a["x', "a" + ".b" * 9, "a[" + "1" * 10 + "]", "a[*", "a.b\n"),
    ],
)
def test_other_texts_are_none(text: str) -> None:
    assert read_path(text) is None


@pytest.mark.parametrize(
    ("pattern", "name", "fits"),
    [
        ("w", "w", True),
        ("w", "w.grad", False),
        ("u_*", "u_x", True),
        ("u_*", "u_x.weight", False),
        ("*.weight", "model.weight", True),
        ("*.weight", "model.fc.weight", False),
        ("*.weight", 'model["weight"]', False),
        ("net[*]", "net[3]", True),
        ("net[*]", 'net["a"]', True),
        ("net[*]", "net.a", False),
        ("net[1]", "net[11]", False),
        ('net["1"]', "net[1]", False),
        ("?.w", "a.w", True),
        ("?.w", "ab.w", False),
    ],
)
def test_patterns_fit_part_by_part(pattern: str, name: str, fits: bool) -> None:
    one, other = read_path(pattern), read_path(name)
    assert isinstance(one, NamePath)
    assert isinstance(other, NamePath)
    assert one.matches(other) is fits
