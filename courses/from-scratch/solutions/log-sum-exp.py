"""The reference solution of log-sum-exp."""

import torch


def log_sum_exp(x):
    # Whatever is subtracted comes back at the end, so it needs no gradient of its own.
    largest = x.amax(dim=-1, keepdim=True)
    shifted = torch.exp(x - largest)
    return largest.squeeze(-1) + torch.log(shifted.sum(dim=-1))


x = torch.tensor([1000.0, 1001.0, 1002.0], requires_grad=True)
value = log_sum_exp(x)
value.backward()
print(value.item(), x.grad, torch.softmax(x, 0))
