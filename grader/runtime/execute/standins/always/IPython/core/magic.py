"""Magics of a notebook's own. They are not registered: every name here does nothing, and decorates without effect."""
