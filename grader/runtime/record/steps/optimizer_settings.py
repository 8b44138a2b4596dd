"""What an optimiser has in its groups, read without running code of the submission."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import torch

from ..class_members import own_attributes
from ..stream import MAX_NAME, is_tensor

MAX_PARAMETERS = 1_000
"""Parameters of an optimiser that are looked at."""
SETTINGS = ("lr", "weight_decay", "momentum")

_name_of = type.__dict__["__name__"].__get__


def class_name(optimizer: object) -> str:
    """The name of an optimiser's class."""
    name: str = _name_of(type(optimizer))
    return name[:MAX_NAME]


def parameters_of(optimizer: object) -> Iterator[tuple[torch.Tensor, dict[str, float | None]]]:
    """The parameters of an optimiser, each once, with the settings of their group that are numbers."""
    count = 0
    seen: set[int] = set()
    groups = own_attributes(optimizer).get("param_groups")
    for group in groups if type(groups) is list else ():
        if type(group) is not dict:
            continue
        settings = {name: _number(group.get(name)) for name in SETTINGS}
        parameters = group.get("params")
        for parameter in parameters if type(parameters) is list else ():
            count += 1
            if count > MAX_PARAMETERS:
                return
            if is_tensor(parameter) and id(parameter) not in seen:
                seen.add(id(parameter))
                yield parameter, settings


def _number(value: Any) -> float | None:
    if type(value) is torch.Tensor and value.numel() == 1:
        value = value.item()
    if type(value) not in (int, float):
        return None
    return float(value) if abs(value) < 1e300 and math.isfinite(value) else None
