"""What runs in the sandbox, in the process of the student's code or in its parent.

The rest of the grader imports only ``protocol`` of it; the interpreter in the sandbox gets this folder by its path. It
imports only the standard library, numpy, torch and matplotlib, because it runs in the course's Python, which need not
have the grader's dependencies.
"""
