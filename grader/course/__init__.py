"""A course: the instructor's files, loaded and checked.

course_parts     what the files and folders of a course are called
course_folder    finds the folder of a course, and says what submissions may see of it
course_layers    a course and the courses that it builds on
named_courses    courses that come with the grader, by their names
course           loads everything in it: exercises with their rubrics and reference solutions, assignments
joined_files     assignments, handout, questions and settings of the course and of those that it builds on
course_settings  reads course.yaml
course_checks    imports checks.py, kinds of checks of the course's own
trusted_checks   which checks.py may be imported
assignment       reads assignments/<id>.yaml
listing          exercises as lists show them
named_assignment which assignment a file's or folder's name names
exercise         reads exercises/<id>.yaml
rubric           reads rubrics/<id>.yaml
limits           `limits` of an assignment or an exercise
exported_course  a course without its solutions, for one assignment
data_folder      which folders may be the data of an assignment
reserved_names   names of modules that the course's files must not hide
handout_file     reads and writes handout/fingerprints.yaml
json_schema      the JSON Schemas of assignments, exercises and rubrics
"""
