"""A whole class: what was handed in (``intake``), graded on all cores (``batch``), and kept (``gradebook``)."""
