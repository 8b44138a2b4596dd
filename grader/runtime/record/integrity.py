"""Whether a submission changed what the recorder relies on. Asked after the recorder failed: was it our own fault?"""

from __future__ import annotations

import builtins
import json.encoder
import os
import signal
import struct
import sys
import threading
import time
from collections.abc import Container
from types import TracebackType

import numpy as np
import torch

_OURS = frozenset({"backward", "grad", "input"})
"""What the recorder itself replaces in them."""
_PLACES = (builtins, json.encoder, os, signal, struct, sys, threading, time, np, np.ndarray, torch, torch.autograd,
           torch.Tensor)  # fmt: skip
_PRISTINE = [(place, {name: each for name, each in vars(place).items() if callable(each)}) for place in _PLACES]
"""Their functions and classes when this was imported, which is before any submission."""


def was_disturbed(error: BaseException, files: Container[str]) -> bool:
    """Whether an exception in the recorder is most likely the submission's doing.

    It is where no error of ours raises such a thing (an interrupt, an exit), where code from the student's ``files`` is
    in its traceback, and where builtins or functions of torch and the like were replaced.
    """
    return not isinstance(error, Exception) or _passes_through(error.__traceback__, files) or _is_changed()


def _passes_through(trace: TracebackType | None, files: Container[str]) -> bool:
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in files:
            return True
        trace = trace.tb_next
    return False


def _is_changed() -> bool:
    return any(
        vars(place).get(name) is not value
        for place, names in _PRISTINE
        for name, value in names.items()
        if name not in _OURS
    )
