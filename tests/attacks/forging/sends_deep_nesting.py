"""Sends JSON that is nested a million times."""
# ends: crashed

from protocol import send

send(b'{"kind":"changed_names","changed":' + b'{"a":' * 500_000 + b"1" + b"}" * 500_000 + b"}")
send(b"[" * 1_000_000)
