import torch

log_sum_exp = lambda x: x.max(0)[0] + (x - x.max(0)[0]).exp().sum(0).log()

x = torch.tensor([1000.0, 1001.0, 1002.0], requires_grad=True)
log_sum_exp(x).backward()
print(x.grad)
