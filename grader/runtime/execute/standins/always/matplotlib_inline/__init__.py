"""The package of ``%matplotlib inline``. Settings have no effect: the runtime's own backend records the figures."""
