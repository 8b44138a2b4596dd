import unittest

import numpy as np
import torch


class TestConversion(unittest.TestCase):
    def setUp(self):
        self.layer = torch.nn.Linear(3, 1)

    def test_a_parameter_refuses(self):
        with self.assertRaisesRegex(RuntimeError, "requires grad"):
            self.layer.weight.numpy()

    def test_the_result_refuses_too(self):
        with self.assertRaises(RuntimeError):
            self.layer(torch.ones(3)).numpy()

    def test_detached(self):
        array = self.layer.weight.detach().numpy()
        self.assertIsInstance(array, np.ndarray)
        self.assertEqual(array.tolist(), self.layer.weight.tolist())
        self.assertTrue(self.layer.weight.requires_grad)


if __name__ == "__main__":
    unittest.main()
