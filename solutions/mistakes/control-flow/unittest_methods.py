import unittest

import torch


class Growing:
    """Recursion in the place of the loop."""

    def __init__(self, bound=1000):
        self.bound = bound

    def grow(self, value):
        return self.grow(value + value) if abs(value) < self.bound else value

    def __call__(self, a):
        grown = self.grow(a + a)
        return torch.where(grown > 0, grown, 100 * grown)


class TestGrowing(unittest.TestCase):
    def check(self, number):
        a = torch.tensor(number, dtype=torch.float64, requires_grad=True)
        d = Growing()(a)
        d.backward()
        self.assertAlmostEqual(a.grad.item(), d.item() / number)

    def test_positive(self):
        self.check(0.37)

    def test_negative(self):
        self.check(-41.5)


if __name__ == "__main__":
    unittest.main()
