"""``grade export gradescope``: an autograder for Gradescope.

archive           the zip that is uploaded
own_wheel         the grader itself, as a wheel without the courses that come with it
grade_one         what the zip's ``run_autograder`` calls for each submission
one_report        of several files that were handed in, the best answers
setup.sh          installs the grader when Gradescope builds the image
run_autograder    is called for each submission
"""
