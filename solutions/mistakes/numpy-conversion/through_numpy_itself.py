import numpy as np
import torch

w = torch.tensor([[1.0, -1.0], [0.5, 2.0]], requires_grad=True)
loss = (w * w).sum()

try:
    np.asarray(loss)
except RuntimeError as e:
    print(type(e).__name__, e)

value = loss.detach().cpu().numpy()
print(value, value.dtype, w.requires_grad)
