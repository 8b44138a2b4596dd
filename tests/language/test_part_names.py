"""What is said about a name that no value of a submission can have."""

from __future__ import annotations

import pytest

from grader.language.part_names import mistake_in

FORMS = '`w`, `u_*`, `model.weight`, `net[0].bias`, `params["w"]` or `*.weight`'


@pytest.mark.parametrize("text", ["w", "u_*", "model.weight", "net[0].bias", 'params["w"]', "*.weight", "losses[*]"])
def test_nothing_is_wrong_with_what_can_be_written(text: str) -> None:
    assert mistake_in(text) == ""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3w", "`3w` cannot be a name in Python"),
        ("model weight", f"`model weight` holds a space; names are written without, as {FORMS}"),
        ("net.0.bias", "`net.0.bias` cannot be a name in Python; write the item of a container as `[0]`"),
        ("params[w]", '`params[w]` has a key without quotes; write `["w"]`'),
        ("losses[1:]", "`losses[1:]` is a slice; name one item, as in `losses[0]`, or all items, `losses[*]`"),
        (
            "x[0, 1]",
            "`x[0, 1]` asks for an element of a tensor; name the tensor, and write `x[0, 1]` in the expression",
        ),
        (
            "model.parameters()",
            "`model.parameters()` is a call, and nothing is called to find a value; write `model.*` or the parameter's "
            f"name: {FORMS}",
        ),
        ("f(x)", f"`f(x)` is a call, and nothing is called to find a value: {FORMS}"),
        ("a" + ".b" * 9, f"`a{'.b' * 9}` has more than 8 parts; begin with a name that is closer to the value"),
        ("a..b", f"`a..b` cannot be the name of a value or of a part of an object; write it as {FORMS}"),
    ],
)
def test_a_message_says_what_to_write_instead(text: str, said: str) -> None:
    assert mistake_in(text) == said
