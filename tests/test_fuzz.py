"""Whatever parses hostile bytes, under hypothesis: sound inputs that were tampered with, and plain noise.

The targets are those of ``fuzz/``, which `make fuzz` runs for longer and guided by coverage. What either finds becomes
a test of the module that was wrong.
"""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import channel, exercises, handin, intake, language, loader, messages, modules, observation, streams
from fuzz.course import probes
from fuzz.target import BrokenPromiseError
from fuzz.targets import NAMES, find
from tests.helpers.report_samples import check, exercise, report

Json = Any
Draw = Callable[..., Any]

# The same inputs at every run; `make fuzz` is for new ones.
LOOK = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))

VALUES: list[Json] = [
    None, True, False, -1, 0, 1, 2, 7, 2**31, 2**53, 2**63, 2**64, 10**400, 0.5, 1e308, 5e-324, float("nan"),
    float("inf"),
    "", "x", "u", "y", "\x1b[2J\u202e\u2028", "\ud83d", "x" * 5_000, "float64", "bool", "complex64", "bfloat16", "grad",
    "RuntimeError", "Stopped", "text", "none", [], {}, [[]], [2, 2], [4, 1], [1, 4], [0], [0, 2**39], [1] * 16,
    {"$array": {}}, {"kind": "none", "text": ""}, {"kind": "bool", "text": "True"},
]  # fmt: skip
DTYPES = [
    "<f2",
    "<f4",
    "<f8",
    "<c8",
    "<c16",
    "|b1",
    "|u1",
    "|i1",
    "<i4",
    "<i8",
    "<u8",
    ">f4",
    "|O",
    "|V4",
    "<U1",
    "<M8",
]
NUMBERS = [0.0, -0.0, 1.0, -1.0, 1e-40, 5e-324, 1e-310, 65504.0, 1e38, 1e300, 1.7e308, np.nan, np.inf, -np.inf]


@pytest.mark.parametrize("name", NAMES)
def test_what_a_target_begins_with_keeps_its_promises(name: str) -> None:
    target = find(name)
    for seed in target.seeds():
        assert len(seed) <= max(target.longest, 60_000)
        target.check(seed)


def test_a_broken_promise_is_seen() -> None:
    with pytest.raises(BrokenPromiseError, match="a score of nan"):
        observation._check_report(report(score=float("nan")))
    with pytest.raises(BrokenPromiseError, match="a score of 3"):
        observation._check_report(report(exercise(check(score=3.0)), score=0.0, max_score=5.0))


def test_an_input_is_looked_at_once_more_by_name(tmp_path: Path, root: Path) -> None:
    path = tmp_path / "input"
    path.write_bytes(b"x == 1")
    done = subprocess.run(
        [sys.executable, "-m", "fuzz.run", "language", str(path)], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Nothing is broken." in done.stdout


# --------------------------------------------------------------------------------------------------------------------
# Tampering
# --------------------------------------------------------------------------------------------------------------------


def locations(value: Json) -> Iterator[tuple[Json, Any]]:
    """Every place inside a value, as its container and the key there."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from locations(value[key])


def tamper(draw: Draw, value: Json) -> None:
    """Change, drop, double or exchange something inside a value."""
    places = list(locations(value))
    if not places:
        return
    container, key = places[draw(st.integers(0, len(places) - 1))]
    action = draw(st.sampled_from(["set", "set", "set", "drop", "double", "exchange"]))
    if action == "set":
        container[key] = copy.deepcopy(draw(st.sampled_from(VALUES)))
    elif action == "drop":
        del container[key]
    elif action == "double" and isinstance(container, list):
        container[key:key] = [copy.deepcopy(container[key]) for _ in range(draw(st.sampled_from([1, 2, 70])))]
    else:
        other, name = places[draw(st.integers(0, len(places) - 1))]
        if not (isinstance(container[key], dict | list) or isinstance(other[name], dict | list)):
            container[key], other[name] = other[name], container[key]
        else:
            container[key] = copy.deepcopy(other[name])


def other_numbers(draw: Draw, dtype: str, payload: bytes) -> tuple[str, bytes]:
    """An array's bytes with another number in it, or taken for another dtype."""
    if len(payload) % np.dtype(dtype).itemsize or draw(st.booleans()):
        return draw(st.sampled_from(DTYPES)), payload
    data = np.frombuffer(payload, dtype).copy()
    if data.size:
        with np.errstate(all="ignore"):
            changed = draw(st.sampled_from([slice(None), slice(0, 1), slice(1, None)]))
            data[changed] = np.array(draw(st.sampled_from(NUMBERS))).astype(data.dtype)
    return dtype, data.tobytes()


def parsed(text: bytes) -> Json:
    """A frame's fields; None where nobody can read them any more."""
    try:
        fields = json.loads(text)
    except ValueError:
        return None
    return fields if isinstance(fields, dict) else None


@cache
def sound_records() -> list[list[tuple[bytes, bytes]]]:
    return [streams.unframed(stream) for stream in streams.honest(probes())]


@st.composite
def records(draw: Draw, sound: Callable[[], list[list[tuple[bytes, bytes]]]] = sound_records) -> bytes:
    """A stream that was sound until somebody tampered with it."""
    frames = list(draw(st.sampled_from(sound())))
    for _ in range(draw(st.integers(1, 5))):
        index = draw(st.integers(0, len(frames) - 1))
        text, payload = frames[index]
        action = draw(st.sampled_from(["tamper", "tamper", "tamper", "numbers", "drop", "repeat", "text", "move"]))
        fields = parsed(text) if action in ("tamper", "numbers") else None
        if fields is not None and fields.get("kind") == "blob" and action in ("numbers", "tamper"):
            if fields.get("dtype") in DTYPES[:11]:
                fields["dtype"], payload = other_numbers(draw, fields["dtype"], payload)
        elif fields is not None:
            tamper(draw, fields)
        elif action == "drop" and len(frames) > 1:
            del frames[index]
            continue
        elif action == "repeat":
            frames[index:index] = [frames[index]] * draw(st.sampled_from([1, 3, 150]))
            continue
        elif action == "move":
            frames.append(frames.pop(index))
            continue
        elif action == "text":
            at = draw(st.integers(0, len(text)))
            text = text[:at] + draw(st.sampled_from([b"", b"\xff", b"[" * 300, b'"kind":"end",', b"NaN", b"1e999"]))
            frames[index] = text, payload
            continue
        if fields is not None:
            frames[index] = json.dumps(fields).encode(), payload
    return b"".join(streams.frame(text, payload) for text, payload in frames)


@settings(LOOK, max_examples=40)
@given(records())
def test_a_record_that_was_tampered_with(stream: bytes) -> None:
    observation.check(observation.RAW + stream)


@settings(LOOK, max_examples=50)
@given(records(lambda: [streams.unframed(modules.honest())]))
def test_a_record_of_modules_that_was_tampered_with(stream: bytes) -> None:
    modules.check_stream(stream)


@settings(LOOK, max_examples=20)
@given(st.binary(max_size=200))
def test_a_record_of_noise(stream: bytes) -> None:
    observation.check(observation.RAW + stream)


@st.composite
def notebooks(draw: Draw) -> bytes:
    seed = draw(st.sampled_from([seed for seed in loader.seeds() if seed.startswith(b"a.ipynb")]))
    notebook = json.loads(seed.partition(b"\n")[2])
    for _ in range(draw(st.integers(1, 4))):
        tamper(draw, notebook)
    return b"a.ipynb\n" + json.dumps(notebook).encode()


def joined(words: tuple[str, ...], most: int = 40) -> st.SearchStrategy[str]:
    """Texts made of some words, with lines between them or not."""
    pieces = st.sampled_from([*words, "\n", "\n", " ", "    ", "x", "1", "=", ")", "é", "\ud800", "\u2028"])
    return st.lists(pieces, max_size=most).map("".join)


def as_bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@settings(LOOK, max_examples=75)
@given(notebooks())
def test_a_notebook_that_was_tampered_with(data: bytes) -> None:
    loader.check(data)


@settings(LOOK, max_examples=125)
@given(st.sampled_from(loader.NAMES), joined(loader.WORDS).map(as_bytes) | st.binary(max_size=300))
def test_a_file_of_pieces(name: str, content: bytes) -> None:
    loader.check(name.encode() + b"\n" + content)


_ATOMS = [
    "x", "y", "z", "n", "t", "s", "u", "r", "r.grad", "r.gradient", "x.grad", "x.shape", "u.dtype", "0", "1", "-1.5",
    "1e300", "2", "None", "True", '"text"', "(2, 3)", "[1, 2.5]", "[[]]", "()",
]  # fmt: skip
_OPERATORS = ["+", "-", "*", "/", "**", "==", "!=", "<", "<=", ">", ">=", "and", "or"]
_CALLS = [
    "all", "any", "all_equal", "finite", "size", "shape", "abs", "cos", "exp", "log", "sin", "sqrt", "max", "mean",
    "min", "norm", "sum", "not ", "-", "+",
]  # fmt: skip
_EXPRESSIONS = st.recursive(
    st.sampled_from(_ATOMS),
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(_OPERATORS), inner).map(lambda parts: f"({' '.join(parts)})"),
        st.tuples(st.sampled_from(_CALLS), inner).map(lambda parts: f"{parts[0]}({parts[1]})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"where({', '.join(parts)})"),
    ),
    max_leaves=8,
)


@settings(LOOK, max_examples=100)
@given(_EXPRESSIONS)
def test_an_expression_of_the_language(text: str) -> None:
    language.check_expression(text)


@settings(LOOK, max_examples=100)
@given(joined(language.WORDS, 20))
def test_a_text_that_may_be_an_expression(text: str) -> None:
    language.check(as_bytes(text))


@st.composite
def files(draw: Draw) -> bytes:
    """The YAML of an exercise, tampered with as data or as text."""
    seed = draw(st.sampled_from(exercises.seeds()))
    if draw(st.booleans()):
        data = json.loads(json.dumps(yaml.safe_load(seed)))
        for _ in range(draw(st.integers(1, 3))):
            tamper(draw, data)
        return yaml.safe_dump(data, allow_unicode=True).encode("utf-8", "replace")
    at = draw(st.integers(0, len(seed)))
    return seed[:at] + as_bytes(draw(joined(exercises.WORDS, 6))) + seed[at + draw(st.integers(0, 20)) :]


@settings(LOOK, max_examples=40)
@given(files())
def test_the_file_of_an_exercise(data: bytes) -> None:
    exercises.check(data)


@settings(LOOK, max_examples=100)
@given(
    st.lists(st.sampled_from([*channel.seeds(), b"\0", b"\xff\xff\xff\xff", b"{}", b"\0\0\0\2\0\0\0\1[]x"]), max_size=6)
)
def test_bytes_from_a_worker(pieces: list[bytes]) -> None:
    channel.check(b"".join(pieces))


@settings(LOOK, max_examples=100)
@given(st.binary(max_size=100) | joined(("\n", "a.py", "\x00", "\udcff")).map(as_bytes))
def test_what_goes_through_the_pool(data: bytes) -> None:
    messages.check(data)


@settings(LOOK, max_examples=75)
@given(joined(intake.WORDS, 30).map(as_bytes))
def test_an_export_of_pieces(data: bytes) -> None:
    intake.check(data)


@settings(LOOK, max_examples=75)
@given(st.sampled_from(intake.seeds()), st.integers(0, 2_000), st.binary(max_size=6), st.integers(0, 8))
def test_an_export_that_was_tampered_with(seed: bytes, at: int, put: bytes, dropped: int) -> None:
    intake.check(seed[:at] + put + seed[at + dropped :])


@settings(LOOK, max_examples=75)
@given(st.sampled_from(handin.seeds()), st.integers(0, 2_000), st.binary(max_size=6), st.integers(0, 8))
def test_a_zip_of_a_student_that_was_tampered_with(seed: bytes, at: int, put: bytes, dropped: int) -> None:
    handin.check(seed[:at] + put + seed[at + dropped :])
