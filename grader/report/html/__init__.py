"""Reports as HTML: a file without anything from elsewhere, which works from disk.

``page.py`` makes a page of a template, ``submission_page.py`` is the format ``html`` of one or several submissions, and
``pictures/`` draws evidence. Templates, styles and scripts are in ``templates/``.
"""
