"""Records the curves of figures."""
