"""Answers in words: where they stand, what they say, which letter was chosen."""
