"""Observations to verdicts. Pure: nothing here runs a submission, reads a file or gives points."""
