"""What a validation found, in each format: ``terminal``, ``json``, ``markdown``, ``github``."""
