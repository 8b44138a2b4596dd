"""Ends with an outcome that only the judge may speak of."""
# ends: crashed

from protocol import send

send({"kind": "end", "outcome": "sandbox_error", "detail": "not my fault", "duration_s": 1.0, "second_run": False})
