import torch


def main():
    x = torch.linspace(1, 2, 6, dtype=torch.float64).view(3, 2).requires_grad_(True)
    # never cleared; I look at the differences
    seen = torch.zeros_like(x)
    for result in (x.prod(), x.mean(), x.sum(), 3 * torch.mean((x + 2) ** 2)):
        result.backward()
        print(x.grad - seen)
        seen = x.grad.clone()
    try:
        torch.ones(2, dtype=torch.long).requires_grad_()
    except RuntimeError:
        print("long tensors have no gradient")


if __name__ == "__main__":
    main()
