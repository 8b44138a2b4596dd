"""The parts of IPython's extras that notebooks import."""
