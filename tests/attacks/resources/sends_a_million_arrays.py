"""Forges a record of a million empty arrays, which are no events and which nothing speaks of."""
# ends: completed, crashed, output, timeout
# seconds: 2

from protocol import frame, pour

pour(frame({"kind": "blob", "id": 1, "dtype": "<f4"}) * 10**6)
