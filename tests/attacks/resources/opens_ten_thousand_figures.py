"""Opens figures without end, of which each is to be recorded when the cell is over."""
# ends: timeout
# seconds: 2

import matplotlib.pyplot as plt

plt.rcParams["figure.max_open_warning"] = 0
for number in range(10_000):
    figure = plt.figure()
    axes = figure.add_axes([0, 0, 1, 1])
    axes.plot([1, 2], [3, number])
