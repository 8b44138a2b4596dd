import torch


def to_array(t):
    with torch.no_grad():
        return t.numpy()


x = torch.full((4,), 0.5, dtype=torch.float64).requires_grad_()
try:
    x.numpy()
except Exception as e:
    print("failed:", e)
print(to_array(x))
