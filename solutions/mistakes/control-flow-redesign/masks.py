import unittest

import torch


def clipped_cube(v):
    """A cube inside (-1, 1), and a straight line outside."""
    out = v ** 3
    outside = v.abs() > 1
    out[outside] = 3 * v[outside] - 2 * v[outside].sign()
    return out


class TestClippedCube(unittest.TestCase):
    def test_slopes(self):
        v = torch.tensor([[-2.0, -0.5], [0.25, 7.0]], dtype=torch.float64, requires_grad=True)
        clipped_cube(v).sum().backward()
        self.assertTrue(torch.allclose(v.grad, torch.where(v.abs() > 1, 3.0, 3 * v ** 2)))


if __name__ == "__main__":
    unittest.main()
