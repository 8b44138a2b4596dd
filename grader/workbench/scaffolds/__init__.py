"""What ``grade new`` writes: an exercise for each kind of check, and a course around a first exercise.

files/<kind>/      an exercise of the kind in pieces, so that several kinds can be put into one exercise
files/first/       the first exercise of a new course, likewise
files/course/      what a course has beside its exercises
scaffold           reads the pieces of a kind
exercise_files     puts them together
bare_scaffold      the pieces of a plugin's kind, made of its fields
course_files       the files of a new course
"""
