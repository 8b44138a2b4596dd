import torch

bits = torch.tensor([1.0, 0.0, 1.0, 1.0], requires_grad=True)
(bits * 3).sum().backward()      # to warm up
bits = bits.detach().requires_grad_()
print(bits.grad)

y = 2 * (bits @ bits)
y.backward()
print(bits.grad == 4 * bits)
