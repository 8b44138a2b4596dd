"""What students get for an assignment: a notebook and a script, made from the course or from a master notebook.

template            the cells of a template, from an assignment and its exercises
statement_headings  headings of a statement, below that of its exercise
notebook_file       a template as a notebook
script_file         a template as a script
"""
