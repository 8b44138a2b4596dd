"""An autograder for PyTorch autograd exercises: runs a submission in a sandbox and judges what autograd really did."""

__version__ = "0.1.0"
