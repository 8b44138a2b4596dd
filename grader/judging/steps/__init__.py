"""Training loops: the steps of leaves, as runs, and what a check asks of each of them."""
