import torch


def lse(x):
    m = x.max(dim=-1, keepdim=True)[0].detach()
    return torch.exp(x - m).sum(-1) * torch.exp(m[..., 0])


x = torch.tensor([100.5, 2.0, 3.0], requires_grad=True)
lse(x).backward()
print(x.grad)
