"""The other side of the wall: what runs in the sandbox, next to the student's code.

Nothing outside imports it; it travels in by path. It imports the standard library, numpy, torch and matplotlib only,
because it runs in the course's Python, not the grader's.
"""
