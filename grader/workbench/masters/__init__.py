"""Master notebooks: one file with statements and solutions, of which templates and reference solutions are made.

master_file       a master notebook or script as cells, with their places
markers           the lines that mark solutions
near_markers      comments and headings that look like markers, and are none
whole_cells       what the first line of a cell says about all of it
open_region       the region that a line is in, and regions without an end
marked_code       a code cell, taken apart by its markers
marked_text       a text cell, taken apart by its markers
text_warnings     what instructors are warned about in text cells
cell_exercises    which exercise each cell is about
split_master      the template and the reference solutions of a master
reference_file    the cells of a solution as a file
"""
