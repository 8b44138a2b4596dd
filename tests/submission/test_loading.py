"""Loading one submission: whatever the file contains."""

from __future__ import annotations

import contextlib
import io
import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.errors import SubmissionError
from grader.submission import load
from tests.helpers.submission_files import code, message, notebook

_KEYS = ["cells", "worksheets", "nbformat", "nbformat_minor", "metadata", "cell_type", "source", "input", "code"]
_KEYS += ["tags", "kernelspec", "language", "outputs", "level"]


def test_standard_input_tells_its_format_by_content():
    assert load("-", stdin=io.BytesIO(json.dumps(notebook(code("x"))).encode())).format == "ipynb"
    script = load("-", stdin=io.BytesIO(b"{1, 2}\nx = 1"))
    assert (script.format, script.path) == ("py", "-")
    assert message("-", stdin=io.BytesIO(b'{"cells": [')).startswith("standard input: ")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=60)
    | st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["code", "markdown", "%x"]),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(_KEYS),
                inner,
                max_size=5,
            )
        ),
        max_leaves=25,
    ).map(lambda value: json.dumps(value).encode()),
    st.sampled_from(["f.ipynb", "f.py", "f.md", "f.txt"]),
)
def test_any_bytes_load_or_raise_a_submission_error(tmp_path, raw, name):
    path = tmp_path / name
    path.write_bytes(raw)
    with contextlib.suppress(SubmissionError):
        load(str(path))
