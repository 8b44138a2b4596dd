"""Has the compiler run deep: parentheses in parentheses, and an expression of a million terms."""
# ends: failed, memory, crashed, timeout

import ast

for source in ("(" * 10_000 + ")" * 10_000, "-" * 1_000_000 + "1", "+".join("1" * 1_000_000), "a." * 100_000 + "a"):
    try:
        compile(source, "x", "eval")
    except (SyntaxError, MemoryError, RecursionError):
        pass
ast.literal_eval("-" * 1_000_000 + "1")
