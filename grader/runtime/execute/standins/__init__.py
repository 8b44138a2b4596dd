"""Replacements for packages that come with a notebook's kernel, or that only show something in a browser.

``standin_finder`` finds them. Those in ``always`` replace the installed ones: asking the real IPython for SVG figures
would start a shell with a thread and a history database. What they do not have comes from the real package, if it is
installed. Those in ``if_missing`` are used where the real ones are not installed. A name that no stand-in has is an
object that accepts everything and does nothing.
"""
