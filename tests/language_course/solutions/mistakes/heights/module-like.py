import torch

class Predict:
    def __call__(self, weight, bias, x):
        return torch.matmul(x, weight) + bias

predict = Predict()

def errors(w, b, ages, heights):
    line = torch.stack([ages, torch.ones_like(ages)], 1) @ torch.stack([w, b])
    return line - heights
