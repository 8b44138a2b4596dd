"""Leaves a figure behind whose curve has no numbers, whose title is no text, and whose axes cannot be listed."""
# ends: completed, failed, crashed

import matplotlib.pyplot as plt

figure, axes = plt.subplots()
(line,) = axes.plot([1, 2, 3], [2, 4, 6])
line.get_xdata = lambda orig: 1 / 0
axes.title._text = axes
