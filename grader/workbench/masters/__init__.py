"""Master notebooks: one file with statements and solutions, of which templates and reference solutions are made.

master_file       a master notebook or script as cells, with their places
markers           the lines that mark solutions, and mistakes in them
marked_code       a code cell, taken apart by its markers
cell_exercises    which exercise each cell is about
split_master      the template and the reference solutions of a master
reference_file    the cells of a solution as a file
"""
