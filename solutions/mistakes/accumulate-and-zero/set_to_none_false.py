import unittest

import torch


class Clearing(unittest.TestCase):
    def test_it(self):
        w = torch.tensor(2.0, requires_grad=True)
        (w * w).backward()
        (5 * w).backward()
        self.assertEqual(w.grad.item(), 9)
        torch.optim.Adam([w]).zero_grad(set_to_none=False)
        self.assertEqual(w.grad.item(), 0)
        (5 * w).backward()
        self.assertEqual(w.grad.item(), 5)


unittest.main()
