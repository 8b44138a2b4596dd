"""Records backward passes: the wrappers, the description of a pass, long loops in brief."""
