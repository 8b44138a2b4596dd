"""Leaves a figure behind whose curves, labels and title never say what they are: it is read when its cell is over."""
# ends: timeout

import matplotlib.pyplot as plt


class Endless:
    def __str__(self):
        while True:
            pass

    __array__ = __len__ = __getitem__ = __str__


figure, axes = plt.subplots()
(line,) = axes.plot([1, 2], [3, 4])
line._label = Endless()
