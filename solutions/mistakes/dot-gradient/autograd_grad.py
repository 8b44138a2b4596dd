import torch


def main():
    v = torch.tensor([1.5, -2.0, 0.5], requires_grad=True)
    print(v.grad)
    (g,) = torch.autograd.grad(2 * torch.sum(v**2), v)
    print(g, 4 * v)
    print(v.grad, "- grad() gives it back and leaves v.grad alone")


if __name__ == "__main__":
    main()
