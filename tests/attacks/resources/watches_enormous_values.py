"""Binds watched names to an enormous text, number, list and tensor, and to arrays of every unusual kind."""

import numpy as np
import torch

u_1, u_2, u_3, u_4 = "\ud800" * 10**7, 10**10**5, [0] * 10**6, torch.ones(10**7)
u_5, u_6, u_7 = np.ones(3, ">f8"), np.ones(3, np.longdouble), torch.empty(0, 2**41)
u_8, u_9 = torch.nested.nested_tensor([torch.ones(2), torch.ones(3)]), torch.ones([1] * 20)
globals()["u_" + "x" * 10**7] = 4
