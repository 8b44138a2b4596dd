"""Sends results of modules for the prize's hidden inputs: outputs, gradients and parameters that it made up."""
# ends: completed, crashed

import struct
import sys

from protocol import send


def job():
    frame = sys._getframe()
    while frame is not None:
        for value in list(frame.f_locals.values()):
            if isinstance(value, dict) and "modules" in value and "limits" in value:
                return value
        frame = frame.f_back


probe = next(each for each in job()["modules"] if each["id"].startswith("prize/"))
send({"kind": "blob", "id": 910, "dtype": "<f4"}, struct.pack("<ffff", 1, 1, 1, 1))
send({"kind": "blob", "id": 911, "dtype": "<f4"}, struct.pack("<ffffff", 1, 2, 3, 4, 5, 6))
send({"kind": "blob", "id": 912, "dtype": "<f4"}, struct.pack("<ff", float("nan"), float("inf")))


def array(blob, shape):
    return {"$array": {"kind": "tensor", "dtype": "float32", "shape": shape, "blob": blob, "token": 1}}


def parameter(name, shape, blob, **fields):
    value = array(blob, shape)
    return {"name": name, "fills": name, "shape": shape, "requires_grad": True, "value": value} | fields


NONE = {"kind": "none", "text": ""}
PARAMETERS = (
    [parameter("weight", [3, 2], 911, gradient=array(911, [3, 2])), parameter("bias", [2], 912)],
    [parameter("weight", [3, 2], 911, is_transposed=True)] * 200,
    [{"name": "x", "shape": [2**39, 2**39], "requires_grad": False}],
    [],
)
for number, parameters in enumerate(PARAMETERS):
    for outputs in ([array(910, [2, 2])], [NONE] * 16, [], [array(None, [2**39])]):
        for mode in probe["modes"]:
            for given in (0, 1, 0, -1, 7, 2**31 - 1):
                send(
                    {
                        "kind": "module_call",
                        "place": {"cell": 0, "line": 1, "statement": 1},
                        "probe": probe["id"],
                        "module": number,
                        "form": "class",
                        "type": "Vault",
                        "is_module": True,
                        "name": "Vault",
                        "names": ["Vault"],
                        "input": given,
                        "mode": mode,
                        "outputs": outputs,
                        "parameters": parameters,
                        "parameter_count": 2**39,
                        "stage": "done",
                        "error": None,
                    }
                )
