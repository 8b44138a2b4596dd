"""Reports for people and programs: one module a format, each from ``model.Report`` or ``model.ClassResults`` to text.

What formats share: ``text``, ``signs`` on a terminal, the ``schema`` of JSON, the ``sheet`` of a spreadsheet, the
``roster`` of students, what is true of a ``cohort``. Modules of formats know nothing of each other.
"""
