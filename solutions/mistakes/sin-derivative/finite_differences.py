import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(0, 2 * np.pi, 400)
y = np.sin(x)
dy = np.gradient(y, x)

fig, (top, bottom) = plt.subplots(2, 1)
top.plot(x, y)
bottom.plot(x, dy)
plt.show()
