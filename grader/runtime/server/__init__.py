"""The worker process: starts a child for each submission, confines it, and outlives it."""
