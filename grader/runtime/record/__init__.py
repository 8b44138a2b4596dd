"""Records a run: backward passes, torch calls, values and figures, and the stream that they are written to."""
