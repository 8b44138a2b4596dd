"""Sends errors with endless texts, in lines and cells with numbers that nobody counts to."""
# ends: completed, crashed

from protocol import send

for number in (2**31 - 1, 1 - 2**31, 2**63, 2**64, 10**300, 10**4000):
    place = {"cell": 0, "line": number, "statement": number}
    error = {"type": "E" * 100_000, "text": "\x1b[2J\u202e" * 10_000}
    send({"kind": "uncaught", "place": place, "error": error, "syntax": False})
    send({"kind": "uncaught", "place": place | {"cell": number}, "error": error, "syntax": True})
    send({"kind": "warning", "place": place, "category": "W" * 100_000, "text": "w"})
    send({"kind": "run_note", "text": "n" * 100_000})
