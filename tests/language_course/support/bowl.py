"""A function that is handed to functions of students: a bowl with its lowest point at 1."""


def bowl(x):
    return ((x - 1) ** 2).sum()
