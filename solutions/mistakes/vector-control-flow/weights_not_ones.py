import torch


def control(v):
    w = v * 2
    while torch.norm(w) < 1000:
        w = w + w
    return w if w.sum() > 0 else w * 100


v = torch.tensor([1.0, -0.5, 2.0], requires_grad=True)
out = control(v)
try:
    out.backward()
except RuntimeError as e:
    print(e)
out.backward(gradient=torch.tensor([1.0, 0.1, 0.01]))
print(v.grad)
