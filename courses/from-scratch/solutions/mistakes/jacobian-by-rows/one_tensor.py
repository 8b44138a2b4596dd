import torch

def jacobian(f, x):
    x = x.detach().requires_grad_()
    out = f(x)
    rows = []
    for o in out:
        o.backward(retain_graph=True)
        rows.append(x.grad)
    return torch.stack(rows)

print(jacobian(lambda t: torch.stack((t[0] * 2, t[1] * 3, t[0] + t[1])), torch.tensor([1.0, 1.0])))
