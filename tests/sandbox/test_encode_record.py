"""A record that was written from events is read back as these events."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from grader.model import Array, Outcome, Probes
from grader.sandbox.decode_observation import decode_stream
from grader.sandbox.encode_record import encode_record
from tests.helpers.observing import Observer

CODE = """
import torch
import matplotlib.pyplot as plt
x = torch.arange(3.0, requires_grad=True)
w = [x.detach(), {"a": torch.tensor(True), "b": "text"}]
for _ in range(2):
    (x**3).sum().backward()
try:
    x.backward()
except RuntimeError:
    pass
plt.plot(x.detach(), x.grad)
print("é∂")
1 / 0
"""


def test_events_of_all_kinds_of_a_run_are_read_back(observe: Observer) -> None:
    events = observe(CODE, probes=Probes(names=("x", "w"))).events
    assert len({type(event) for event in events}) >= 5
    record = encode_record(events)
    again = decode_stream(record)
    assert again.outcome is Outcome.COMPLETED
    assert [_comparable(event) for event in again.events] == [_comparable(event) for event in events]
    assert encode_record(again.events) == record


def _comparable(value: Any) -> object:
    if isinstance(value, Array):
        data = None if value.data is None else (value.data.dtype.str, np.asarray(value.data).tobytes())
        fields = (value.kind, value.dtype, value.shape, value.token, value.requires_grad, value.is_leaf)
        return (*fields, data, _comparable(value.grad))
    if dataclasses.is_dataclass(value):
        return type(value).__name__, *(_comparable(getattr(value, f.name)) for f in dataclasses.fields(value))
    if isinstance(value, tuple):
        return tuple(map(_comparable, value))
    if isinstance(value, dict):
        return {key: _comparable(inner) for key, inner in value.items()}
    return value
