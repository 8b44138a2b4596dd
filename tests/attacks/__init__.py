"""Hostile submissions, one file an attack, and what must not come of them.

    time, resources, escape, forging    submissions, each graded after an honest answer to the exercise `warm-up`
    files, reports                      modules with `make(folder)`: what has to be built, since no editor could save it

An attack begins with a docstring that says what it tries. Comments below it say what is expected:

    # ends: timeout, crashed        the outcomes that its run may have; `completed` where nothing is said
    # levels: strict                where it must be held, of `strict` and `reduced`; both where nothing is said
    # visits: 2                     it is handed in twice, to find what it left behind

It knows what it aims at from ``target`` (see ``host.py``), and says with ``breach("…")`` that it got through. Whatever
it does: its honest answer keeps its marks, the exercise `prize` is not won, nothing of the host is touched, it ends
within its limit and two seconds with an outcome in words, and the next submission is graded as if nothing had happened.
"""
