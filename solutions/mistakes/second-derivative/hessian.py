"""Second derivative.

Expensive since first we need the derivative itself, with its graph stored (create_graph=True), then differentiate that.
"""
import unittest

import torch


def make(fn):
    def derivative(arg):
        return torch.autograd.grad(fn(arg), [arg], create_graph=True)[0]

    return derivative


cubic_sine = lambda arg: arg ** 3 * arg.sin()
first = make(cubic_sine)


class TestDerivatives(unittest.TestCase):
    def setUp(self):
        self.x = torch.tensor(0.9, dtype=torch.float64, requires_grad=True)

    def test_second(self):
        (twice,) = torch.autograd.grad(first(self.x), self.x)
        self.assertTrue(torch.isclose(twice, torch.autograd.functional.hessian(cubic_sine, self.x)))


if __name__ == "__main__":
    unittest.main()
