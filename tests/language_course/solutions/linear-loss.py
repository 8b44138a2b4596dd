import torch


def loss(w, b, X, y):
    return ((X @ w + b - y) ** 2).mean()


def step(params, lr):
    with torch.no_grad():
        for param in params:
            param -= lr * param.grad
