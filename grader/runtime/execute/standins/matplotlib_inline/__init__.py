"""The package behind ``%matplotlib inline``. The runtime's own backend records the figures, whatever is set here."""
