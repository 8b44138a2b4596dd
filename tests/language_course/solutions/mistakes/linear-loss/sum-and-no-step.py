import torch

def loss(w, b, X, y):
    return ((X @ w + b - y) ** 2).sum()

def step(params, lr):
    return [param - lr * param.grad for param in params]
