"""Records what had a hand in a pass besides torch, and whose code raised an error."""
