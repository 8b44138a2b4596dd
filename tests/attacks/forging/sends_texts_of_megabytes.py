"""Sends errors, values, labels and notes whose texts fill a frame each, with NUL in them."""
# ends: failed
# seconds: 4

from protocol import send

HERE = {"cell": 0, "line": 1, "statement": 1}
LONG = "\0\U0001f600" * 150_000
for name in ("kept", LONG):
    value = {"kind": "text", "text": LONG if name == "kept" else ""}
    send({"kind": "changed_names", "place": HERE, "frame": "", "changed": {name: value}, "removed": [], "stale": []})
for field in ("type", "text"):
    error = {"type": "Error", "text": "", field: LONG}
    send({"kind": "uncaught", "place": HERE, "error": error, "syntax": False})
send({"kind": "warning", "place": HERE, "category": "Warning", "text": LONG})
send({"kind": "figure", "place": HERE, "curves": [], "titles": [LONG], "labels": [], "legend": []})
send({"kind": "run_note", "text": LONG})
