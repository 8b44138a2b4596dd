def predict(weight, bias, x):
    return x @ weight + bias


def residuals(weight, bias, x, y):
    return weight * x + bias - y
