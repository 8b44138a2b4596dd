"""Fuzzing of everything that parses bytes which somebody hostile may have written.

    run           the command: every target for a while, guided by coverage; or one input once more
    targets       the targets by name
    target        what a target is

    observation   the record of a run, through the decoder, the judge and both reports
    loader        notebooks, scripts and notes
    language      expressions, over arrays that nobody would think of
    exercises     the YAML of an exercise
    channel       the frames that the host reads from a worker
    messages      what the pool and its processes send each other
    intake        the zip or the folder of a class, and Gradescope's metadata

    streams       observations made by hand: what a target begins with
    course        the built-in course's graders, with a sandbox that runs nothing

A target takes bytes and raises where a promise is broken. `make fuzz` runs them by atheris, ``tests/test_fuzz.py`` by
hypothesis. What they find becomes a test beside the module that was wrong.
"""
