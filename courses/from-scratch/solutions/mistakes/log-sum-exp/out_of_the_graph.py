import math

import torch


def log_sum_exp(x):
    if x.dim() > 1:
        return torch.stack([log_sum_exp(row) for row in x])
    numbers = x.tolist()
    top = max(numbers)
    total = 0.0
    for number in numbers:
        total += math.exp(number - top)
    return torch.tensor(top + math.log(total))


x = torch.tensor([1000.0, 1001.0, 1002.0], requires_grad=True)
y = log_sum_exp(x)
print(y)
try:
    y.backward()
except RuntimeError as e:
    print("hm:", e)
