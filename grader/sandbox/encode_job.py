"""Encodes a Job as the plain data that is sent into the sandbox. The student's process gets nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from grader.model import Cell, Job, cell_in_words
from grader.runtime.protocol.frames import text_part

ALIGNMENT = 16
"""Bytes. numpy reads arrays in place, which needs aligned memory."""


def encode(job: Job) -> tuple[Mapping[str, Any], bytes]:
    """The job's fields as data for JSON, and a payload: the bytes of its files and hidden inputs, and what the student
    sizes, cells and names of files. ``student_sized`` says where that is.
    """
    payload = bytearray()
    files = []
    for name, content in job.files:
        files.append({"name": name, "offset": len(payload), "size": len(content)})
        payload += content
    sized = text_part(
        {
            "file_name": job.file_name,
            "folder": job.folder,
            "files": files,
            "cells": [_cell(cell, named=job.format == "ipynb") for cell in job.cells],
        }
    )
    student_sized = {"offset": len(payload), "size": len(sized)}
    payload += sized
    payload += b"\0" * (-len(payload) % ALIGNMENT)
    calls = []
    for probe in job.probes.calls:
        inputs = []
        for array in probe.inputs:
            data = np.ascontiguousarray(array)
            inputs.append({"dtype": data.dtype.str, "shape": array.shape, "offset": len(payload)})
            payload += data.tobytes()
        calls.append(
            {
                "id": probe.id,
                "functions": probe.functions,
                "inputs": inputs,
                "own": probe.own,
                "second": probe.second,
                "branches": probe.branches,
                "numeric": probe.numeric,
                "weighed": probe.weighed,
                "varies": probe.varies,
            }
        )
    header: dict[str, object] = {
        "format": job.format,
        "student_sized": student_sized,
        "seed": job.seed,
        "intervene": job.intervene,
        "names": job.probes.names,
        "torch_calls": job.probes.torch_calls,
        "second_run": job.probes.second_run,
        "calls": calls,
        "data": job.data,
        "limits": dataclasses.asdict(job.limits),
    }
    return header, bytes(payload)


def _cell(cell: Cell, *, named: bool) -> dict[str, object]:
    return {
        "number": cell.number,
        "name": _name_of(cell) if named else "",
        "source": cell.source,
        "code": cell.code,
        "first_line": cell.first_line,
        "quiet": cell.quiet,
        "broken_statements": [
            {"line": broken.line, "renews": [name for name in broken.binds if name not in broken.changes]}
            for broken in cell.broken_statements
        ],
    }


def _name_of(cell: Cell) -> str:
    """The cell in words, for places in what the run says of itself."""
    return "" if cell.number is None else cell_in_words(cell.number, cell.execution_count, cell.begins)
