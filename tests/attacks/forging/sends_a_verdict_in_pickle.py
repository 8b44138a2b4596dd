"""Sends a pickle, and code, where data is expected."""
# ends: crashed

import pickle

from protocol import send

send({"kind": "blob", "id": 1, "dtype": "|O8"}, pickle.dumps(print))
send(pickle.dumps({"kind": "end"}))
