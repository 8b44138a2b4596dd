import torch


class Heron:
    """Square roots by Heron's rule: how many steps there are depends on the number."""

    def __init__(self, accuracy=1e-10):
        self.accuracy = accuracy

    def root(self, number):
        if number < 0:
            return -self.root(-number)
        guess = (number + 1) / 2
        for _ in range(60):
            better = (guess + number / guess) / 2
            if abs(better - guess) < self.accuracy:
                break
            guess = better
        return better


def main():
    heron = Heron()
    for value in (2.0, 9.0, 0.25, -4.0):
        x = torch.tensor(value, dtype=torch.float64, requires_grad=True)
        (slope,) = torch.autograd.grad(heron.root(x), x)
        print(f"{value}: {slope.item():.6f}, by formula {0.5 / abs(value) ** 0.5:.6f}")


if __name__ == "__main__":
    main()
