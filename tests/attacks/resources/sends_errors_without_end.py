"""Forges a record of fifty thousand errors with long texts, each of which a report would print."""
# ends: completed, crashed, output, timeout

from protocol import frame, pour

place = {"cell": 0, "line": 1, "statement": 1}
error = {"type": "Error", "text": "\x1b[31m" * 200}
pour(49_000 * frame({"kind": "uncaught", "place": place, "error": error, "syntax": False}))
