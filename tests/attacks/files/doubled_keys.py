"""A notebook with two lists of cells: of one key the last counts, as in Jupyter."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import honest, write

ENDS = ("completed",)


def make(folder: Path) -> Path:
    return write(folder, "homework.ipynb", b'{"cells": [3], "cells": "x", ' + honest()[1:])
