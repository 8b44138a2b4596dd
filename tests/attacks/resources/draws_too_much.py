"""Shows a figure of thousands of curves with many points, whose labels, titles and legend are of megabytes."""
# ends: completed, memory, output, timeout
# seconds: 2

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D

figure = plt.figure()
axes = figure.add_axes([0, 0, 1, 1])
axes.set(title="t" * 5_000_000, xlabel="x" * 5_000_000)
points = np.arange(100_000.0)
for number in range(1_000):
    line = Line2D(points, points, label="l" * 100_000)
    axes._children.append(line)
plt.show()
