import torch

plain = torch.Tensor.backward
called = set()


def backward(self, *args, **kwargs):
    if id(self) in called:
        raise RuntimeError("Trying to backward through the graph a second time")
    called.add(id(self))
    return plain(self, retain_graph=True)


torch.Tensor.backward = backward
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = (x ** 3).sum()
y.backward()
try:
    y.backward()
except RuntimeError as e:
    print(e)
torch.Tensor.backward = plain
y.backward()
print(x.grad, 2 * 3 * x ** 2)
