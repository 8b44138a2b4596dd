"""The instructor's tools: what makes, explains, proves and takes apart a course.

bench              Bench: a loaded course and a sandbox, by which files are graded again and again
work               Work: something that a bench does, whose result can be kept
grade_file         GradeFile: grades a file, or a text in its place, by some exercises
content_keys       what the result of a work depends on, as a hash
kept               Kept: results of earlier validations, by content
pool               Pool: does many works, in several processes
lane               a process of the pool, seen from the pool
lane_process       the process itself
proof              Proof: something that is proven of a course, by works
proofs             the proofs, and which there are
validate           proves a course: has the works of all proofs done, and concludes
course_mistakes    mistakes in the files of a course, all of them at once
known_verdicts     what a known submission got, against what its verdicts.yaml says
changed_files      which exercises have to be proven again when files change
explaining         an exercise in words
observing          what was recorded of a file, as checks see it, and one check tried on it
traced_exercise    what happened at each step when a submission is graded by one exercise
new_exercise       writes an exercise, a copy of one, or a course, and says what to do next
scaffolds          exercises and courses that work at once
copied_exercise    an exercise of another course with all its files, under another id
new_files          writes new files: all of them or none, and over nothing
templates          what students get: notebooks and scripts, from a course or from a master notebook
"""
