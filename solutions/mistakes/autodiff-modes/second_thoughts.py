# M1: b
# M2: a
# M3: a
# M4: a
# M5: b

# No, wait. The reverse mode forgets the values, because backward() frees the graph. So
# M3: b
import torch

torch.manual_seed(0)
