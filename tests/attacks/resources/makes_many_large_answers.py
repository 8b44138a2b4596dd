"""A pass with many large leaves, over and over: nothing that is recorded is sent twice, all of it is to be judged."""
# ends: timeout, output

import torch

ys = [torch.zeros(250_000, requires_grad=True) for _ in range(64)]
root = sum((y**3).sum() for y in ys)
while True:
    torch.autograd.grad(root, ys, retain_graph=True)
