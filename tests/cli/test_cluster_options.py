"""The options of commands that use a cluster."""

from __future__ import annotations

import pytest

from grader.cli.batch import parse
from grader.errors import UsageError


@pytest.mark.parametrize("words", [["--insecure-cluster"], ["--cluster-wait", "3"]])
def test_an_option_that_says_how_a_cluster_is_used_needs_one(words: list[str]) -> None:
    with pytest.raises(UsageError, match=f"{words[0]} says how --cluster is used; there is no --cluster"):
        parse(["class", *words])
    assert parse(["class", "--cluster", "tcp://127.0.0.1:8786", *words]).cluster == "tcp://127.0.0.1:8786"
