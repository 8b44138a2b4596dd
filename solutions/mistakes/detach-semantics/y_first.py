import torch


def main():
    x = torch.arange(4.0, requires_grad=True)
    y = x * x
    u = y.detach()

    (grad_y,) = torch.autograd.grad(y.sum(), x)
    print("y:", grad_y)

    z = u * x
    (grad_z,) = torch.autograd.grad(z, x, grad_outputs=torch.ones_like(z))
    print("z:", grad_z)


if __name__ == "__main__":
    main()
