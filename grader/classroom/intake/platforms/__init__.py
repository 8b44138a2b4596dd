"""How learning platforms name what students handed in: one module for each platform, listed in ``registry``."""
