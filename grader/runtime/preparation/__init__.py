"""What a worker does once, so that each submission costs less: imports, filled caches, the state of its memory.

Each module that relies on the inside of a library says on what, checks it, and does nothing where it does not hold.
"""
