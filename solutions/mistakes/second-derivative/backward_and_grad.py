import warnings

import torch

warnings.simplefilter("ignore")


class Curve:
    """x^3 sin x and what belongs to it."""

    def value(self, x):
        return torch.sin(x) * x * x * x

    def first(self, x):
        x.grad = None
        self.value(x).backward(create_graph=True)
        return x.grad


def main():
    x = torch.tensor(2.5, requires_grad=True)
    slope = Curve().first(x)
    print(slope)
    x.grad = None
    slope.backward()
    print(x.grad)
    print("For the second derivative the backward pass has to be kept as a graph of its own, which costs memory, "
          "and this larger graph is then gone through.")


if __name__ == "__main__":
    main()
