import torch


def log_sum_exp(x):
    # torch has it already
    return torch.logsumexp(x, dim=-1)


x = torch.tensor([1000.0, 1001.0, 1002.0], requires_grad=True)
log_sum_exp(x).backward()
print(x.grad)
