import torch


def log_sum_exp(x):
    top = x.max(-1).values
    return top + torch.log(torch.exp(x - top.unsqueeze(-1)).sum(-1))


x = torch.tensor([101.0, 103.0, 104.0], requires_grad=True)
loss = log_sum_exp(x) - 100  # smaller numbers are nicer to print
loss.backward()
print(loss.item(), x.grad)
