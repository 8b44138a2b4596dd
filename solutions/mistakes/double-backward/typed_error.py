import torch

x = torch.arange(4.0, requires_grad=True)
y = 2 * torch.dot(x, x)

y.backward(retain_graph=True)
print("first pass:", x.grad)

try:
    y.backward()
    raise RuntimeError(
        "Trying to backward through the graph a second time (or directly access saved tensors after they have already "
        "been freed)."
    )
except RuntimeError as e:
    print("error:", e)

print("second pass:", x.grad)
