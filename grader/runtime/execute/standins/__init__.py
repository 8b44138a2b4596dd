"""Packages that a notebook's kernel brings along, for a process that has no kernel and no front end.

This folder is on a submission's ``sys.path``, before the installed packages: with the real ones, asking for SVG figures
starts a shell with a thread and a database of its history, and a course's environment need not have them at all. What
is not here comes from the real package, where it is installed.
"""
