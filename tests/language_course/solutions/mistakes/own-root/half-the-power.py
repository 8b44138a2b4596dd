import torch

def my_sqrt(x):
    return x ** (1 / 3)
