"""An integer of a million digits: reading one takes a time that grows with their square."""

from __future__ import annotations

from pathlib import Path

from tests.attacks.built import write

SAYS = "a number of thousands of digits"


def make(folder: Path) -> Path:
    return write(folder, "homework.ipynb", b'{"x": ' + b"9" * 1_000_000 + b', "cells": []}')
