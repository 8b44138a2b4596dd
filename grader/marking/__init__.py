"""Rubric and judgements to a report. Nothing of a submission is run for it."""
