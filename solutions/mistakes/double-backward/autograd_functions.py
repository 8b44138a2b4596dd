import torch

q = torch.tensor([2.0, 4.0], dtype=torch.float64, requires_grad=True)
r = torch.log(q).sum()

# the functional way raises the same error ...
torch.autograd.grad(r, q)
try:
    torch.autograd.grad(r, q)
except RuntimeError as e:
    print(type(e).__name__, e)

# ... and torch.autograd.backward fills q.grad, twice
r = torch.log(q).sum()
torch.autograd.backward(r, retain_graph=True)
torch.autograd.backward([r])
print(q.grad, 2 / q)
