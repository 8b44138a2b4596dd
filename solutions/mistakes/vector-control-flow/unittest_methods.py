import unittest

import torch


class ControlFlow:
    """The function of the exercise, split up."""

    def forward(self, a):
        return self.scale(self.grow(a * 2))

    def grow(self, b):
        return b if b.norm() >= 1000 else self.grow(b * 2)

    def scale(self, b):
        return b if b.sum() > 0 else 100 * b


class TestControlFlow(unittest.TestCase):
    def test_vector_has_no_implicit_gradient(self):
        a = torch.tensor([0.2, -1.0, 0.3], requires_grad=True)
        with self.assertRaises(RuntimeError):
            ControlFlow().forward(a).backward()

    def test_sum(self):
        a = torch.tensor([0.2, -1.0, 0.3], requires_grad=True)
        d = ControlFlow().forward(a)
        d.sum().backward()
        self.assertTrue(torch.allclose(a.grad, d / a))


if __name__ == "__main__":
    unittest.main()
