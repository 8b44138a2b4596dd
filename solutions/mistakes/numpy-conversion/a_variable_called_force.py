import numpy as np
import torch

mass = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
force = 9.81 * mass
data = mass
try:
    force.numpy()
except RuntimeError as error:
    print(error)

print(np.array([1.0, 2.0, 3.0]), data, force)
