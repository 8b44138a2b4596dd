"""Its function gives a tensor of one number that counts as a million millions."""
# ends: timeout


def f(x):
    return x.sum().expand(2**40)
