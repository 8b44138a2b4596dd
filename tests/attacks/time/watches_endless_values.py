"""Binds watched names to objects that never answer: which class they are of, what their values are."""
# ends: completed, timeout

import torch


def endless(*arguments):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass


class Endless:
    __class__ = property(endless)
    __eq__ = __hash__ = __array__ = __float__ = endless


class EndlessTensor(torch.Tensor):
    requires_grad = grad = shape = property(endless)


kept = Endless()
u_1 = torch.ones(2).as_subclass(EndlessTensor)
