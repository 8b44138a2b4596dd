"""This side of the wall: starting the worker in its sandbox, handing it jobs, reading what comes back."""
