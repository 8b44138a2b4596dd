"""What each part of a submission is about, told by everything that people write.

names              the names of exercises in titles
numbers            numbers before titles and answers
wordings           how alike two texts are
hashed_questions   questions that are known by hashes
question_index     finds the questions that a text repeats
code_texts         comments and strings of a code cell
units              a submission as headings, sentences and stretches of code
answer_words       words that only announce an answer
section            the section of an exercise
section_reader     reads a submission from top to bottom: what opens and closes sections
section_finder     finds the sections of all exercises at once
"""

from grader.judging.sections.names import ExerciseNames
from grader.judging.sections.section import Section
from grader.judging.sections.section_finder import find_sections, section_of
from grader.judging.sections.wordings import questions_in

__all__ = ["ExerciseNames", "Section", "find_sections", "questions_in", "section_of"]
