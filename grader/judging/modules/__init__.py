"""The student's modules: their recorded calls, what expressions can ask of these, and messages about them."""
