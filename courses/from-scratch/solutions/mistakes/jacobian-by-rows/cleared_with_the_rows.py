import torch

def jacobian_by_rows(f, x):
    x = x.clone().detach().requires_grad_()
    y = f(x)
    J = []
    for i in range(y.numel()):
        y[i].backward(retain_graph=True)
        J.append(x.grad)
        x.grad.zero_()
    return torch.stack(J)

def func(v):
    return torch.stack((v[0] * v[1] * v[2], v.sum()))

pt = torch.tensor([1., 2., 3.])
by_rows = jacobian_by_rows(func, pt)
by_jacrev = torch.func.jacrev(func)(pt)
print(by_rows, by_jacrev)
print(torch.allclose(by_rows, by_jacrev))
