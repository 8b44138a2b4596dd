"""How learning platforms name what students handed in: one module a platform, listed in ``registry``."""
