"""One submission from its file to its report: the code that joins the stages, and what they keep between runs."""
