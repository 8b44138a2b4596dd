import torch
# float64 has a much larger range, so nothing overflows
log_sum_exp = lambda x: torch.log(torch.exp(x.double()).sum(-1)).float()

x = torch.tensor([100., 101., 102.], requires_grad=True)
out = log_sum_exp(x)
print(out)
out.backward()
print(x.grad, x.grad.sum())
