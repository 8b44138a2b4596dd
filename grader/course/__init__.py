"""A course's own files: exercises, rubrics, reference solutions and the handout, loaded and checked."""
