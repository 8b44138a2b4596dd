"""The built-in kinds of checks, one module for each kind; ``base`` is what they share."""
