"""Reading a class from a folder and from a zip."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from grader.classroom.intake import read_class
from tests.classroom.intake.classes import make_folder, make_zip


@pytest.fixture(params=["folder", "zip"])
def read(request: pytest.FixtureRequest, tmp_path: Path):
    """Reads a class made of the given files, once from a folder and once from a zip.

    A path that ends with ``/`` is an empty folder.
    """
    make = {"folder": make_folder, "zip": make_zip}[request.param]
    with ExitStack() as stack:
        yield lambda content, name="hw1": stack.enter_context(read_class(make(tmp_path, name, content)))
