import torch
from torch.func import grad_and_value

def make_data():
    x = torch.linspace(-1, 1, 64)
    X = torch.stack([x, torch.cos(3 * x)], dim=1)
    return X, X @ torch.tensor([2.0, -3.0]) + 0.5

# 均方误差
def mse(w, b, X, y):
    r = torch.einsum("nd,d->n", X, w) + b - y
    return r.dot(r) / r.numel()

def main():
    X, y = make_data()
    params = (torch.full((2,), 4.0), torch.tensor(-2.0))
    for epoch in range(10):
        # 每个epoch重新打乱
        for rows in torch.randperm(len(X)).reshape(4, 16):
            grads, value = grad_and_value(mse, argnums=(0, 1))(*params, X[rows], y[rows])
            params = tuple(p - 0.25 * g for p, g in zip(params, grads))
        print("epoch", epoch + 1, "loss", float(value))
    print("w, b =", params)

if __name__ == "__main__":
    main()
