"""Hooks on tensors, gradient accumulators and graph nodes that never return, even when they are interrupted."""
# ends: timeout

import torch


def endless(*arguments):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


y = torch.ones(3, requires_grad=True)
y.register_post_accumulate_grad_hook(endless)
z = (2 * y).sum()
z.register_hook(endless)
z.backward()
