"""Sends a frame of a kind that there is none of."""
# ends: crashed

from protocol import send

send({"kind": "verdict", "check": "values", "status": "passed", "score": 10})
