"""Replacements for packages that come with a notebook's kernel.

This folder is on a submission's ``sys.path``, before the installed packages. The real packages may not be installed; if
they are, asking for SVG figures would start a shell with a thread and a history database. Modules that are not replaced
here are imported from the real package, if it is installed.
"""
