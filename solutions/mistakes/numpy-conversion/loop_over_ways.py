import torch

x = torch.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
ways = {
    "directly": lambda t: t.numpy(),
    "after detach": lambda t: t.detach().numpy(),
    "after detach and cpu": lambda t: t.detach().cpu().numpy(),
}
for name, way in ways.items():
    try:
        print(name, way(x).tolist())
    except RuntimeError as error:
        print(name, "->", error)
print("still requires grad:", x.requires_grad)
