"""Encodes a Job as the plain data that is sent into the sandbox. The student's process gets nothing else."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from grader.model import (
    Argument,
    Arguments,
    Cell,
    Job,
    ManyArguments,
    PlainArgument,
    SupportArgument,
    TensorArgument,
    cell_in_words,
)
from grader.runtime.protocol.frames import text_part
from grader.runtime.protocol.record import INPUT

ALIGNMENT = 16
"""Bytes. numpy reads arrays in place, which needs aligned memory."""


def encode(job: Job) -> tuple[Mapping[str, Any], bytes]:
    """The job's fields as data for JSON, and a payload: the bytes of its files and hidden arguments, and what the
    student sizes, cells and names of files. ``student_sized`` says where that is.
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
        given = probe.arguments or tuple(map(_of_input, probe.inputs))
        calls.append(
            {
                "id": probe.id,
                "functions": probe.functions,
                "arguments": [_arguments(each, payload) for each in given],
                "own": probe.own,
                "second": probe.second,
                "branches": probe.branches,
                "numeric": probe.numeric,
                "weighed": probe.weighed,
                "varies": probe.varies,
                "redraws": probe.redraws,
                "torch_calls": probe.torch_calls,
            }
        )
    modules = [
        {
            "id": probe.id,
            "modules": probe.modules,
            "modes": probe.modes,
            "draws": probe.draws_parameters,
            "needed": None if probe.needed is None else [(one.name, one.shape) for one in probe.needed],
            "without_autograd": bool(probe.needed) and not any(one.requires_grad for one in probe.needed or ()),
            "repeat": probe.repeat,
            "varies": probe.varies,
            "torch_calls": probe.torch_calls,
            "inputs": [
                {
                    "made_with": _arguments(entry.made_with, payload),
                    "calls": [
                        {"method": call.method, "arguments": _arguments(call.arguments, payload)}
                        for call in entry.calls
                    ],
                }
                for entry in probe.inputs
            ],
        }
        for probe in job.probes.modules
    ]
    header: dict[str, object] = {
        "format": job.format,
        "student_sized": student_sized,
        "seed": job.seed,
        "intervene": job.intervene,
        "threads": job.threads,
        "names": job.probes.names,
        "torch_calls": job.probes.torch_calls,
        "steps": job.probes.steps,
        "lines": job.probes.lines,
        "named_first": job.probes.named_first,
        "second_run": job.probes.second_run,
        "sources": job.probes.sources,
        "calls": calls,
        "modules": modules,
        "data": job.data,
        "limits": dataclasses.asdict(job.limits),
    }
    return header, bytes(payload)


def _of_input(data: npt.NDArray[Any]) -> Arguments:
    return Arguments(by_position=((INPUT, TensorArgument(data=data, requires_grad=True)),))


def _arguments(arguments: Arguments, payload: bytearray) -> dict[str, object]:
    return {
        "by_position": [(name, _argument(argument, payload)) for name, argument in arguments.by_position],
        "by_name": [(name, _argument(argument, payload)) for name, argument in arguments.by_name],
    }


def _argument(argument: Argument, payload: bytearray) -> dict[str, object]:
    match argument:
        case TensorArgument():
            return {
                "kind": "tensor",
                "data": _array(argument.data, payload),
                "requires_grad": argument.requires_grad,
                "grad": None if argument.grad is None else _array(argument.grad, payload),
            }
        case PlainArgument():
            return {"kind": "plain", "value": argument.value}
        case SupportArgument():
            return {"kind": "support", "name": argument.name, "is_called": argument.is_called}
        case ManyArguments():
            items = [_argument(item, payload) for item in argument.items]
            return {"kind": argument.kind, "items": items, "keys": argument.keys}


def _array(array: npt.NDArray[Any], payload: bytearray) -> dict[str, object]:
    """Where an array's bytes are in the payload, after they were added to it."""
    data = np.ascontiguousarray(array)
    payload += b"\0" * (-len(payload) % data.dtype.itemsize)
    offset = len(payload)
    payload += data.tobytes()
    return {"dtype": data.dtype.str, "shape": array.shape, "offset": offset}


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
