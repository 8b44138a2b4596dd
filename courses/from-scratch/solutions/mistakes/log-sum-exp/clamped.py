import torch


# float32 can do exp(88), so everything above is cut
def log_sum_exp(x):
    x = torch.clamp(x, min=-80, max=80)
    return torch.log(torch.sum(torch.exp(x), dim=-1))


print(log_sum_exp(torch.randn(2, 3, 4)).shape)
x = torch.tensor([1000.0, 1001.0, 1002.0], requires_grad=True)
log_sum_exp(x).backward()
print(x.grad)
