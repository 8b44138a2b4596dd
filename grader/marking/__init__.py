"""Marking: rubrics turn a judged submission into a report. Nothing of the submission is run.

build_report    the report: status and points of every exercise, totals
attempt         whether an exercise was attempted
check_scores    the points of every check of an exercise
"""
