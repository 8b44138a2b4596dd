import torch

def loss(w, b, X, y):
    X -= y[:, None]
    return ((X @ w + b.item()) ** 2).mean()
