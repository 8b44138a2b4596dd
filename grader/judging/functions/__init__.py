"""The student's functions, called with hidden inputs: their results, gradients and slopes."""
