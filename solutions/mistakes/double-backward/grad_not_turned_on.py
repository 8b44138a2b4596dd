import torch

x = torch.tensor([3.0, 1.0])
y = (x ** 2).sum()

for go in ("first", "second"):
    try:
        y.backward()
    except RuntimeError as e:
        print(go, "backward:", e)

# so that is what happens when it runs twice
