"""The parts of IPython that notebooks import from the inside."""
