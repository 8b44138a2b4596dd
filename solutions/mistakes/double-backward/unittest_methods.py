import unittest

import torch


class TestBackwardTwice(unittest.TestCase):
    def setUp(self):
        self.w = torch.tensor([0.5, 1.5, -1.0], requires_grad=True)

    def loss(self):
        return torch.exp(self.w).sum()

    def test_second_time_raises(self):
        value = self.loss()
        value.backward()
        with self.assertRaises(RuntimeError):
            value.backward()

    def test_gradients_add_up(self):
        self.loss().backward()
        once = self.w.grad.clone()
        self.loss().backward()
        self.assertTrue(torch.allclose(self.w.grad, 2 * once))


if __name__ == "__main__":
    unittest.main()
