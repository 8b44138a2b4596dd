import torch


def jacobian_by_rows(f, x):
    x = x.detach().clone().requires_grad_()
    y = f(x)
    J = torch.zeros(y.numel(), x.numel())
    for i in range(y.numel()):
        v = torch.zeros_like(y)
        v[i] = 1
        y.backward(v, retain_graph=True)
        J[i] = x.grad
    return J


f = lambda x: torch.stack([x[0] ** 2, x[0] * x[1], x[1] ** 3])
x0 = torch.tensor([1.0, 2.0])
by_rows = jacobian_by_rows(f, x0)
by_jacrev = torch.func.jacrev(f)(x0)
print(torch.equal(by_rows, by_jacrev), by_rows - by_jacrev)
