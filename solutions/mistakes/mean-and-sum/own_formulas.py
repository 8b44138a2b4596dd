"""平均与求和的梯度"""
import torch


def 平均(v):
    return v.sum() / v.numel()


x = torch.ones(2, 2, requires_grad=True)
平均(x).backward()
print(x.grad)

x.grad = None
torch.einsum("ij->", x).backward()
print(x.grad)

x.grad = None
平均(3 * x * x + 12 * x + 12).backward()  # 3(x+2)² multiplied out
print(x.grad)

try:
    torch.tensor([1, 2]).requires_grad_()
except RuntimeError as 错误:
    print(错误)

x = x.detach().double().requires_grad_()
平均(x).backward()
print(x.grad.dtype)
