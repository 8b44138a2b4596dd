# Exercise 4: draw sin(x) and its derivative. The derivative comes from autograd.
import matplotlib.pyplot as plt
import numpy as np
import torch


def slopes(function, points):
    """The derivative of function at each of the points."""
    x = torch.tensor(points, requires_grad=True)
    y = function(x)
    y.backward(gradient=torch.ones_like(y))
    return x.grad.numpy()


def main():
    points = np.arange(-5, 5, 0.05)
    fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3))
    left.plot(points, np.sin(points))
    left.set_title("sin(x)")
    right.scatter(points, slopes(torch.sin, points), s=2)
    right.set_title("derivative")
    # only to compare
    right.plot(points, np.cos(points), "r:", linewidth=0.8)
    plt.show()


if __name__ == "__main__":
    main()
