"""A helper module of the course that the attacked one builds on."""

WORD = "shared"
