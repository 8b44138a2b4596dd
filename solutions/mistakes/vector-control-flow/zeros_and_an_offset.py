import torch

a = torch.tensor([0.0, 0.0, 0.0, 0.0], requires_grad=True)
d = 512 * a + 1000
d.sum().backward()
print("gradient", a.grad, "is the factor of the control flow")
