"""The gradebook: how a class did, kept in a database.

store       opens a gradebook, puts gradings in, hands marks in     tables      what it consists of
classes     one assignment as a whole, for reports                  migrations  its history
records     what was judged, as bytes, to be marked again
"""

from grader.gradebook.store import DEFAULT_URL, Filed, Gradebook, Known, known_of

__all__ = ["DEFAULT_URL", "Filed", "Gradebook", "Known", "known_of"]
