"""Reports for people and programs: one module for each format. Each renders ``model.Report`` or ``model.ClassResults``.

``formats`` is the registry of formats that the command line offers; ``base`` says what a format is. Formats share
``console``, ``json_schema``, ``spreadsheet``, ``exported_table``, ``student_matching`` and ``class_statistics``; they
do not import each other. ``mark_screen`` is what a person sees while marking by hand.
"""
