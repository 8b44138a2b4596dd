"""What is recorded of a run: backward passes, torch calls, values, figures; and the stream that carries it out."""
