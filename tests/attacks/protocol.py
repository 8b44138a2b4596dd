"""How an attack speaks the recorder's language; it lies beside each of them. The frames: ``runtime/protocol``."""

import gc
import json
import os
import stat
import struct


def is_pipe(fd):
    try:
        return stat.S_ISFIFO(os.fstat(fd).st_mode)
    except OSError:
        return False


OUT = next(filter(is_pipe, range(3, 1024)))
"""The descriptor on which the record goes out, where it does not fit into shared memory."""


def frame(header, payload=b""):
    """A header that becomes JSON, or the bytes that stand for it, and what comes after it."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("!II", len(text), len(payload)) + text + payload


STREAM = next((each for each in gc.get_objects() if type(each).__name__ == "Stream"), None)
"""The recorder's own. Its ``_memory`` is what it writes to before the pipe; None: there is none, or it is full."""


def pour(data):
    """Write bytes to the record, all of them, as the recorder does."""
    if STREAM is not None and STREAM._memory is not None:
        if STREAM._memory.append(data):
            return
        STREAM._memory = None
    data = memoryview(data)
    while data:
        data = data[os.write(OUT, data) :]


def send(header, payload=b""):
    """Write a frame."""
    pour(frame(header, payload))


def array(blob, shape):
    """The description of a tensor whose bytes were sent under a number."""
    return {"$array": {"kind": "tensor", "dtype": "float32", "shape": shape, "blob": blob, "token": 7}}


def backward(value, leaves):
    """A pass over so many leaves, each of them and its gradient of one value."""
    leaf = {"names": [], "value": value, "gradient": value, "grad_before": None, "grad_after": value}
    return {
        "kind": "backward",
        "place": {"cell": 0, "line": 1, "statement": 1},
        "call": "backward",
        "root": value,
        "output": value,
        "weights": value,
        "root_names": [],
        "output_names": [],
        "through": [],
        "functions": [],
        "retain_graph": False,
        "create_graph": False,
        "order": 1,
        "operations": [],
        "leaves": [leaf] * leaves,
        "group": 0,
        "stale": False,
        "error": None,
    }
