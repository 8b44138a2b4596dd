import torch

x = torch.arange(4.0, requires_grad=True)


def stop(grad):
    raise RuntimeError("Trying to backward through the graph a second time")


y = (x * x).sum()
y.backward()
y = (x * x).sum()
y.backward()
print(x.grad)

y = (x * x).sum()
y.register_hook(stop)
try:
    y.backward()
except RuntimeError as error:
    print(error)
