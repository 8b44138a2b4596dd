import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(-4, 4, 161)
step = 1.0
quotient = (np.sin(x + step) - np.sin(x)) / step

plt.plot(x, np.sin(x))
plt.plot(x, quotient)
plt.show()
