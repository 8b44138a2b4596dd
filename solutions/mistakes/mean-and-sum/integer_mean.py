import torch

x = torch.tensor([1.0, 2.0, 4.0], requires_grad=True)
x.mean().backward()
print(x.grad)
x.grad.zero_()
x.sum().backward()
print(x.grad)
x.grad.zero_()
torch.mean(3 * (x + 2) ** 2).backward()
print(x.grad)

n = torch.tensor([1, 2, 4])
try:
    n.mean().backward()
except RuntimeError as e:
    print("whole numbers:", e)
n = n.float().requires_grad_()
n.mean().backward()
print(n.grad)
