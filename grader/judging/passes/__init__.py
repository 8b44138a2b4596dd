"""Backward passes: calls that are one pass, which passes added up, and which are alike."""
