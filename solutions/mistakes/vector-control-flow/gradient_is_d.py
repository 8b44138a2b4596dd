import torch


def f(a):
    b = a * 2
    while b.norm() < 1000:
        b = b * 2
    if b.sum() > 0:
        c = b
    else:
        c = 100 * b
    return c


a = torch.tensor([0.3, -0.2, 0.8, 0.1, -0.4], requires_grad=True)
d = f(a)
try:
    d.backward()
except RuntimeError as e:
    print("needs an argument:", e)

# it wants a tensor with the shape of d, so I give it d
d.backward(d.detach())
print(a.grad)
