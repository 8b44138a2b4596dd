import torch


def vector(grad):
    raise RuntimeError("grad can be implicitly created only for scalar outputs")


x = torch.tensor([1.0, -2.0, 4.0], requires_grad=True)
y = x * x
handle = y.register_hook(vector)
try:
    y.sum().backward(retain_graph=True)
except RuntimeError as error:
    print(error)
handle.remove()
y.backward(torch.ones(3), retain_graph=True)
print(x.grad)
x.grad.zero_()
y.backward(torch.tensor([1.0, 2.0, 3.0]))
print(x.grad)
