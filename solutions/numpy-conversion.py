"""From a tensor to NumPy: a model answer."""

import numpy as np
import torch

x = torch.tensor([1.0, 2.0, 4.0], requires_grad=True)

# Part 1. An array of NumPy has no place for a graph. Whatever were computed with it would be a constant for autograd,
# and no gradient would come back to x, without a word. So PyTorch wants to hear that this is meant.
try:
    x.numpy()
except RuntimeError as error:
    print("x.numpy() failed:", error)

# Part 2. detach() says it: the same numbers, no history.
array = x.detach().numpy()
print("array:", array, "is an array:", isinstance(array, np.ndarray))
print("x still requires grad:", x.requires_grad)

# Nothing was copied on the way. The array and x share their memory, so this is the moment for a copy, if x is going to
# be updated and the old numbers are still needed.
print("shared memory:", np.shares_memory(array, x.detach().numpy()))
