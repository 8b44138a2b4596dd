"""Tests of `grader/workbench/`."""
