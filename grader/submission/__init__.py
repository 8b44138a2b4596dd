"""Submissions: from a path to the cells that a student wrote, in plain Python.

    loading            load(path): one file as a Submission; read(bytes, path) for content that is already in memory
    files              reads a file's bytes safely; says what is missing

    file_names         suffixes, and what browsers and mail programs add to names
    file_formats       which format a file has: notebook, script or notes; refuses anything else
    other_formats      files that are no submission, by their first bytes
    notebook           reads .ipynb files of every nbformat version
    script             reads .py files, with or without `# %%` cells
    jupytext_light     cells of a script in Jupytext's light format
    notes              reads Markdown and plain text
    content_builder    collects the cells and prose that these readers find
    headings           which headings apply to a cell
    size_limits        how much of a submission is read

    cell_translation   a cell as plain Python, line for line: prompts removed, magics resolved, broken code left out
    magics             what each IPython magic and shell escape means here
    ipython_transform  IPython's own cell transformation, with line numbers preserved
    console_session    code with `>>>` or `In [1]:` prompts, and its output
    broken_code        code that does not parse: which statements can still run

    python_parser      Python's parser, guarded against input that would make it slow
    code_or_output     tells code that a person typed from output that Python printed
    tokens             names, comments and strings in code that may be broken
    source_text        normalizes line ends and invalid characters
    statements         top-level statements, and which names they read, bind and change
    fingerprints       hashes of statements and sentences, to recognize what was handed out
    handed_back        which statements come from the handout, in a file that is built on it

Whatever a student's file contains, the outcome is a Submission or a SubmissionError, within seconds.
"""

from __future__ import annotations

from grader.submission.loading import load, read

__all__ = ["load", "read"]
