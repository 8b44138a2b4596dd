# M1: a
# M2: b
# M3: b
# M4: b
# M5: a
#
# Forward mode computes the gradient of a loss in one go, since it starts from all the inputs.
import torch

x = torch.randn(3, requires_grad=True)
x.sum().backward()
