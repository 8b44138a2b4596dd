"""Whether a text says what keywords stand for."""

from __future__ import annotations

import pytest

from grader.judging.words.keywords import says

GROUPS = (("reverse", "backward", "反向"), ("intermediate", "graph", "中间"), ("stor", "keep", "保存"))
DOUBTS = ("forward mode … keep", "reverse mode … forget")


@pytest.mark.parametrize(
    "text",
    [
        "Reverse mode has to keep all intermediate values.",
        "In reverse mode, the intermediate results have to be stored, because the way back needs them.",
        "It goes backward. So the graph is built first. Then it is kept, or rather: we keep it.",
        "- reverse mode needs the graph\n- and stores it",
        "Not only the graph is stored in reverse mode.",
        "Reverse mode stores the graph, no matter how many inputs there are.",
        "Reverse mode stores the graph; forward mode does not have to keep anything.",
        "反向模式必须把所有中间结果保存下来。",
    ],
)
def test_sentences_with_a_word_of_every_group_do(text: str) -> None:
    assert says(text, GROUPS, DOUBTS)


@pytest.mark.parametrize(
    "text",
    [
        "Reverse mode has to keep all values.",
        "reverse, backward, intermediate, graph, store, keep",
        "反向，中间，保存",
        "Reverse mode does not have to store any intermediate value.",
        "Reverse mode doesn't store the graph.",
        "Reverse mode goes back without storing a graph.",
        "反向模式不需要保存中间结果。",
        "It is forward mode that has to keep all intermediate values; reverse mode is free of that.",
        "Reverse mode stores the graph. Reverse mode may forget it at once.",
        "",
    ],
)
def test_a_list_a_denial_or_a_doubtful_phrase_does_not(text: str) -> None:
    assert not says(text, GROUPS, DOUBTS)


def test_what_stands_far_apart_is_no_phrase() -> None:
    far = "Forward mode (a sweep for every input of the function) against reverse mode, which has to keep the graph"
    assert says(far, GROUPS, ("forward … keep",))


def test_a_long_text_takes_no_time() -> None:
    assert not says("reverse mode … " * 200_000, GROUPS, DOUBTS)
