"""A course: the instructor's files, loaded and checked.

course_folder    finds the folder of a course, and names its parts
course           loads everything in it: exercises with their rubrics and reference solutions
exercise         reads exercises/<id>.yaml
rubric           reads rubrics/<id>.yaml
handout_file     reads and writes handout/fingerprints.yaml
json_schema      the JSON Schemas of exercises and rubrics
"""
