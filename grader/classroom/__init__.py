"""Grading a whole class: ``intake`` reads what was handed in, ``batch`` grades it, ``gradebook`` keeps the results."""
