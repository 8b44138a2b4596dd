import torch

X = torch.tensor([[1.0, 2.0], [3.0, -1.0], [0.5, 4.0]])
y = torch.tensor([1.0, 2.0, 3.0])
w = torch.tensor([0.5, -1.0], requires_grad=True)

rows = []
for i in range(3):
    loss = (X[i] @ w - y[i]) ** 2
    w.grad = None
    loss.backward()
    rows.append(w.grad.clone())
grads = torch.stack(rows)
