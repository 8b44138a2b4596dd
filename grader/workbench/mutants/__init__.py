"""Mutants: a reference solution changed the way learners go wrong, to see whether its exercise notices."""
