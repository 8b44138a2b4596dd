"""Reports for people and programs: one module a format, each from ``model.Report`` to text.

``text`` holds what the formats share. Modules of formats know nothing of each other.
"""
