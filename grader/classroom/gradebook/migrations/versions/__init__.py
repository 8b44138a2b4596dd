"""One file for each version of the gradebook's tables. A released file is never changed."""
