import matplotlib.pyplot as plt
import numpy as np

x = np.arange(0, 7, 0.05)
y = np.sin(x)

plt.plot(x, y)
plt.plot(x[:-1], np.diff(y) / np.diff(x))
plt.show()
