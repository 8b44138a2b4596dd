"""Hostile submissions, one file an attack, and what must not come of them.

    time, resources, escape, forging    submissions, each graded after an honest answer to the exercise `warm-up`
    files, reports                      modules with `make(folder)`: what has to be built, since no editor could save it

`make` writes below the folder and returns the path of what is handed in. Constants of its module say what is expected:

    WHAT = "class"         it is a folder or zip of several students, or "course"; else one hand-in
    ENDS = ("completed",)  the outcomes that a hand-in's run may have; SCORE, of `warm-up`, is 2, or None: it has none
    SAYS = "larger than"   where it is refused instead, in one sentence; of a class, what a notice says
    REFUSED = "overlap"    where a class is refused as a whole; BROKEN are students whose files cannot be read
    TEXTS, SHOWN           of reports: what is said in every place, and how a part of it looks in the terminal

An attack begins with a docstring that says what it tries. Comments below it say what is expected:

    # ends: timeout, crashed        the outcomes that its run may have; `completed` where nothing is said
    # levels: strict                where it must be held, of `strict` and `reduced`; both where nothing is said
    # seconds: 8                    how long it may run; 1 where nothing is said
    # visits: 2                     it is handed in twice, to find what it left behind

It knows what it aims at from ``target`` (see ``host.py``), speaks the recorder's language by ``protocol``, and says by
``breach("…")`` that it got through. Whatever it does: its honest answer keeps its marks, the exercise `prize` is not
won, nothing of the host is touched, it ends within its limit and two seconds with an outcome in words, and the next
submission is graded as if nothing had happened.
"""
