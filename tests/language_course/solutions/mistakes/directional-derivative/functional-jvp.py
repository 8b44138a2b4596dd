import torch

value, slope = torch.autograd.functional.jvp(
    lambda x: x[0].sin() * x[1] + x[2] ** 2, torch.tensor([0.4, -1.3, 2.1]), torch.tensor([1.0, 2.0, -0.5])
)
