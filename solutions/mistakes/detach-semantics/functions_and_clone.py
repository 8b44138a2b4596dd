import torch


def make(n):
    x = torch.arange(float(n))
    x.requires_grad = True
    return x, x ** 2


def detached_product(x, y):
    u = y.clone().detach()
    assert not u.requires_grad and u.is_leaf
    handle = x.register_hook(lambda g: print("gradient on its way:", g))
    torch.autograd.backward([torch.dot(u, x)])
    handle.remove()
    return u


def main():
    x, y = make(6)
    u = detached_product(x, y)
    print(torch.equal(x.grad, u))
    x.grad = None
    torch.autograd.backward(y, torch.ones_like(y))
    print(torch.equal(x.grad, 2 * x))


main()
