"""A notebook of format 2 whose worksheets are made of everything but cells."""

from __future__ import annotations

import json
from pathlib import Path

from tests.attacks.built import write

SAYS = "it cannot be converted"


def make(folder: Path) -> Path:
    strange = [None, 3, "x", {"cells": [{"cell_type": ["x"], "input": {"a": []}, "level": 10**40}, None]}]
    return write(folder, "homework.ipynb", json.dumps({"nbformat": 2, "worksheets": strange}))
