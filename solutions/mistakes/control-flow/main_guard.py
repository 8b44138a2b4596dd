import random

import torch


def make():
    def inner(a):
        k = random.gauss(0, 1)
        while abs(k) < 1000:
            k *= 2
        if k <= 0:
            k *= 100
        return a * k

    return inner


def main():
    fn = make()
    for _ in range(3):
        a = torch.randn((), requires_grad=True)
        d = fn(a)
        d.backward()
        print(f"a={a.item():.3f} grad={a.grad.item():.3f} d/a={d.item() / a.item():.3f}")


if __name__ == "__main__":
    main()
