import argparse

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import torch


def derivative(function, at):
    at = at.clone().requires_grad_()
    (slope,) = torch.autograd.grad(function(at).sum(), at)
    return slope


def main():
    parser = argparse.ArgumentParser(description="Plot sin and its derivative.")
    parser.add_argument("--points", type=int, default=150)
    args = parser.parse_args()

    t = torch.linspace(-3.5, 3.5, args.points, dtype=torch.float64)
    ax = plt.figure().add_subplot()
    ax.plot(t.numpy(), t.sin().numpy(), color="tab:blue")
    ax.plot(t.numpy(), derivative(torch.sin, t).numpy(), color="tab:orange")
    plt.show()


if __name__ == "__main__":
    main()
