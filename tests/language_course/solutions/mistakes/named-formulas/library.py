import torch
import torch.nn.functional as F


def layer(inputs, weights, shift):
    return (inputs @ weights + shift).tanh()


def error(inputs, weights, shift, wanted):
    return F.mse_loss(layer(inputs, weights, shift), wanted)
